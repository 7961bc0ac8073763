/** Where OpenAPI 2 and 3 differ. Everything else of a document is built once for both. */
export interface Dialect {
  /** A reference to a definition, alone or with keywords beside it. */
  reference(name: string, beside?: JsonObject): JsonObject;
  /** Integers as strings or percentages. */
  readonly intOrString: JsonObject;
  readonly quantity: JsonObject;
  parameter(parameter: Parameter): JsonObject;
  /** What an operation takes and gives, as its keywords. */
  operation(body: Body | undefined, responses: readonly Response[], produces: readonly string[]): JsonObject;
}

export type JsonObject = Readonly<Record<string, unknown>>;

export interface Parameter {
  readonly name: string;
  readonly in: "path" | "query";
  readonly type: "string" | "integer" | "boolean";
  readonly description: string;
}

export interface Body {
  /** Name of the definition. */
  readonly definition: string;
  readonly required: boolean;
  readonly mediaTypes: readonly string[];
}

export interface Response {
  readonly code: number;
  readonly description: string;
  /** Name of the definition, or plain text. */
  readonly definition?: string | undefined;
}

export const openApi2: Dialect = {
  reference: (name, beside) => ({ ...beside, $ref: `#/definitions/${name}` }),
  intOrString: { type: "string", format: "int-or-string" },
  quantity: { type: "string" },

  parameter: ({ name, in: place, type, description }) => ({
    ...{ uniqueItems: true, type, description, name, in: place },
    ...(place === "path" && { required: true }),
  }),

  operation: (body, responses, produces) => ({
    consumes: body?.mediaTypes ?? ["*/*"],
    produces,
    ...(body && {
      parameters: [
        {
          name: "body",
          in: "body",
          ...(body.required && { required: true }),
          schema: openApi2.reference(body.definition),
        },
      ],
    }),
    responses: responsesBy(responses, ({ description, definition }) => ({
      description,
      ...(definition !== undefined && { schema: schemaOf(openApi2, definition) }),
    })),
  }),
};

export const openApi3: Dialect = {
  reference: (name, beside) => {
    const $ref = `#/components/schemas/${name}`;
    return beside === undefined || Object.keys(beside).length === 0 ? { $ref } : { ...beside, allOf: [{ $ref }] };
  },
  intOrString: { format: "int-or-string", oneOf: [{ type: "integer" }, { type: "string" }] },
  quantity: { oneOf: [{ type: "string" }, { type: "number" }] },

  parameter: ({ name, in: place, type, description }) => ({
    ...{ name, in: place, description },
    ...(place === "path" && { required: true }),
    schema: { type, uniqueItems: true },
  }),

  operation: (body, responses, produces) => ({
    ...(body && {
      requestBody: {
        content: contentOf(body.mediaTypes, openApi3.reference(body.definition)),
        ...(body.required && { required: true }),
      },
    }),
    responses: responsesBy(responses, ({ description, definition }) => ({
      description,
      ...(definition !== undefined && { content: contentOf(produces, schemaOf(openApi3, definition)) }),
    })),
  }),
};

/** Stands for a plain text answer where a definition's name is expected. */
export const plainText = "string";

function schemaOf(dialect: Dialect, definition: string): JsonObject {
  return definition === plainText ? { type: "string" } : dialect.reference(definition);
}

function contentOf(mediaTypes: readonly string[], schema: JsonObject): JsonObject {
  return Object.fromEntries(mediaTypes.map(type => [type, { schema }]));
}

function responsesBy(responses: readonly Response[], form: (response: Response) => JsonObject): JsonObject {
  return Object.fromEntries(responses.map(response => [String(response.code), form(response)]));
}

import protobuf from "protobufjs";
import type { Pause } from "../pause.ts";
import type { JsonObject } from "./dialect.ts";
import descriptor from "./openapi-v2.json" with { type: "json" };

type Message = Record<string, unknown>;

/** How many parts are encoded at once. */
const slice = 40;

/**
 * An OpenAPI 2 document in its protobuf form. A protobuf message may be sent in pieces, of which the reader takes the
 * union: so each piece is encoded as a document of its own.
 */
export async function encodeProtobuf(document: JsonObject, pause: Pause): Promise<Uint8Array> {
  const type = protobuf.Root.fromJSON(descriptor as protobuf.INamespace).lookupType("openapi.v2.Document");
  const pieces: Uint8Array[] = [];
  const write = async (message: Message) => {
    pieces.push(type.encode(message).finish());
    await pause();
  };
  await write({ swagger: document["swagger"], info: document["info"] });
  for (const paths of slices(document["paths"])) await write({ paths: { path: named(paths, pathItem) } });
  for (const definitions of slices(document["definitions"])) {
    await write({ definitions: { additional_properties: named(definitions, schema) } });
  }
  await write({
    security: (document["security"] as JsonObject[]).map(one => ({
      additional_properties: named(Object.entries(one), value => ({ value })),
    })),
    security_definitions: {
      additional_properties: named(entriesOf(document["securityDefinitions"]), value => ({ api_key_security: value })),
    },
  });
  return joined(pieces);
}

type Entries = readonly (readonly [string, unknown])[];

function entriesOf(value: unknown): Entries {
  return Object.entries((value ?? {}) as JsonObject);
}

function* slices(value: unknown): Generator<Entries> {
  const entries = entriesOf(value);
  for (let at = 0; at < entries.length; at += slice) yield entries.slice(at, at + slice);
}

function named<T = JsonObject>(entries: Entries, form: (value: T) => Message): Message[] {
  return entries.map(([name, value]) => ({ name, value: form(value as T) }));
}

function pathItem({ parameters, ...operations }: JsonObject): Message {
  const methods = Object.entries(operations).map(([method, value]) => [method, operation(value as JsonObject)]);
  return {
    ...Object.fromEntries(methods),
    ...(parameters !== undefined && { parameters: parameterItems(parameters) }),
  };
}

function operation({ operationId, parameters, responses, ...rest }: JsonObject): Message {
  const [known, extensions] = splitExtensions(rest);
  return {
    ...known,
    operation_id: operationId,
    ...(parameters !== undefined && { parameters: parameterItems(parameters) }),
    responses: { response_code: named(entriesOf(responses), response) },
    vendor_extension: extensions,
  };
}

function response({ description, schema: body }: JsonObject): Message {
  return { response: { description, ...(body !== undefined && { schema: { schema: schema(body as JsonObject) } }) } };
}

function parameterItems(parameters: unknown): Message[] {
  return (parameters as JsonObject[]).map(parameter => ({ parameter: parameterOf(parameter) }));
}

function parameterOf(parameter: JsonObject): Message {
  if (parameter["in"] === "body") {
    return { body_parameter: { ...parameter, schema: schema(parameter["schema"] as JsonObject) } };
  }
  const place = parameter["in"] === "path" ? "path_parameter_sub_schema" : "query_parameter_sub_schema";
  const { uniqueItems, ...rest } = parameter;
  return { non_body_parameter: { [place]: { ...rest, unique_items: uniqueItems } } };
}

function schema(value: JsonObject): Message {
  const { $ref, type, items, properties, additionalProperties, enum: values, default: fallback, ...rest } = value;
  const [known, extensions] = splitExtensions(rest);
  return {
    ...known,
    ...($ref !== undefined && { _ref: $ref }),
    ...(type !== undefined && { type: { value: [type] } }),
    ...(items !== undefined && { items: { schema: [schema(items as JsonObject)] } }),
    ...(properties !== undefined && { properties: { additional_properties: named(entriesOf(properties), schema) } }),
    ...(additionalProperties !== undefined && {
      additional_properties: { schema: schema(additionalProperties as JsonObject) },
    }),
    ...(values !== undefined && { enum: (values as unknown[]).map(any) }),
    ...(fallback !== undefined && { default: any(fallback) }),
    vendor_extension: extensions,
  };
}

function splitExtensions(value: JsonObject): [JsonObject, Message[]] {
  const isExtension = ([key]: readonly [string, unknown]) => key.startsWith("x-");
  const entries = Object.entries(value);
  const known = Object.fromEntries(entries.filter(entry => !isExtension(entry)));
  return [known, named(entries.filter(isExtension), any)];
}

/** Free-form values travel as YAML text, which JSON is. */
function any(value: unknown): Message {
  return { yaml: `${JSON.stringify(value)}\n` };
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

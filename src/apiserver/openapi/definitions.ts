import { objectMeta } from "#api/meta/v1/object-meta.ts";
import type { Field, ScalarKind, Schema, StructSchema } from "#api/schema.ts";
import { flatFields } from "../patch/flat-fields.ts";
import type { Dialect, JsonObject } from "./dialect.ts";

const machinery = "io.k8s.apimachinery.pkg";

/** Scalars that upstream's documents give a name to. */
const namedScalars: Readonly<Partial<Record<ScalarKind, string>>> = {
  time: `${machinery}.apis.meta.v1.Time`,
  microTime: `${machinery}.apis.meta.v1.MicroTime`,
  duration: `${machinery}.apis.meta.v1.Duration`,
  quantity: `${machinery}.api.resource.Quantity`,
  intOrString: `${machinery}.util.intstr.IntOrString`,
  raw: `${machinery}.runtime.RawExtension`,
  fields: `${machinery}.apis.meta.v1.FieldsV1`,
};

const plainScalars: Readonly<Partial<Record<ScalarKind, JsonObject>>> = {
  string: { type: "string" },
  int32: { type: "integer", format: "int32" },
  int64: { type: "integer", format: "int64" },
  double: { type: "number", format: "double" },
  boolean: { type: "boolean" },
  bytes: { type: "string", format: "byte" },
};

export interface GroupVersionKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

/** The definitions of one document: adding a kind adds whatever it refers to. */
export class Definitions {
  readonly #dialect: Dialect;
  readonly #byName = new Map<string, JsonObject>();
  readonly #kinds = new Set<string>();

  constructor(dialect: Dialect) {
    this.#dialect = dialect;
  }

  /** All of them by name. */
  toJson(): JsonObject {
    return Object.fromEntries([...this.#byName].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  /** Adds a kind, which has apiVersion and kind before its own fields; returns its name. */
  addKind(struct: StructSchema<unknown>, kinds: readonly GroupVersionKind[]): string {
    const name = definitionName(struct);
    // It may be known already as a part of another kind, without the type meta.
    if (!this.#kinds.has(name)) {
      this.#kinds.add(name);
      const { properties, ...rest } = this.#structDefinition(name, struct);
      this.#byName.set(name, {
        ...rest,
        properties: { ...typeMeta, ...(properties as JsonObject) },
        "x-kubernetes-group-version-kind": kinds,
      });
    }
    return name;
  }

  /** Adds the list of a kind. */
  addList(listKind: GroupVersionKind, item: string): string {
    const name = item.replace(/[^.]*$/, listKind.kind);
    this.#byName.set(name, {
      description: `A list of ${listKind.kind.replace(/List$/, "")} objects.`,
      type: "object",
      required: ["items"],
      properties: {
        ...typeMeta,
        metadata: this.#dialect.reference(this.addPlain(listMetaName, listMeta), { description: "List metadata." }),
        items: { description: "The objects.", type: "array", items: this.#dialect.reference(item) },
      },
      "x-kubernetes-group-version-kind": [listKind],
    });
    return name;
  }

  /** Adds a definition as it is. */
  addPlain(name: string, definition: JsonObject): string {
    this.#byName.set(name, definition);
    return name;
  }

  #structDefinition(name: string, struct: StructSchema<unknown>): JsonObject {
    // Before its fields are looked at: a struct may contain itself.
    this.#byName.set(name, {});
    const fields = [...flatFields(struct)];
    const required = fields.filter(([, field]) => !field.optional).map(([key]) => key);
    return {
      ...(struct.doc && { description: struct.doc }),
      type: "object",
      ...(required.length > 0 && { required }),
      properties: Object.fromEntries(fields.map(([key, field]) => [key, this.#property(field)])),
      ...(struct.mapType && { "x-kubernetes-map-type": struct.mapType }),
    };
  }

  #property(field: Field): JsonObject {
    const beside = {
      ...(field.doc && { description: field.doc }),
      ...(field.default !== undefined && { default: field.default }),
      ...(field.enum && { enum: [...field.enum].sort() }),
      ...(field.minimum !== undefined && { minimum: field.minimum }),
      ...(field.maximum !== undefined && { maximum: field.maximum }),
      ...extensionsOf(field),
    };
    return this.#schema(field.schema, beside);
  }

  #schema(schema: Schema, beside: JsonObject = {}): JsonObject {
    switch (schema.type) {
      case "struct":
        return this.#dialect.reference(this.#addStruct(schema), beside);
      case "list":
        return { ...beside, type: "array", items: this.#schema(schema.items) };
      case "map":
        return { ...beside, type: "object", additionalProperties: this.#schema(schema.values) };
      default:
        return this.#scalar(schema.type, beside);
    }
  }

  #addStruct(struct: StructSchema<unknown>): string {
    const name = definitionName(struct);
    if (!this.#byName.has(name)) this.#byName.set(name, this.#structDefinition(name, struct));
    return name;
  }

  #scalar(kind: ScalarKind, beside: JsonObject): JsonObject {
    const name = namedScalars[kind];
    if (name === undefined) return { ...beside, ...plainScalars[kind] };
    if (!this.#byName.has(name)) this.addPlain(name, this.#scalarDefinition(kind));
    return this.#dialect.reference(name, beside);
  }

  #scalarDefinition(kind: ScalarKind): JsonObject {
    if (kind === "time" || kind === "microTime") return { type: "string", format: "date-time" };
    if (kind === "intOrString") return this.#dialect.intOrString;
    if (kind === "quantity") return this.#dialect.quantity;
    return { type: kind === "duration" ? "string" : "object" };
  }
}

function extensionsOf(field: Field): JsonObject {
  return {
    ...(field.listType && { "x-kubernetes-list-type": field.listType }),
    ...(field.mapKeys && { "x-kubernetes-list-map-keys": field.mapKeys }),
    ...(field.mapType && { "x-kubernetes-map-type": field.mapType }),
    ...(field.patchStrategy && { "x-kubernetes-patch-strategy": field.patchStrategy }),
    ...(field.mergeKey && { "x-kubernetes-patch-merge-key": field.mergeKey }),
  };
}

/** Types of the API machinery have a name of their own, wherever their definition stands. */
function definitionName(struct: StructSchema<unknown>): string {
  return struct.name.replace(/^io\.k8s\.api\.meta\./, `${machinery}.apis.meta.`);
}

const typeMeta: JsonObject = {
  apiVersion: { description: "Group and version of the kind that this object is written in.", type: "string" },
  kind: { description: "Kind of this object.", type: "string" },
};

const listMetaName = definitionName(objectMeta).replace(/ObjectMeta$/, "ListMeta");
const listMeta: JsonObject = {
  description: "Metadata of a list.",
  type: "object",
  properties: {
    continue: { description: "Token for the next part of a list that was limited.", type: "string" },
    remainingItemCount: { description: "Items behind this part.", type: "integer", format: "int64" },
    resourceVersion: { description: "The version at which the list is complete.", type: "string" },
    selfLink: { type: "string" },
  },
};

export const patchName = definitionName(objectMeta).replace(/ObjectMeta$/, "Patch");
export const patchDefinition: JsonObject = {
  description: "Changes to be made, in the form that the content type names.",
  type: "object",
};

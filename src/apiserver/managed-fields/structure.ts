import { objectMeta } from "#api/meta/v1/object-meta.ts";
import type { TypeDefinition } from "#api/resource.ts";
import type { Field, ListSchema, ScalarKind, Schema, StructSchema } from "#api/schema.ts";
import { flatFields } from "../patch/flat-fields.ts";

/**
 * What field ownership needs to know of a value: whether it is owned as a whole or by its parts, and how its parts are
 * told apart. Derived from the schema; lists are atomic unless the schema says how to tell items apart.
 */
export type Structure = Leaf | StructStructure | MapStructure | KeyedStructure | SetStructure | Deduced;

/** Owned as a whole: a scalar, or an atomic list, map or struct. */
export interface Leaf {
  readonly type: "leaf";
  readonly holds: LeafKind;
}
export type LeafKind = "string" | "numeric" | "boolean" | "untyped" | "list" | "map";

export interface StructStructure {
  readonly type: "struct";
  readonly fields: ReadonlyMap<string, StructField>;
  /** By name. */
  readonly sorted: readonly StructField[];
  /** Those with an {@link StructField.empty}. */
  readonly alwaysWritten: readonly StructField[];
}

export interface StructField {
  readonly name: string;
  readonly element: string;
  readonly value: Structure;
  /**
   * What stands there when nobody set it, for fields that are always written (Go fields without omitempty);
   * undefined for fields that are then absent.
   */
  readonly empty: unknown;
}

export interface MapStructure {
  readonly type: "map";
  readonly values: Structure;
}

/** A list whose items are told apart by the values of some of their fields. */
export interface KeyedStructure {
  readonly type: "keyed";
  /** In alphabetical order. */
  readonly keys: readonly { readonly name: string; readonly fallback: unknown }[];
  readonly items: Structure;
}

/** A list of scalars, each at most once. */
export interface SetStructure {
  readonly type: "set";
}

/** Free-form JSON: objects by their keys, all else as a whole. */
export interface Deduced {
  readonly type: "deduced";
}

const deduced: Deduced = { type: "deduced" };
const set: SetStructure = { type: "set" };

const scalarKinds: Readonly<Record<ScalarKind, LeafKind>> = {
  string: "string",
  int32: "numeric",
  int64: "numeric",
  double: "numeric",
  boolean: "boolean",
  bytes: "string",
  quantity: "untyped",
  time: "untyped",
  microTime: "untyped",
  duration: "string",
  intOrString: "untyped",
  raw: "untyped",
  fields: "map",
};
const leaves = Object.fromEntries(
  (["string", "numeric", "boolean", "untyped", "list", "map"] as const).map(holds => [holds, { type: "leaf", holds }]),
) as Readonly<Record<LeafKind, Leaf>>;

/** Metadata that nobody owns: it names the object, or the server sets it. */
const unownedMetadata = [
  "creationTimestamp",
  "generation",
  "managedFields",
  "name",
  "namespace",
  "resourceVersion",
  "selfLink",
  "uid",
];

export interface RootStructure {
  /** Every field, apiVersion and kind too. */
  readonly whole: StructStructure;
  /** Without what nobody owns. */
  readonly owned: StructStructure;
}

const roots = new WeakMap<object, RootStructure>();

export function rootStructureOf(definition: TypeDefinition): RootStructure {
  let root = roots.get(definition);
  if (root === undefined) {
    root = makeRoot(structureOf(definition.struct) as StructStructure);
    roots.set(definition, root);
  }
  return root;
}

function makeRoot(body: StructStructure): RootStructure {
  const meta = structureOf(objectMeta) as StructStructure;
  const typeMeta = ["apiVersion", "kind"].map(name => structField(name, leaves.string, undefined));
  const metadata = structField("metadata", meta, {});
  const others = body.sorted.filter(({ name }) => name !== "metadata");
  const ownedMeta = structOf(meta.sorted.filter(({ name }) => !unownedMetadata.includes(name)));
  return {
    whole: structOf([...typeMeta, metadata, ...others]),
    owned: structOf([{ ...metadata, value: ownedMeta }, ...others]),
  };
}

const structs = new WeakMap<object, Structure>();

export function structureOf(schema: Schema, field?: Field): Structure {
  if (schema.type === "struct") return field?.mapType === "atomic" ? leaves.map : structStructure(schema);
  if (schema.type === "list") return listStructure(schema, field);
  if (schema.type === "map") {
    return field?.mapType === "atomic" ? leaves.map : { type: "map", values: structureOf(schema.values) };
  }
  return schema.type === "raw" ? deduced : leaves[scalarKinds[schema.type]];
}

function listStructure(schema: ListSchema, field: Field | undefined): Structure {
  const listType = field?.listType ?? impliedListType(schema, field);
  if (listType === "set") return set;
  if (listType !== "map") return leaves.list;
  const names = [...(field?.mapKeys ?? [field!.mergeKey!])].sort();
  const fields = schema.items.type === "struct" ? flatFields(schema.items) : new Map<string, Field>();
  const keys = names.map(name => ({ name, fallback: keyFallback(fields.get(name)) }));
  return { type: "keyed", keys, items: structureOf(schema.items) };
}

/** Where only the older patch markers are given, they say the same. */
function impliedListType(schema: ListSchema, field: Field | undefined): Field["listType"] {
  if (!/\bmerge\b/.test(field?.patchStrategy ?? "")) return "atomic";
  if (field?.mergeKey !== undefined) return "map";
  return schema.items.type === "struct" ? "atomic" : "set";
}

function keyFallback(field: Field | undefined): unknown {
  if (field === undefined || field.default !== undefined) return field?.default;
  return field.optional || field.pointer ? undefined : zeroOf(field);
}

/** Fields are read on first use: kinds may contain themselves. */
function structStructure(schema: StructSchema<unknown>): Structure {
  if (schema.mapType === "atomic") return leaves.map;
  let structure = structs.get(schema);
  if (structure === undefined) {
    structure = lazyStruct(() =>
      [...flatFields(schema)].map(([name, field]) =>
        structField(name, structureOf(field.schema, field), emptyOf(field)),
      ),
    );
    structs.set(schema, structure);
  }
  return structure;
}

function lazyStruct(fields: () => readonly StructField[]): StructStructure {
  let made: StructStructure | undefined;
  const get = () => (made ??= structOf(fields()));
  return {
    type: "struct",
    get fields() {
      return get().fields;
    },
    get sorted() {
      return get().sorted;
    },
    get alwaysWritten() {
      return get().alwaysWritten;
    },
  };
}

function structOf(fields: readonly StructField[]): StructStructure {
  const sorted = [...fields].sort((a, b) => (a.name < b.name ? -1 : 1));
  const alwaysWritten = sorted.filter(({ empty }) => empty !== undefined);
  return { type: "struct", fields: new Map(sorted.map(field => [field.name, field])), sorted, alwaysWritten };
}

function structField(name: string, value: Structure, empty: unknown): StructField {
  return { name, element: `f:${name}`, value, empty };
}

/** See {@link StructField.empty}: structs and times have no empty form in Go's eyes, so omitempty never drops them. */
function emptyOf(field: Field): unknown {
  const kind = field.schema.type;
  if (field.pointer || field.omitZero) return field.optional || field.omitZero ? undefined : null;
  if (kind === "struct") return {};
  if (kind === "time" || kind === "microTime") return null;
  if (kind === "quantity" || kind === "intOrString") return kind === "quantity" ? "0" : 0;
  return field.optional ? undefined : zeroOf(field);
}

function zeroOf(field: Field): unknown {
  const kind = field.schema.type;
  if (kind === "string" || kind === "bytes") return "";
  if (kind === "int32" || kind === "int64" || kind === "double") return 0;
  if (kind === "boolean") return false;
  return null;
}

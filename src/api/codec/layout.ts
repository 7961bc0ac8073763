import type { Field, Schema, StructSchema } from "../schema.ts";

type Struct = StructSchema<unknown>;

/** A struct's field as it stands in the JSON object: the fields of inlined structs are here too. */
export interface Slot {
  readonly name: string;
  readonly field: Field;
}

const layouts = new WeakMap<Struct, readonly Slot[]>();

/** The fields in the order of the JSON wire, inlined structs flattened. */
export function slotsOf(struct: Struct): readonly Slot[] {
  let slots = layouts.get(struct);
  if (!slots) {
    slots = Object.entries(struct.fields).flatMap(([name, field]) =>
      field.inline ? slotsOf(field.schema as Struct) : [{ name, field }],
    );
    layouts.set(struct, slots);
  }
  return slots;
}

/** What a field holds when nothing was said, where absence is no value of its type. */
export type Zero = (() => unknown) | undefined;

/**
 * The value of a required list or map of which nothing was said. It is written as null, as Go writes a nil slice;
 * known by identity, so a copy of it is an ordinary empty list.
 */
export const absentList: readonly never[] = Object.freeze([]);
export const absentMap: Readonly<Record<string, never>> = Object.freeze({});

export function zeroOf(field: Field): Zero {
  if (field.pointer) return undefined;
  if (field.schema.type === "struct") {
    const struct = field.schema;
    return field.omitZero ? undefined : () => emptyStruct(struct);
  }
  return field.optional ? undefined : zeroOfElement(field.schema, absentList);
}

/** The zero value of a schema; `nil` stands for lists. */
export function zeroOfElement(schema: Schema, nil: readonly never[] | undefined): Zero {
  switch (schema.type) {
    case "struct":
      return () => emptyStruct(schema);
    case "list":
      return nil ? () => nil : () => [];
    case "map":
      return () => absentMap;
    case "boolean":
      return () => false;
    case "int32":
    case "int64":
    case "double":
    case "intOrString":
      return () => 0;
    case "quantity":
      return () => "0";
    case "raw":
    case "fields":
      return undefined;
    default:
      return () => "";
  }
}

const requiredFields = new WeakMap<Struct, readonly (readonly [string, () => unknown])[]>();

/** Gives a new object the zero values of its required fields. */
export function fillZeros(struct: Struct, object: Record<string, unknown>): void {
  let required = requiredFields.get(struct);
  if (!required) {
    required = slotsOf(struct).flatMap(({ name, field }) => {
      const zero = zeroOf(field);
      return zero ? [[name, zero] as const] : [];
    });
    requiredFields.set(struct, required);
  }
  for (const [name, zero] of required) if (object[name] === undefined) object[name] = zero();
}

export function emptyStruct(struct: Struct): Record<string, unknown> {
  const object = {};
  fillZeros(struct, object);
  return object;
}

/** The type's name in Go's messages: `v1.Container`, `[]string`, `map[string]string`. */
export function goTypeName(schema: Schema): string {
  switch (schema.type) {
    case "struct":
      return schema.name.split(".").slice(-2).join(".");
    case "list":
      return `[]${goTypeName(schema.items)}`;
    case "map":
      return `map[string]${goTypeName(schema.values)}`;
    case "boolean":
      return "bool";
    case "double":
      return "float64";
    case "bytes":
      return "[]uint8";
    case "quantity":
      return "resource.Quantity";
    case "intOrString":
      return "int32";
    case "int32":
    case "int64":
      return schema.type;
    default:
      return "string";
  }
}

/** `Container` of `io.k8s.api.core.v1.Container`. */
export function shortName(struct: Struct): string {
  return struct.name.slice(struct.name.lastIndexOf(".") + 1);
}

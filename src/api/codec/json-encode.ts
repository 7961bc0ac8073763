import type { Field, Schema, StructSchema } from "../schema.ts";
import { isEmpty } from "./json-decode.ts";
import { absentList, absentMap, emptyStruct, slotsOf } from "./layout.ts";

type Struct = StructSchema<unknown>;
type Values = Readonly<Record<string, unknown>>;

/** The plain JSON value of a struct in upstream's field order, with Go's rules of what is written and what is not. */
export type StructWriter = (object: Values) => Record<string, unknown>;

/** Turns a present value into its JSON form. */
type Convert = (value: unknown) => unknown;

const structWriters = new WeakMap<Struct, StructWriter>();

export function structWriterOf(struct: Struct): StructWriter {
  let writer = structWriters.get(struct);
  if (!writer) {
    writer = makeStructWriter(struct);
    structWriters.set(struct, writer);
  }
  return writer;
}

function makeStructWriter(struct: Struct): StructWriter {
  const slots = slotsOf(struct).map(({ name, field }) => ({ name, write: fieldWriter(field) }));
  return object => {
    const out: Record<string, unknown> = {};
    for (let index = 0; index < slots.length; index++) {
      const { name, write } = slots[index]!;
      const value = write(object[name]);
      if (value !== undefined) out[name] = value;
    }
    return out;
  };
}

/** Undefined: the field is not written. */
function fieldWriter(field: Field): (value: unknown) => unknown {
  const convert = elementWriter(field.schema);
  if (field.pointer) {
    const unset = field.optional ? undefined : null;
    return value => (value === undefined || value === null ? unset : convert(value));
  }
  switch (field.schema.type) {
    case "struct":
      return structFieldWriter(field.schema, field, convert);
    case "time":
    case "microTime":
      return field.omitZero ? value => value || undefined : value => value || null;
    case "quantity":
      return value => value ?? "0";
    case "intOrString":
      return value => value ?? 0;
    case "list":
      return listFieldWriter(field, convert);
    case "map":
      return mapFieldWriter(field, convert);
    case "raw":
    case "fields":
      return field.optional ? value => value : value => value ?? null;
    default:
      return scalarFieldWriter(field);
  }
}

function structFieldWriter(struct: Struct, field: Field, convert: Convert): (value: unknown) => unknown {
  if (!field.omitZero) return value => convert(value ?? emptyStruct(struct));
  return value => {
    if (value === undefined) return undefined;
    const written = convert(value) as object;
    return isEmpty(written) ? undefined : written;
  };
}

function listFieldWriter(field: Field, convert: Convert): (value: unknown) => unknown {
  if (field.optional) return value => (value && (value as unknown[]).length > 0 ? convert(value) : undefined);
  return value => (value === undefined || value === null || value === absentList ? null : convert(value));
}

function mapFieldWriter(field: Field, convert: Convert): (value: unknown) => unknown {
  if (field.optional) return value => (value && !isEmpty(value as object) ? convert(value) : undefined);
  return value => (value === undefined || value === null || value === absentMap ? null : convert(value));
}

function scalarFieldWriter(field: Field): (value: unknown) => unknown {
  if (field.optional) return value => value || undefined;
  const zero = field.schema.type === "boolean" ? false : isNumeric(field.schema) ? 0 : "";
  return value => value ?? zero;
}

function isNumeric(schema: Schema): boolean {
  return schema.type === "int32" || schema.type === "int64" || schema.type === "double";
}

const same: Convert = value => value;

function elementWriter(schema: Schema): Convert {
  switch (schema.type) {
    case "struct": {
      let write: StructWriter | undefined;
      return value => {
        write ??= structWriterOf(schema);
        return write(value as Values);
      };
    }
    case "list": {
      const convert = elementWriter(schema.items);
      return convert === same ? same : value => (value as readonly unknown[]).map(convert);
    }
    case "map": {
      const convert = elementWriter(schema.values);
      return value => sortedMap(value as Values, convert);
    }
    case "time":
    case "microTime":
      return value => value || null;
    default:
      return same;
  }
}

/** Maps are written with sorted keys; one that is sorted and needs no conversion is written as it is. */
function sortedMap(map: Values, convert: Convert): Values {
  const keys = Object.keys(map);
  const sorted = isSorted(keys);
  if (sorted && convert === same) return map;
  if (!sorted) keys.sort();
  const out: Record<string, unknown> = {};
  for (const key of keys) {
    if (key === "__proto__") {
      Object.defineProperty(out, key, {
        value: convert(map[key]),
        enumerable: true,
        configurable: true,
        writable: true,
      });
    } else out[key] = convert(map[key]);
  }
  return out;
}

function isSorted(keys: readonly string[]): boolean {
  for (let index = 1; index < keys.length; index++) if (keys[index - 1]! > keys[index]!) return false;
  return true;
}

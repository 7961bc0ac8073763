import type { Field, Schema, StructSchema } from "../schema.ts";
import { slotsOf } from "./layout.ts";

type Struct = StructSchema<unknown>;
type Values = Record<string, unknown>;

/** Fills what is unset in a mutable object; undefined where a type has nothing to fill. */
export type Defaulter = ((object: Values) => void) | undefined;

const defaulters = new WeakMap<Struct, { readonly run: Defaulter }>();

/** Every struct that holds itself somewhere would need care here; upstream's types with defaults do not. */
export function defaulterOf(struct: Struct): Defaulter {
  let entry = defaulters.get(struct);
  if (!entry) {
    entry = { run: makeDefaulter(struct) };
    defaulters.set(struct, entry);
  }
  return entry.run;
}

function makeDefaulter(struct: Struct): Defaulter {
  const steps = slotsOf(struct).flatMap(({ name, field }) => [ownDefault(name, field), nestedDefaults(name, field)]);
  const needed = steps.filter(step => step !== undefined);
  if (needed.length === 0) return undefined;
  return object => {
    for (const step of needed) step(object);
  };
}

function ownDefault(name: string, field: Field): Defaulter {
  const value = field.default;
  if (value === undefined || (!field.pointer && (value === "" || value === 0 || value === false))) return undefined;
  const isObject = typeof value === "object" && value !== null;
  return object => {
    if (object[name] === undefined || (object[name] === "" && !field.pointer)) {
      object[name] = isObject ? structuredClone(value) : value;
    }
  };
}

function nestedDefaults(name: string, field: Field): Defaulter {
  const fill = elementDefaulter(field.schema);
  if (fill === undefined) return undefined;
  return object => {
    const value = object[name];
    if (value !== undefined) fill(value as Values);
  };
}

/** Over a struct, each item of a list, or each value of a map. */
function elementDefaulter(schema: Schema): Defaulter {
  if (schema.type === "struct") return defaulterOf(schema);
  if (schema.type !== "list" && schema.type !== "map") return undefined;
  const fill = elementDefaulter(schema.type === "list" ? schema.items : schema.values);
  if (fill === undefined) return undefined;
  return collection => {
    for (const item of Object.values(collection)) fill(item as Values);
  };
}

import { slotsOf } from "./codec/layout.ts";
import { type FieldError, invalid, notSupported } from "./field-error.ts";
import type { Field, Schema, StructSchema } from "./schema.ts";
import { immutableMessage } from "./validation.ts";

type Struct = StructSchema<unknown>;
type Values = Readonly<Record<string, unknown>>;

/** Checks one object; undefined for structs in which no field says anything that could be violated. */
type Check = ((object: Values, path: string, errors: FieldError[]) => void) | undefined;

const checks = new WeakMap<Struct, { check: Check }>();

/** What is wrong with single fields: enumerations and ranges. */
export function fieldErrorsOf(struct: Struct, object: Values): FieldError[] {
  const errors: FieldError[] = [];
  checkOf(struct)?.(object, "", errors);
  return errors;
}

/** The outermost fields marked immutable that changed. */
export function immutableErrorsOf(struct: Struct, object: object, old: object): FieldError[] {
  const errors: FieldError[] = [];
  for (const { name, field } of slotsOf(struct)) {
    if (!field.immutable) continue;
    const [after, before] = [(object as Values)[name], (old as Values)[name]];
    if (JSON.stringify(after) !== JSON.stringify(before)) errors.push(invalid(name, after, immutableMessage));
  }
  return errors;
}

function checkOf(struct: Struct): Check {
  let entry = checks.get(struct);
  if (!entry) {
    entry = { check: undefined };
    checks.set(struct, entry);
    entry.check = makeCheck(struct);
  }
  return entry.check;
}

function makeCheck(struct: Struct): Check {
  const steps = slotsOf(struct).flatMap(({ name, field }) => [ownCheck(name, field), nestedCheck(name, field.schema)]);
  const needed = steps.filter(step => step !== undefined);
  if (needed.length === 0) return undefined;
  return (object, path, errors) => {
    for (const step of needed) step(object, path, errors);
  };
}

function ownCheck(name: string, field: Field): Check {
  const { enum: values, minimum, maximum } = field;
  if (values === undefined && minimum === undefined && maximum === undefined) return undefined;
  const supported = values && [...new Set(values)].filter(value => value !== "").sort();
  return (object, path, errors) => {
    const value = object[name];
    if (value === undefined || value === "") return;
    if (supported && !supported.includes(value as string)) {
      errors.push(notSupported(joinPath(path, name), value, supported));
    }
    if (minimum !== undefined && (value as number) < minimum) {
      errors.push(invalid(joinPath(path, name), value, `must be greater than or equal to ${minimum}`));
    }
    if (maximum !== undefined && (value as number) > maximum) {
      errors.push(invalid(joinPath(path, name), value, `must be less than or equal to ${maximum}`));
    }
  };
}

function nestedCheck(name: string, schema: Schema): Check {
  if (schema.type === "struct") {
    const check = checkOf(schema);
    return (
      check &&
      ((object, path, errors) => {
        const value = object[name];
        if (value !== undefined) check(value as Values, joinPath(path, name), errors);
      })
    );
  }
  if (schema.type !== "list" || schema.items.type !== "struct") return undefined;
  const check = checkOf(schema.items);
  return (
    check &&
    ((object, path, errors) => {
      const list = (object[name] ?? []) as readonly Values[];
      list.forEach((item, index) => {
        check(item, `${joinPath(path, name)}[${index}]`, errors);
      });
    })
  );
}

function joinPath(path: string, name: string): string {
  return path === "" ? name : `${path}.${name}`;
}

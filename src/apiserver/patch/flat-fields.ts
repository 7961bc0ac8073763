import type { Field, Schema, StructSchema } from "#api/schema.ts";

const known = new WeakMap<object, ReadonlyMap<string, Field>>();

/** A struct's fields as its JSON object has them: those of inlined structs are among them. */
export function flatFields(struct: StructSchema<unknown>): ReadonlyMap<string, Field> {
  let fields = known.get(struct);
  if (fields === undefined) {
    fields = new Map(entries(struct));
    known.set(struct, fields);
  }
  return fields;
}

function* entries(struct: StructSchema<unknown>): Generator<[string, Field]> {
  for (const [name, field] of Object.entries(struct.fields)) {
    if (field.inline && field.schema.type === "struct") yield* flatFields(field.schema);
    else yield [name, field];
  }
}

/** The field of that name, when the schema is a struct that has one. */
export function fieldOf(schema: Schema | undefined, name: string): Field | undefined {
  return schema?.type === "struct" ? flatFields(schema).get(name) : undefined;
}

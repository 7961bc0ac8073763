import { expect, test } from "vitest";
import { resources } from "./list.ts";
import type { Field, Schema, StructSchema } from "./schema.ts";
import { metaTypes, unstoredTypes } from "./scheme.ts";

/** Every field that a client can name, as `Container.image`. */
function namedFields(): ReadonlyMap<string, Field> {
  const found = new Map<string, Field>();
  const seen = new Set<string>();
  const visit = (schema: Schema): void => {
    if (schema.type === "list") return visit(schema.items);
    if (schema.type === "map") return visit(schema.values);
    if (schema.type !== "struct" || seen.has(schema.name)) return;
    seen.add(schema.name);
    for (const [name, field] of Object.entries(schema.fields)) {
      if (!field.inline) found.set(`${schema.name.slice(schema.name.lastIndexOf(".") + 1)}.${name}`, field);
      visit(field.schema);
    }
  };
  for (const { struct } of [...resources, ...unstoredTypes, ...metaTypes]) visit(struct as StructSchema<unknown>);
  return found;
}

test("every field says in a sentence what it means", () => {
  const silent = [...namedFields()].filter(([, { doc = "" }]) => !/^\S.*[.…]$/.test(doc)).map(([name]) => name);
  expect(silent).toEqual([]);
});

test("every kind says in a sentence what it is", () => {
  const silent = [...resources, ...unstoredTypes].filter(({ doc = "" }) => !/^[A-Z].*\.$/.test(doc));
  expect(silent.map(({ kind }) => kind)).toEqual([]);
});

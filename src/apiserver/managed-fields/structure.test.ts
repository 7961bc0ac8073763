import { expect, test } from "vitest";
import { resources } from "#api/list.ts";
import type { Field, Schema, StructSchema } from "#api/schema.ts";
import upstream from "../../../test/upstream/field-structures.json" with { type: "json" };
import { flatFields } from "../patch/flat-fields.ts";
import { type Structure, structureOf } from "./structure.ts";

/** Every struct that a served kind contains. */
function reachable(): ReadonlySet<StructSchema<unknown>> {
  const structs = new Set<StructSchema<unknown>>();
  const visit = (schema: Schema): void => {
    if (schema.type === "list") visit(schema.items);
    else if (schema.type === "map") visit(schema.values);
    else if (schema.type === "struct" && !structs.has(schema)) {
      structs.add(schema);
      for (const { schema: inner } of flatFields(schema).values()) visit(inner);
    }
  };
  for (const { struct } of resources) visit(struct as StructSchema<unknown>);
  return structs;
}

/** How a field is owned, in the words of the facts; undefined for scalars and structs, which need none. */
function ownership(field: Field): string | undefined {
  const structure: Structure = structureOf(field.schema, field);
  if (structure.type === "set" || structure.type === "map") return structure.type;
  if (structure.type === "keyed") return `items by ${structure.keys.map(({ name }) => name).join(", ")}`;
  if (structure.type !== "leaf" || field.schema.type === "fields") return undefined;
  if (structure.holds === "list") return "atomic list";
  // A struct that is atomic by its type says so at its type.
  const byType = field.schema.type === "struct" && field.schema.mapType === "atomic";
  return structure.holds === "map" && !byType ? "atomic map" : undefined;
}

test("every field of every kind is owned as upstream's schema says", () => {
  const facts: Readonly<Record<string, Readonly<Record<string, string>>>> = upstream;
  const ours: Record<string, Record<string, string>> = {};
  const theirs: Record<string, Record<string, string>> = {};
  for (const struct of reachable()) {
    const name = struct.name.replace("io.k8s.api.meta.", "io.k8s.apimachinery.pkg.apis.meta.");
    const own: Record<string, string> = struct.mapType ? { "": "atomic map" } : {};
    for (const [field, definition] of flatFields(struct)) {
      const form = ownership(definition);
      if (form !== undefined) own[field] = form;
    }
    ours[name] = own;
    theirs[name] = facts[name] ?? {};
  }
  expect(Object.keys(ours).length).toBeGreaterThan(100);
  expect(ours).toEqual(theirs);
});

import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { resources } from "./list.ts";
import type { Field, Schema, StructSchema } from "./schema.ts";
import { metaTypes, unstoredTypes } from "./scheme.ts";

interface Fact {
  readonly type: string;
  readonly base?: string;
  readonly number?: number;
  readonly default?: string;
  readonly enum?: readonly string[];
  readonly inline?: true;
  readonly [fact: string]: unknown;
}

const file = new URL("../../test/upstream/facts.json", import.meta.url);
const facts = JSON.parse(readFileSync(file, "utf8")) as Record<string, Record<string, Fact>>;

/** Every struct that a definition reaches. */
function reachable(): Map<string, StructSchema<unknown>> {
  const structs = new Map<string, StructSchema<unknown>>();
  const visit = (schema: Schema): void => {
    if (schema.type === "list") visit(schema.items);
    else if (schema.type === "map") visit(schema.values);
    else if (schema.type === "struct" && !structs.has(schema.name)) {
      structs.set(schema.name, schema);
      for (const field of Object.values(schema.fields)) visit(field.schema);
    }
  };
  for (const { struct } of [...resources, ...unstoredTypes, ...metaTypes]) visit(struct as StructSchema<unknown>);
  return structs;
}

const scalars: Readonly<Record<string, string>> = { bool: "boolean", float64: "double", microtime: "microTime" };

/** `list<Container>` of a schema; named types by their last part. */
function typeText(schema: Schema): string {
  if (schema.type === "list") return `list<${typeText(schema.items)}>`;
  if (schema.type === "map") return `map<string,${typeText(schema.values)}>`;
  return schema.type === "struct" ? schema.name.slice(schema.name.lastIndexOf(".") + 1) : schema.type;
}

/** The same of a fact; a named string, list or map is what its base is. */
function factTypeText(type: string): string {
  const list = /^list<(.+)>$/.exec(type);
  if (list) return `list<${factTypeText(list[1]!)}>`;
  const map = /^map<(.+?),(.+)>$/.exec(type);
  if (map) return `map<string,${factTypeText(map[2]!)}>`;
  const name = type.slice(type.lastIndexOf(".") + 1);
  return scalars[name] ?? (name === "fieldsV1" ? "fields" : name);
}

const compared = [
  "number",
  "optional",
  "pointer",
  "omitZero",
  "listType",
  "mapKeys",
  "patchStrategy",
  "mergeKey",
  "protobufName",
] as const;

function factsOf(field: Field): Record<string, unknown> {
  const described: Record<string, unknown> = {};
  for (const name of compared) if (field[name] !== undefined && field[name] !== 0) described[name] = field[name];
  return described;
}

describe.each([...reachable()])("%s", (name, struct) => {
  const known = facts[name];

  test("is known upstream", () => expect(known).toBeDefined());

  test("has upstream's fields in upstream's order", () => {
    const ours = Object.entries(struct.fields).map(([key, field]) =>
      field.inline ? `<inline ${typeText(field.schema)}>` : key,
    );
    expect(ours).toEqual(Object.keys(known!));
  });

  test("says of each field what upstream says", () => {
    for (const [index, [key, field]] of Object.entries(struct.fields).entries()) {
      const [factKey, fact] = Object.entries(known!)[index]!;
      const expected: Record<string, unknown> = {};
      for (const name of compared) if (fact[name] !== undefined) expected[name] = fact[name];
      const described = factsOf(field);
      // Whether a struct that is always written may be left out is a matter of its type, not of presence.
      if (field.schema.type === "struct" && !field.pointer) described["optional"] = expected["optional"];
      expect({ key, ...described }).toEqual({ key, ...expected });
      const base = factTypeText(fact.base ?? fact.type);
      if (!scalarBase(fact)) expect(`${factKey} ${typeText(field.schema)}`).toBe(`${factKey} ${base}`);
      if (fact.default !== undefined && !fact.default.startsWith("ref("))
        expect(field.default).toEqual(JSON.parse(fact.default));
      if (fact.enum) expect(new Set(field.enum)).toEqual(new Set(fact.enum));
    }
  });
});

/** Elements of these are named strings, of which the schema keeps only that they are strings. */
function scalarBase(fact: Fact): boolean {
  return /^(list|map)</.test(fact.base ?? fact.type) && !facts[openApiNameEnding(fact.type)];
}

function openApiNameEnding(type: string): string {
  const element = /([A-Za-z0-9]+)>+$/.exec(type)?.[1] ?? "";
  return Object.keys(facts).find(name => name.endsWith(`.${element}`)) ?? "";
}

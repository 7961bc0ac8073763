import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { findType } from "#api/scheme.ts";
import { unwrapProtobuf, wrapProtobuf } from "#wire/protobuf-envelope.ts";
import { codecOf } from "./codec.ts";

const folder = new URL("../../../test/upstream/fixtures/", import.meta.url);

/** One object per kind with every field set, as upstream publishes them. */
const kinds = readdirSync(folder)
  .filter(file => file.endsWith(".json"))
  .map(file => file.slice(0, -".json".length));

function definitionOf(fixture: string) {
  const [, group, version, kind] = /^(.+)\.(v[^.]+)\.([^.]+)$/.exec(fixture)!;
  const definition = findType(group === "core" ? "" : group!, version!, kind!);
  if (!definition) throw new Error(`no type for ${fixture}`);
  return definition;
}

/** Without line feeds and indentation, as the server writes it. */
const compact = (json: string) => JSON.stringify(JSON.parse(json));

describe.each(kinds)("%s", fixture => {
  const json = readFileSync(new URL(`${fixture}.json`, folder));
  const protobuf = readFileSync(new URL(`${fixture}.pb`, folder));
  const definition = definitionOf(fixture);
  const codec = codecOf(definition);

  test("JSON is read and written again byte for byte", () => {
    const { object, strictErrors } = codec.decodeJson(json);
    expect(strictErrors).toEqual([]);
    expect(codec.encodeJson(object)).toBe(compact(json.toString()));
  });

  test("protobuf says the same as JSON", () => {
    const { raw, kind } = unwrapProtobuf(protobuf);
    expect(kind).toBe(definition.kind);
    expect(codec.encodeJson(codec.decodeProtobuf(raw))).toBe(compact(json.toString()));
  });

  test("protobuf is written byte for byte", () => {
    const { apiVersion, kind } = unwrapProtobuf(protobuf);
    const raw = codec.encodeProtobuf(codec.decodeJson(json).object);
    expect(Buffer.from(wrapProtobuf({ apiVersion, kind, raw })).toString("hex")).toBe(protobuf.toString("hex"));
  });
});

test("there are fixtures", () => {
  expect(kinds.length).toBeGreaterThan(25);
});

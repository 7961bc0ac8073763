import { expect, test } from "vitest";
import { configMaps } from "#api/core/v1/config-map.ts";
import { statusType } from "#api/meta/v1/status.ts";
import { notFound } from "#api/status.ts";
import { unwrapProtobuf, wrapProtobuf } from "#wire/protobuf-envelope.ts";
import { codecOf } from "./codec.ts";
import { decodeProtobufList, encodeProtobufList, jsonListHead } from "./list.ts";

const codec = codecOf(configMaps);
const named = (name: string) => codec.decodeValue({ metadata: { name } }).object;

test("a protobuf list is its metadata and its items' bytes", () => {
  const items = ["a", "b"].map(name => codec.encodeProtobuf(named(name)));
  const list = decodeProtobufList(encodeProtobufList({ resourceVersion: "5", continue: "t" }, items));
  expect(list.metadata).toEqual({ resourceVersion: "5", continue: "t" });
  expect(list.items.map(bytes => codec.decodeProtobuf(bytes).metadata.name)).toEqual(["a", "b"]);
});

test("the head of a JSON list", () => {
  expect(JSON.parse(`${jsonListHead("v1", "ConfigMapList", { resourceVersion: "5" })}]}`)).toEqual({
    kind: "ConfigMapList",
    apiVersion: "v1",
    metadata: { resourceVersion: "5" },
    items: [],
  });
});

test("an error's Status goes through the same codec and envelope", () => {
  const { status } = notFound({ group: "", plural: "pods" }, "x");
  const raw = codecOf(statusType).encodeProtobuf(status);
  const envelope = unwrapProtobuf(wrapProtobuf({ apiVersion: "v1", kind: "Status", raw }));
  expect(envelope).toMatchObject({ apiVersion: "v1", kind: "Status" });
  expect(codecOf(statusType).decodeProtobuf(envelope.raw)).toEqual(status);
});

test("what has no magic is no envelope", () => {
  expect(() => unwrapProtobuf(Buffer.from("{}"))).toThrow("expected prefix");
});

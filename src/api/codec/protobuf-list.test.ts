import { expect, test } from "vitest";
import { configMaps } from "#api/core/v1/config-map.ts";
import { statusType } from "#api/meta/v1/status.ts";
import { notFound } from "#api/status.ts";
import { lengthDelimitedHead } from "#wire/protobuf.ts";
import { unwrapProtobuf, wrapProtobuf } from "#wire/protobuf-envelope.ts";
import { codecOf } from "./codec.ts";
import { decodeProtobufList } from "./protobuf-list.ts";

const codec = codecOf(configMaps);
const named = (name: string) => codec.decodeValue({ metadata: { name } }).object;

test("a protobuf list is its metadata and its items' bytes", () => {
  const items = ["a", "b"].map(name => codec.encodeProtobuf(named(name)));
  const metadata = [0x0a, 6, 0x12, 1, 0x35, 0x1a, 1, 0x74]; // resourceVersion (2) "5", continue (3) "t"
  const bytes = [...metadata, ...items.flatMap(item => [...lengthDelimitedHead(2, item.length), ...item])];
  const list = decodeProtobufList(Uint8Array.from(bytes));
  expect(list.metadata).toEqual({ resourceVersion: "5", continue: "t" });
  expect(list.items.map(bytes => codec.decodeProtobuf(bytes).metadata.name)).toEqual(["a", "b"]);
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

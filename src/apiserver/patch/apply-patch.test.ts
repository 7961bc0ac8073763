import { expect, test } from "vitest";
import { deployments } from "#api/apps/v1/deployment.ts";
import { pods } from "#api/core/v1/pod.ts";
import type { TypeDefinition } from "#api/resource.ts";
import { ApiError } from "#api/status.ts";
import type { JsonMap } from "#wire/patch/json-value.ts";
import { applyPatch } from "./apply-patch.ts";

const pod: TypeDefinition = pods;
const deployment: TypeDefinition = deployments;

function strategic(current: JsonMap, patch: unknown, definition = pod): JsonMap {
  const text = JSON.stringify(current);
  const result = applyPatch({ type: "strategic", patch: bytes(JSON.stringify(patch)), current, definition });
  expect(JSON.stringify(current)).toBe(text);
  return result;
}

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function statusOf(type: "json" | "merge" | "strategic", patch: string) {
  try {
    applyPatch({ type, patch: bytes(patch), current: { spec: { containers: [{ name: "a" }] } }, definition: pod });
  } catch (error) {
    if (error instanceof ApiError) return error.status;
    throw error;
  }
  throw new Error("the patch was applied");
}

const containers = (...names: string[]) => ({
  spec: { containers: names.map(name => ({ name, image: `${name}:1` })) },
});

test("a list with a merge key merges item by item", () => {
  expect(strategic(containers("a", "b"), { spec: { containers: [{ name: "b", image: "b:2" }] } })).toEqual({
    spec: {
      containers: [
        { name: "a", image: "a:1" },
        { name: "b", image: "b:2" },
      ],
    },
  });
});

test("a new item comes before what was there, as upstream orders it", () => {
  const { spec } = strategic(containers("a"), { spec: { containers: [{ name: "c" }] } });
  expect(spec).toEqual({ containers: [{ name: "c" }, { name: "a", image: "a:1" }] });
});

test("$patch: delete removes an item, $patch: replace takes the list as sent", () => {
  expect(strategic(containers("a", "b"), { spec: { containers: [{ name: "a", $patch: "delete" }] } })).toEqual(
    containers("b"),
  );
  expect(strategic(containers("a", "b"), { spec: { containers: [{ $patch: "replace" }, { name: "z" }] } })).toEqual({
    spec: { containers: [{ name: "z" }] },
  });
});

test("$patch in an object replaces or empties it", () => {
  expect(strategic({ spec: { nodeName: "n" } }, { spec: { $patch: "replace", hostname: "h" } })).toEqual({
    spec: { hostname: "h" },
  });
  expect(strategic({ metadata: { labels: { a: "b" } } }, { metadata: { labels: { $patch: "delete" } } })).toEqual({
    metadata: { labels: {} },
  });
});

test("$setElementOrder orders what the patch names; others keep their place before what followed them", () => {
  const patch = {
    spec: { "$setElementOrder/containers": [{ name: "c" }, { name: "a" }], containers: [{ name: "c" }] },
  };
  const { spec } = strategic(containers("a", "x", "c"), patch);
  expect((spec as { containers: { name: string }[] }).containers.map(({ name }) => name)).toEqual(["x", "c", "a"]);
});

test("scalars merge as a set, and $deleteFromPrimitiveList takes out", () => {
  const current = { metadata: { finalizers: ["a", "b"] } };
  expect(strategic(current, { metadata: { finalizers: ["c", "a"] } })).toEqual({
    metadata: { finalizers: ["c", "a", "b"] },
  });
  expect(strategic(current, { metadata: { "$deleteFromPrimitiveList/finalizers": ["a"] } })).toEqual({
    metadata: { finalizers: ["b"] },
  });
});

test("$retainKeys drops what it does not name", () => {
  const current = { spec: { strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 1 } } } };
  const patch = { spec: { strategy: { $retainKeys: ["type"], type: "Recreate" } } };
  expect(strategic(current, patch, deployment)).toEqual({ spec: { strategy: { type: "Recreate" } } });
});

test("a list without a strategy is replaced, null removes, new parts lose their directives", () => {
  const current = { spec: { containers: [{ name: "a", command: ["x", "y"], image: "i" }] } };
  const patch = {
    spec: { containers: [{ name: "a", command: ["z"], image: null, env: [{ name: "e", $patch: "delete" }] }] },
  };
  expect(strategic(current, patch)).toEqual({ spec: { containers: [{ name: "a", command: ["z"], env: [] }] } });
});

test("what cannot be applied is answered as upstream words it", () => {
  expect(statusOf("json", '[{"op": "remove", "path": "/spec/absent"}]')).toMatchObject({
    message: "the server rejected our request due to an error in our request",
    reason: "Invalid",
    details: {},
    code: 422,
  });
  expect(statusOf("json", '{"op": "add"}')).toMatchObject({
    message: "error decoding patch: json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp",
    code: 400,
  });
  expect(statusOf("merge", "[]")).toMatchObject({
    message: "error decoding patch: json: cannot unmarshal array into Go value of type map[string]interface {}",
    reason: "BadRequest",
  });
  expect(statusOf("merge", "{")).toMatchObject({ message: "invalid JSON patch", code: 400 });
  expect(statusOf("json", JSON.stringify(Array(10_001).fill({ op: "test" })))).toMatchObject({
    message: "Request entity too large: The allowed maximum operations in a JSON patch is 10000, got 10001",
    code: 413,
  });
  expect(statusOf("strategic", '{"spec": {"containers": [{"image": "x"}]}}')).toMatchObject({
    message: "map: map[image:x] does not contain declared merge key: name",
    code: 500,
  });
  expect(statusOf("strategic", '{"spec": {"$patch": "nope"}}')).toMatchObject({
    message: "unknown patch type: nope in map: map[$patch:nope]",
  });
});

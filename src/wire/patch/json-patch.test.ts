import { expect, test } from "vitest";
import { JsonPatchError, jsonPatch } from "./json-patch.ts";

const document = () => Object.freeze({ a: Object.freeze({ b: 1 }), list: Object.freeze(["x", "y"]) });

test.each([
  ["add to an object", { op: "add", path: "/a/c", value: 2 }, { a: { b: 1, c: 2 }, list: ["x", "y"] }],
  ["add into a list", { op: "add", path: "/list/1", value: "z" }, { a: { b: 1 }, list: ["x", "z", "y"] }],
  ["append to a list", { op: "add", path: "/list/-", value: "z" }, { a: { b: 1 }, list: ["x", "y", "z"] }],
  ["append by negative index", { op: "add", path: "/list/-1", value: "z" }, { a: { b: 1 }, list: ["x", "y", "z"] }],
  ["replace in a list", { op: "replace", path: "/list/0", value: "z" }, { a: { b: 1 }, list: ["z", "y"] }],
  ["replace of an absent key adds", { op: "replace", path: "/a/c", value: 2 }, { a: { b: 1, c: 2 }, list: ["x", "y"] }],
  ["remove", { op: "remove", path: "/list/0" }, { a: { b: 1 }, list: ["y"] }],
  ["move", { op: "move", from: "/a/b", path: "/c" }, { a: {}, list: ["x", "y"], c: 1 }],
  ["copy", { op: "copy", from: "/a", path: "/a/c" }, { a: { b: 1, c: { b: 1 } }, list: ["x", "y"] }],
  ["copy of an absent key", { op: "copy", from: "/none", path: "/a/b" }, { a: { b: null }, list: ["x", "y"] }],
  ["test", { op: "test", path: "/a", value: { b: 1 } }, { a: { b: 1 }, list: ["x", "y"] }],
  ["test of an absent key", { op: "test", path: "/none", value: null }, { a: { b: 1 }, list: ["x", "y"] }],
  ["escaped keys", { op: "add", path: "/a~1b~0c", value: 1 }, { a: { b: 1 }, list: ["x", "y"], "a/b~c": 1 }],
  ["the whole document", { op: "replace", path: "", value: { z: 1 } }, { z: 1 }],
])("%s", (_, operation, expected) => {
  const before = document();
  expect(jsonPatch(before, [operation])).toEqual(expected);
  expect(before).toEqual(document());
});

test.each([
  ["a value that differs", { op: "test", path: "/a/b", value: 2 }],
  ["an absent key to remove", { op: "remove", path: "/a/c" }],
  ["an absent key to move", { op: "move", from: "/a/c", path: "/d" }],
  ["an absent parent", { op: "add", path: "/x/y", value: 1 }],
  ["an index behind the list", { op: "add", path: "/list/3", value: 1 }],
  ["an index that is no number", { op: "add", path: "/list/01x", value: 1 }],
  ["an unknown operation", { op: "nope", path: "/a" }],
  ["no path", { op: "add", value: 1 }],
])("refuses %s", (_, operation) => {
  expect(() => jsonPatch(document(), [operation])).toThrow(JsonPatchError);
});

test("operations see what earlier ones did, and values given stay as they were", () => {
  const value = { deep: { list: [1] } };
  const operations = [
    { op: "add", path: "/new", value },
    { op: "add", path: "/new/deep/list/-", value: 2 },
  ];
  expect(jsonPatch({}, operations)).toEqual({ new: { deep: { list: [1, 2] } } });
  expect(value).toEqual({ deep: { list: [1] } });
});

test("a short patch cannot make a huge document", () => {
  const copies = Array.from({ length: 40 }, (_, index) => ({ op: "copy", from: "/a", path: `/a/k${index}` }));
  expect(() => jsonPatch({ a: { text: "x".repeat(1000) } }, copies)).toThrow("copies too much");
});

test("__proto__ is a key like any other", () => {
  const result = jsonPatch({}, [{ op: "add", path: "/__proto__", value: { polluted: 1 } }]);
  expect(Object.keys(result as object)).toEqual(["__proto__"]);
  expect((result as { polluted?: number }).polluted).toBeUndefined();
});

import { expect, test } from "vitest";
import { jsonEqual } from "./json-equal.ts";

test("values are equal whatever the order of their fields, and not when a list's order differs", () => {
  expect(jsonEqual({ a: 1, b: [{ c: null }] }, { b: [{ c: null }], a: 1 })).toBe(true);
  expect(jsonEqual([1, 2], [2, 1])).toBe(false);
  expect(jsonEqual([], {})).toBe(false);
});

test("a field that is undefined is absent, one that is null is not", () => {
  expect(jsonEqual({ a: undefined }, {})).toBe(true);
  expect(jsonEqual({}, { a: undefined })).toBe(true);
  expect(jsonEqual({ a: null }, {})).toBe(false);
  expect(jsonEqual({}, { a: "" })).toBe(false);
});

test("a key that every object inherits is compared like any other", () => {
  expect(jsonEqual({}, { constructor: "x" })).toBe(false);
  expect(jsonEqual({ toString: "x" }, {})).toBe(false);
  expect(jsonEqual(JSON.parse('{"__proto__":{}}'), {})).toBe(false);
});

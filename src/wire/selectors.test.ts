import { describe, expect, test } from "vitest";
import { parseFieldSelector } from "./field-selector.ts";
import { formatLabelSelector, matchesLabels, parseLabelSelector, SelectorError } from "./label-selector.ts";

describe("label selectors", () => {
  test.each([
    ["", ""],
    ["a=b,c!=d", "a=b,c!=d"],
    ["b == 1 , a", "a,b=1"],
    ["env in (y, x),!gone,n notin (z)", "env in (x,y),!gone,n notin (z)"],
    ["a=", "a="],
    ["k>5", "k>5"],
  ])("%s, sorted by key", (text, canonical) => {
    expect(formatLabelSelector(parseLabelSelector(text))).toBe(canonical);
  });

  test.each([
    ["a=b", { a: "b" }, true],
    ["a=b", { a: "c" }, false],
    ["a!=b", {}, true],
    ["a in (b,c)", { a: "c" }, true],
    ["a notin (b)", {}, true],
    ["a", { a: "" }, true],
    ["!a", { a: "" }, false],
    ["a>5", { a: "10" }, true],
    ["a>5", { a: "x" }, false],
    ["toString", {}, false],
  ])("%s on %j is %s", (text, labels, expected) => {
    expect(matchesLabels(parseLabelSelector(text), labels)).toBe(expected);
  });

  test.each(["a in b", "a b", "a=b,", "=x", "-a=1", "a=b c"])("%s is refused", text => {
    expect(() => parseLabelSelector(text)).toThrow(SelectorError);
  });
});

test("field selectors with escapes", () => {
  const terms = parseFieldSelector("spec.nodeName=a\\,b,status.phase!=Running,x==1");
  expect(terms).toEqual([
    { field: "spec.nodeName", operator: "=", value: "a,b" },
    { field: "status.phase", operator: "!=", value: "Running" },
    { field: "x", operator: "=", value: "1" },
  ]);
  expect(() => parseFieldSelector("nonsense")).toThrow("invalid selector: 'nonsense'; can't understand 'nonsense'");
});

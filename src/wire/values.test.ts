import { describe, expect, test } from "vitest";
import { formatGoDuration, parseGoDuration } from "./go-duration.ts";
import { humanDuration } from "./human-duration.ts";
import { scaledIntOrPercent } from "./int-or-percent.ts";
import { isCidr, isIPv4, isIPv6 } from "./ip.ts";
import {
  addQuantities,
  canonicalQuantity,
  formatQuantity,
  parseQuantity,
  quantityMilliValue,
  quantityValue,
} from "./quantity.ts";

describe("quantities", () => {
  test.each([
    ["0", "0"],
    ["0.5", "500m"],
    ["1000m", "1"],
    ["1024Mi", "1Gi"],
    ["1.5Gi", "1536Mi"],
    ["0.5Ki", "512"],
    ["1000Ki", "1000Ki"],
    ["1e3", "1e3"],
    ["12e4", "120e3"],
    ["1000", "1k"],
    ["100n", "100n"],
    ["0.1n", "1n"],
    ["-1500m", "-1500m"],
    ["1E", "1E"],
    ["10E", "9223372036854775807"],
    [".5", "500m"],
  ])("%s is %s", (text, canonical) => expect(canonicalQuantity(text)).toBe(canonical));

  test.each(["", "x", "1.2.3", "1 Gi", "Gi", "1gi", "."])("%j is none", text => {
    expect(() => parseQuantity(text)).toThrow("quantities must match the regular expression");
  });

  const million = (digit: string) => digit.repeat(1_000_000);
  test.each([
    ["zeros before a number", `${million("0")}1.5`, "1500m"],
    ["a number beyond the largest", million("9"), "9223372036854775807"],
    ["that too, at the smallest scale", `-${million("1")}e-100`, "-9223372036854775807"],
    ["zeros after a point", `1.${million("0")}`, "1"],
    ["something at the very end, which rounds up", `0.${million("0")}1`, "1n"],
    ["a fraction at the largest scale", `0.${million("0")}1e100`, "1e-9"],
  ])("a million digits cost no more than they say: %s", (_, text, canonical) =>
    expect(canonicalQuantity(text)).toBe(canonical),
  );

  test("values are rounded up, sums keep the first notation", () => {
    expect(quantityValue("1500m")).toBe(2);
    expect(quantityMilliValue("0.1")).toBe(100);
    expect(quantityMilliValue("1n")).toBe(1);
    expect(formatQuantity(addQuantities(parseQuantity("1Gi"), parseQuantity("1024M")))).toBe("2048576Ki");
  });
});

test.each([
  [0, "0s"],
  [119, "119s"],
  [120, "2m"],
  [125, "2m5s"],
  [600, "10m"],
  [3 * 3600, "3h"],
  [3 * 3600 + 300, "3h5m"],
  [9 * 3600 + 300, "9h"],
  [49 * 3600, "2d1h"],
  [9 * 86400, "9d"],
  [800 * 86400, "2y70d"],
  [-5, "<invalid>"],
])("%i seconds ago is %s", (seconds, text) => expect(humanDuration(seconds * 1000)).toBe(text));

test.each([
  ["1h0m0s", 3_600_000],
  ["1m30s", 90_000],
  ["1.5s", 1500],
  ["20ms", 20],
  ["0s", 0],
])("duration %s", (text, ms) => {
  expect(parseGoDuration(text)).toBe(ms);
  expect(formatGoDuration(ms)).toBe(text);
});

test("what is no duration", () =>
  expect(["", "5", "1x", "s"].map(parseGoDuration)).toEqual([undefined, undefined, undefined, undefined]));

test("percentages of a total", () => {
  expect(scaledIntOrPercent("25%", 10, "up")).toBe(3);
  expect(scaledIntOrPercent("25%", 10, "down")).toBe(2);
  expect(scaledIntOrPercent(4, 10, "down")).toBe(4);
  expect(scaledIntOrPercent("x", 10, "down")).toBeUndefined();
});

test("addresses", () => {
  expect(["1.2.3.4", "01.2.3.4", "1.2.3", "256.1.1.1"].map(isIPv4)).toEqual([true, false, false, false]);
  expect(["::1", "2001:db8::ffff", "1::2::3", "::ffff:1.2.3.4", "1:2:3:4:5:6:7:8", "1:2"].map(isIPv6)).toEqual([
    true,
    true,
    false,
    true,
    true,
    false,
  ]);
  expect(["10.0.0.0/8", "10.0.0.0/33", "fd00::/64", "10.0.0.0"].map(isCidr)).toEqual([true, false, true, false]);
});

import fc from "fast-check";
import { expect, test } from "vitest";
import { firstIndex } from "./binary-search.ts";

test("finds what a walk from the start would find", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 20 })),
      fc.integer({ min: -1, max: 21 }),
      fc.nat(5),
      (items, wanted, from) => {
        const sorted = items.toSorted((a, b) => a - b);
        const start = Math.min(from, sorted.length);
        const walked = sorted.findIndex((item, at) => at >= start && item >= wanted);
        expect(firstIndex(sorted.length, at => sorted[at]! >= wanted, start)).toBe(walked < 0 ? sorted.length : walked);
      },
    ),
  );
});

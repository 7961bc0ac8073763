import { expect, test } from "vitest";
import { parseYaml } from "./yaml.ts";

/** Nine levels of lists, each with nine aliases of the one before: 387 million strings. */
function bomb(): string {
  const names = "abcdefghi".split("");
  const lines = names.map((name, index) => {
    const item = index === 0 ? "x" : `*${names[index - 1]}`;
    return `${name}: &${name} [${Array(9).fill(item).join(",")}]`;
  });
  return lines.join("\n");
}

test("aliases are followed", () => {
  expect(parseYaml("a: &a [1, 2]\nb: *a\n")).toEqual({ a: [1, 2], b: [1, 2] });
  expect(parseYaml("")).toBeUndefined();
  expect(() => parseYaml("a: 1\n---\nb: 2\n")).toThrow(/single document/);
});

test("aliases that unfold into gigabytes, or into themselves, are refused", () => {
  expect(() => parseYaml(bomb())).toThrow(/excessive aliasing/);
  expect(() => parseYaml(`a: &a ${"x".repeat(100_000)}\nb: [${Array(100).fill("*a").join(",")}]`)).toThrow(
    /excessive aliasing/,
  );
  expect(() => parseYaml("a: &a [*a]")).toThrow(/exceeded max depth/);
});

test("a key __proto__ is a key", () => {
  const value = parseYaml("__proto__: {polluted: yes}") as object;
  expect(Object.keys(value)).toEqual(["__proto__"]);
  expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
});

import { expect, test } from "vitest";
import { subPathOf } from "./mounts.ts";

const environment = new Map([
  ["NAME", "web"],
  ["EMPTY", ""],
  ["ROOT", "/etc"],
  ["UP", ".."],
]);

test("a subPath is taken as written, or with its variables put in", () => {
  expect(subPathOf({ subPath: "a/b" }, environment)).toBe("a/b");
  expect(subPathOf({ subPathExpr: "logs/$(NAME)" }, environment)).toBe("logs/web");
  expect(subPathOf({}, environment)).toBe("");
});

test.each([
  ["$(EMPTY)/$(NONE)/x", "missing value for EMPTY, NONE"],
  ["$(ROOT)", "error SubPath `/etc` must not be an absolute path"],
  ["a/$(UP)", "unable to provision SubPath `a/..`: must not contain '..'"],
])("%s is refused", (subPathExpr, message) => {
  expect(() => subPathOf({ subPathExpr }, environment)).toThrow(message);
});

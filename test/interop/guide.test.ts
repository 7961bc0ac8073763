import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const read = (path: string) => readFileSync(join(import.meta.dirname, "../..", path), "utf8");

test("the guide to testing controllers shows the test that is run", () => {
  expect(read("docs/testing-controllers.md")).toContain(read("test/interop/testing-controllers.test.ts"));
});

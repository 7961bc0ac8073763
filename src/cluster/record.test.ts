import { expect, test } from "vitest";
import { nothingThere } from "./record.ts";

test("who may not look is told so, and not that there is no cluster", () => {
  const failure = (code: string) => Object.assign(new Error(code), { code });
  expect(nothingThere(failure("ENOENT"))).toBeUndefined();
  expect(() => nothingThere(failure("EACCES"))).toThrow("clusters are shown to root only: run it with sudo");
});

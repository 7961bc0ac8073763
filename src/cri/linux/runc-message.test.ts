import { expect, test } from "vitest";
import { runcMessage } from "./runc-message.ts";

test("what runc says is its message without the line's time", () => {
  const line = String.raw`time="2026-01-01T00:00:00Z" level=error msg="exec failed: exec: \"nosuch\": not found"`;
  expect(runcMessage(`${line}\n`)).toBe('exec failed: exec: "nosuch": not found');
  expect(runcMessage(" something else\n")).toBe("something else");
});

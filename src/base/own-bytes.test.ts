import { expect, test } from "vitest";
import { ownBytes } from "./own-bytes.ts";

test("own bytes are the text's, and keep no memory but their own", () => {
  for (const text of ["", "plain", "ünïcödé 🙂", "x".repeat(100_000)]) {
    const bytes = ownBytes(text);
    expect(bytes.toString("utf8")).toBe(text);
    expect(bytes.buffer.byteLength).toBe(bytes.length);
  }
});

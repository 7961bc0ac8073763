import { closeSync, openSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { boundedFile } from "./bounded-file.ts";

let folder: string;
let file: string;
let descriptor: number;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "bounded-file-"));
  file = join(folder, "log");
});
afterEach(async () => {
  closeSync(descriptor);
  await rm(folder, { recursive: true });
});

test("a full file becomes the one before, which is the only one kept; no line is lost between", async () => {
  await writeFile(file, "before\n"); // What is there counts too.
  descriptor = openSync(file, "a");
  const write = boundedFile(descriptor, 20)!;
  write("123456789"); // 7 + 10 bytes
  expect(await readFile(file, "utf8")).toBe("before\n123456789\n");
  write("abc"); // 21 would be too many
  expect(await readFile(file, "utf8")).toBe("abc\n");
  expect(await readFile(`${file}.1`, "utf8")).toBe("before\n123456789\n");
  write("0123456789012345");
  expect(await readFile(`${file}.1`, "utf8")).toBe("abc\n");
  expect(await readFile(file, "utf8")).toBe("0123456789012345\n");
});

test("what is no file is left to others", () => {
  descriptor = openSync("/dev/null", "a");
  expect(boundedFile(descriptor, 20)).toBeUndefined();
});

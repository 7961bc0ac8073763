import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { lockCluster } from "./lock.ts";
import { runRoot } from "./paths.ts";

const name = `lock-test-${process.pid}`;
const path = join(runRoot, `${name}.lock`);

test("a lock names its holder, and is gone when it is released", async () => {
  const lock = await lockCluster(name);
  expect(await readFile(path, "utf8")).toBe(String(process.pid));
  await lock[Symbol.asyncDispose]();
  await expect(readFile(path)).rejects.toThrow("ENOENT");
});

test("a lock whose holder is gone is taken over", async () => {
  {
    await using _made = await lockCluster(name);
    await writeFile(path, "4194305"); // Above the kernel's largest pid.
    await using _taken = await lockCluster(name);
    expect(await readFile(path, "utf8")).toBe(String(process.pid));
  }
  await expect(readFile(path)).rejects.toThrow("ENOENT");
});

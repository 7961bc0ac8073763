import { mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readWhenThere } from "./process.ts";

async function inFolder(work: (file: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "when-there-"));
  try {
    await work(join(folder, "ca.crt"));
  } finally {
    await rm(folder, { recursive: true });
  }
}

const { signal } = new AbortController();

test("a file that is there is read, one that comes is waited for", () =>
  inFolder(async file => {
    const reading = readWhenThere(file, { timeoutMs: 60_000, signal });
    await writeFile(`${file}.new`, "later");
    await rename(`${file}.new`, file);
    expect(await reading).toBe("later");
    expect(await readWhenThere(file, { timeoutMs: 0, signal })).toBe("later");
  }));

test("one that does not come is named, and the end of the process is not held up by it", () =>
  inFolder(async file => {
    await expect(readWhenThere(file, { timeoutMs: 20, signal })).rejects.toThrow(`${file} did not come within 0.02 s`);
    const ends = AbortSignal.timeout(20);
    await expect(readWhenThere(file, { timeoutMs: 60_000, signal: ends })).rejects.toThrow("aborted");
  }));

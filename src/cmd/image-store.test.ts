import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { withImageStore } from "./image-store.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "k8ts-images-"));
});
afterAll(() => rm(folder, { recursive: true }));

test("what a command that was killed leaves lies among the things half made, and is collected with them", async () => {
  const halfMade = () => readdir(join(folder, "tmp"));
  await withImageStore(folder, async store => {
    expect(await halfMade()).toHaveLength(1);
    await store.collectTemporary(0);
    expect(await halfMade()).toEqual([]);
  });
  await withImageStore(folder, () => Promise.resolve());
  expect(await halfMade()).toEqual([]);
});

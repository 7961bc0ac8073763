import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { lockCluster, lockMachine, shareCluster } from "./lock.ts";
import { runRoot } from "./paths.ts";

const name = `lock-test-${process.pid}`;
const path = join(runRoot, `${name}.lock`);

test("a lock names its holder, and is gone when it is released", async () => {
  const lock = await lockCluster(name);
  expect(await readFile(path, "utf8")).toBe(String(process.pid));
  await expect(lockCluster(name)).rejects.toThrow(`another k8ts command (process ${process.pid}) is changing`);
  await lock[Symbol.asyncDispose]();
  await expect(readFile(path)).rejects.toThrow("ENOENT");
});

test("a lock whose holder is gone is taken over, by one", async () => {
  await mkdir(runRoot, { recursive: true });
  await writeFile(path, "4194305"); // Above the kernel's largest pid.
  const tries = await Promise.allSettled(Array.from({ length: 8 }, () => lockCluster(name)));
  const taken = tries.filter(each => each.status === "fulfilled");
  expect(taken).toHaveLength(1);
  expect(await readFile(path, "utf8")).toBe(String(process.pid));
  for (const each of taken) await each.value[Symbol.asyncDispose]();
  await expect(readFile(path)).rejects.toThrow("ENOENT");
});

test("the machine's lock is waited for", async () => {
  const order: string[] = [];
  const inTurn = async (who: string) => {
    await using _lock = await lockMachine();
    order.push(`${who} begins`);
    await mkdir(runRoot, { recursive: true });
    order.push(`${who} ends`);
  };
  await Promise.all(["one", "two", "three"].map(inTurn));
  for (const at of [0, 2, 4]) expect(order[at + 1]).toBe(order[at]!.replace("begins", "ends"));
});

test("a shared lock keeps no other from sharing it, but who would change the cluster; and the other way round", async () => {
  const shared = await Promise.all([shareCluster(name), shareCluster(name)]);
  await expect(lockCluster(name)).rejects.toThrow(`(process ${process.pid}) is changing`);
  await shared[0][Symbol.asyncDispose]();
  await expect(lockCluster(name)).rejects.toThrow("is changing");
  await shared[1][Symbol.asyncDispose]();
  await expect(readFile(path)).rejects.toThrow("ENOENT");
  const changing = await lockCluster(name);
  let isShared = false;
  const waiting = shareCluster(name).then(lock => {
    isShared = true;
    return lock;
  });
  await expect(lockCluster(name)).rejects.toThrow("is changing");
  expect(isShared).toBe(false);
  await changing[Symbol.asyncDispose]();
  await (await waiting)[Symbol.asyncDispose]();
  await expect(readFile(path)).rejects.toThrow("ENOENT");
});

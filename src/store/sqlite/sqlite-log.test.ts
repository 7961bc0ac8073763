import { join } from "node:path";
import { expect, test } from "vitest";
import { SqliteLog } from "./sqlite-log.ts";

test("a log whose thread ended refuses what comes later, and closes", async () => {
  const log = new SqliteLog(join(import.meta.dirname, "no-such-folder", "log.sqlite"));
  const record = { logId: 1, revision: 2, key: "/a", value: Buffer.from("1"), createRevision: 2, lease: undefined };
  await expect(log.append([record])).rejects.toThrow("unable to open database file");
  await expect(log.append([record])).rejects.toThrow("unable to open database file");
  await log[Symbol.asyncDispose]();
});

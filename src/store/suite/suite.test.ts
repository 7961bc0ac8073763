import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { promisify } from "node:util";
import { afterEach, describe, expect, it } from "vitest";
import type { Clock } from "#base/clock.ts";
import { systemClock } from "#base/host/system-clock.ts";
import { silentLog } from "#base/log.ts";
import { VirtualClock } from "#simulation/clock.ts";
import { put } from "../kv.ts";
import { createMemoryKv } from "../memory/memory-kv.ts";
import { openSqliteKv } from "../sqlite/sqlite-kv.ts";
import { describeKv } from "./kv-suite.ts";

/** Leases run on virtual time; what only yields to the event loop does so for real. */
class SteppedClock extends VirtualClock {
  readonly #real: Clock = systemClock();
  override sleep(delayMs: number, signal?: AbortSignal): Promise<void> {
    return delayMs === 0 ? this.#real.sleep(0) : super.sleep(delayMs, signal);
  }
}

let clock = new SteppedClock();
const folders: string[] = [];
const folder = async () => {
  const made = await mkdtemp(join(tmpdir(), "k8ts-store-"));
  folders.push(made);
  return made;
};
afterEach(async () => {
  for (const each of folders.splice(0)) await rm(each, { recursive: true });
});

const fresh = () => {
  clock = new SteppedClock();
  return clock;
};
describeKv(
  "the memory store",
  async () => createMemoryKv({ clock: fresh() }),
  ms => clock.advance(ms),
);
describeKv(
  "the sqlite store",
  async () => openSqliteKv({ folder: await folder(), clock: fresh(), log: silentLog }),
  ms => clock.advance(ms),
);

describe("the sqlite store", () => {
  const open = (path: string) => openSqliteKv({ folder: path, clock: systemClock(), log: silentLog });
  const bytes = (text: string) => new TextEncoder().encode(text);

  it("has everything after it was closed: values, revisions, compaction, leases", async () => {
    const path = await folder();
    {
      await using kv = await open(path);
      const lease = await kv.leaseGrant(1_000);
      await kv.txn({ compare: [], success: [put("/a", bytes("1"))] });
      await kv.txn({ compare: [], success: [put("/a", bytes("2")), put("/leased", bytes("x"), { lease })] });
      await kv.txn({ compare: [], success: [{ type: "delete", key: "/a" }] });
      await kv.compact(4);
    }
    await using kv = await open(path);
    expect(kv.currentRevision()).toBe(4);
    const { items } = await kv.range({ key: "/", prefix: true });
    expect(items.map(item => [item.key, item.modRevision])).toEqual([["/leased", 3]]);
    await expect(kv.range({ key: "/a", revision: 3 })).rejects.toMatchObject({ code: "compacted" });
    await kv.leaseRevoke(items[0]!.lease!);
    expect((await kv.range({ key: "/", prefix: true })).count).toBe(0);
  });

  it("refuses everything once the disk refused a write, and says so", async () => {
    const path = await folder();
    await (await open(path))[Symbol.asyncDispose]();
    const database = new DatabaseSync(join(path, "log.sqlite"));
    database.exec(
      "CREATE TRIGGER refuse BEFORE INSERT ON log WHEN NEW.key = '/a' BEGIN SELECT RAISE(ABORT, 'disk I/O error'); END",
    );
    database.close();
    const failures: string[] = [];
    const kv = await openSqliteKv({
      folder: path,
      clock: systemClock(),
      log: silentLog,
      onFailure: error => void failures.push(error.code),
    });
    const ended: string[] = [];
    kv.watch({ prefix: "/", onEvents: () => undefined, onError: error => void ended.push(error.code) });
    await kv.txn({ compare: [], success: [put("/first", bytes("1"))] });
    await expect(kv.txn({ compare: [], success: [put("/a", bytes("1"))] })).rejects.toMatchObject({
      code: "unavailable",
    });
    await expect(kv.range({ key: "/a" })).rejects.toMatchObject({ code: "unavailable" });
    expect([failures, ended]).toEqual([["unavailable"], ["unavailable"]]);
    await kv[Symbol.asyncDispose]();
  });

  it("refuses a folder of a newer format", async () => {
    const path = await folder();
    await writeFile(join(path, "format"), "99\n");
    await expect(open(path)).rejects.toMatchObject({ code: "corrupt" });
  });

  it("loses nothing that it acknowledged when its process is killed", async () => {
    const path = await folder();
    const program = join(path, "writer.ts");
    await writeFile(
      program,
      `import { openSqliteKv } from "${join(import.meta.dirname, "../sqlite/sqlite-kv.ts")}";
import { put } from "${join(import.meta.dirname, "../kv.ts")}";
import { systemClock } from "${join(import.meta.dirname, "../../base/host/system-clock.ts")}";
import { silentLog } from "${join(import.meta.dirname, "../../base/log.ts")}";
import { writeSync } from "node:fs";
const kv = await openSqliteKv({ folder: ${JSON.stringify(join(path, "state"))}, clock: systemClock(), log: silentLog });
let acknowledged = 0;
for (let client = 0; client < 8; client++)
  (async () => {
    for (let at = 0; ; at++) {
      const { revision } = await kv.txn({ compare: [], success: [put("/" + client + "/" + at, new Uint8Array(500))] });
      writeSync(1, "/" + client + "/" + at + " " + revision + "\\n");
      if (++acknowledged === 300) process.kill(process.pid, "SIGKILL");
    }
  })();
`,
    );
    const { stdout } = await promisify(execFile)(process.execPath, [program], { maxBuffer: 1 << 26 }).catch(
      error => error as { stdout: string },
    );
    const acknowledged = stdout
      .split("\n")
      .slice(0, -1)
      .map(line => line.split(" ") as [string, string]);
    expect(acknowledged.length).toBe(300);
    await using kv = await open(join(path, "state"));
    const { items } = await kv.range({ key: "/", prefix: true });
    const stored = new Map(items.map(item => [item.key, item.modRevision]));
    expect(acknowledged.filter(([key, revision]) => stored.get(key) !== Number(revision))).toEqual([]);
    const revisions = items.map(item => item.modRevision).sort((a, b) => a - b);
    expect(revisions.at(-1)! - revisions[0]! + 1).toBe(revisions.length);
  });
});

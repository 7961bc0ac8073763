import { describe, expect, it } from "vitest";
import { silentLog } from "#base/log.ts";
import { VirtualClock } from "#simulation/clock.ts";
import { put } from "#store/kv.ts";
import { createMemoryKv } from "#store/memory/memory-kv.ts";
import { runCompaction } from "./compaction.ts";

describe("compaction", () => {
  it("leaves the last interval readable and forgets what is older", async () => {
    const clock = new VirtualClock();
    const kv = createMemoryKv({ clock });
    const write = async () => (await kv.txn({ compare: [], success: [put("/a", new Uint8Array(1))] })).revision;
    const first = await write();
    const abort = new AbortController();
    const running = runCompaction({ kv, clock, log: silentLog }, abort.signal, 1_000);
    const second = await write();
    await clock.advance(1_001);
    const third = await write();
    expect((await kv.range({ key: "/a", revision: first })).count).toBe(1);
    await clock.advance(1_001);
    await expect(kv.range({ key: "/a", revision: first })).rejects.toMatchObject({ code: "compacted" });
    expect((await kv.range({ key: "/a", revision: second })).count).toBe(1);
    await clock.advance(3_000);
    expect((await kv.range({ key: "/a", revision: third })).count).toBe(1);
    abort.abort();
    await running;
  });
});

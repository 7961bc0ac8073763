import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { absent, get, type Kv, KvError, type KvEvent, put } from "../kv.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const text = (value: Uint8Array | undefined) => (value === undefined ? undefined : new TextDecoder().decode(value));

/** The contract of `kv.ts`; every store passes it. `advance` moves the store's clock on. */
export function describeKv(name: string, open: () => Promise<Kv>, advance: (ms: number) => Promise<void>): void {
  describe(`${name} keeps the contract of a store`, () => {
    let kv: Kv;
    beforeEach(async () => {
      kv = await open();
    });
    afterEach(() => kv[Symbol.asyncDispose]());

    const write = async (key: string, value: string) =>
      (await kv.txn({ compare: [], success: [put(key, bytes(value))] })).revision;
    const remove = async (key: string) => (await kv.txn({ compare: [], success: [{ type: "delete", key }] })).revision;
    const keysOf = async (prefix: string, more = {}) =>
      (await kv.range({ key: prefix, prefix: true, ...more })).items.map(item => item.key);

    it("begins at revision 1 and counts one for each write", async () => {
      expect(kv.currentRevision()).toBe(1);
      expect(await write("/a", "1")).toBe(2);
      expect(await write("/b", "1")).toBe(3);
      expect(await remove("/a")).toBe(4);
      expect(kv.currentRevision()).toBe(4);
    });

    it("gives what was written, with create and modify revisions", async () => {
      await write("/a", "1");
      await write("/a", "2");
      const { items, revision, count } = await kv.range({ key: "/a" });
      expect([text(items[0]!.value), items[0]!.createRevision, items[0]!.modRevision, revision, count]).toEqual([
        "2",
        2,
        3,
        3,
        1,
      ]);
    });

    it("reads ranges in order, in pages", async () => {
      for (const key of ["/p/c", "/p/a", "/q/a", "/p/b", "/p"]) await write(key, "x");
      expect(await keysOf("/p/")).toEqual(["/p/a", "/p/b", "/p/c"]);
      const page = await kv.range({ key: "/p/", prefix: true, limit: 2 });
      expect([page.items.map(item => item.key), page.more, page.count]).toEqual([["/p/a", "/p/b"], true, 3]);
      const rest = await kv.range({ key: "/p/", prefix: true, limit: 2, after: "/p/b" });
      expect([rest.items.map(item => item.key), rest.more]).toEqual([["/p/c"], false]);
      expect((await kv.range({ key: "/p/", prefix: true, countOnly: true })).count).toBe(3);
    });

    it("reads the past until it is compacted, and refuses the future", async () => {
      const first = await write("/a", "1");
      const second = await write("/a", "2");
      await write("/b", "1");
      await remove("/b");
      const old = await kv.range({ key: "/a", revision: first });
      expect([text(old.items[0]!.value), old.revision]).toEqual(["1", first]);
      await kv.compact(second + 2);
      await expect(kv.range({ key: "/a", revision: first })).rejects.toMatchObject({ code: "compacted" });
      expect(text((await kv.range({ key: "/a" })).items[0]!.value)).toBe("2");
      expect(await keysOf("/b")).toEqual([]);
      await expect(kv.range({ key: "/a", revision: 99 })).rejects.toMatchObject({ code: "futureRevision" });
      await expect(kv.compact(second)).rejects.toBeInstanceOf(KvError);
    });

    it("writes only when every comparison holds", async () => {
      const made = await kv.txn({ compare: [absent("/a")], success: [put("/a", bytes("1"))], failure: [get("/a")] });
      expect([made.succeeded, made.revision]).toEqual([true, 2]);
      const again = await kv.txn({ compare: [absent("/a")], success: [put("/a", bytes("2"))], failure: [get("/a")] });
      expect([again.succeeded, text(again.results[0]?.value), again.results[0]?.modRevision]).toEqual([false, "1", 2]);
      const changed = await kv.txn({ compare: [{ key: "/a", modRevision: 2 }], success: [put("/a", bytes("3"))] });
      expect([changed.succeeded, changed.revision]).toEqual([true, 3]);
      expect(kv.currentRevision()).toBe(3);
    });

    it("decides concurrent writes to one key for exactly one of them", async () => {
      await write("/a", "0");
      const answers = await Promise.all(
        Array.from({ length: 20 }, (_, at) =>
          kv.txn({
            compare: [{ key: "/a", modRevision: 2 }],
            success: [put("/a", bytes(`${at}`))],
            failure: [get("/a")],
          }),
        ),
      );
      expect(answers.filter(answer => answer.succeeded).length).toBe(1);
      expect(answers.filter(answer => !answer.succeeded).every(answer => answer.results[0]?.modRevision === 3)).toBe(
        true,
      );
    });

    it("makes one revision of several operations", async () => {
      const done = await kv.txn({ compare: [], success: [put("/a", bytes("1")), put("/b", bytes("1")), get("/a")] });
      expect([done.revision, kv.currentRevision()]).toEqual([2, 2]);
      expect((await kv.range({ key: "/b" })).items[0]!.modRevision).toBe(2);
    });

    it("makes no revision of deleting what is not there", async () => {
      expect(await remove("/none")).toBe(1);
    });

    it("tells watchers everything of their prefix, in order, once", async () => {
      const seen: string[] = [];
      using _watch = kv.watch({
        prefix: "/w/",
        previousValues: true,
        onEvents: events => {
          for (const event of events)
            seen.push(
              `${event.type} ${event.current.key}@${event.current.modRevision} ${text(event.previous?.value) ?? "-"}`,
            );
        },
        onError: () => undefined,
      });
      await Promise.all([write("/w/a", "1"), write("/x/a", "1"), write("/w/a", "2")]);
      await remove("/w/a");
      expect(seen).toEqual(["put /w/a@2 -", "put /w/a@4 1", "delete /w/a@5 2"]);
    });

    it("has told watchers of a write before its writer", async () => {
      let seen = 0;
      using _watch = kv.watch({
        prefix: "/",
        onEvents: (_, revision) => {
          seen = revision;
        },
        onError: () => undefined,
      });
      const revision = await write("/a", "1");
      expect(seen).toBe(revision);
    });

    it("watches from the past, and says when that is gone", async () => {
      await write("/a", "1");
      await write("/a", "2");
      await write("/b", "1");
      const seen: KvEvent[] = [];
      using _watch = kv.watch({
        prefix: "/",
        fromRevision: 3,
        onEvents: events => void seen.push(...events),
        onError: () => undefined,
      });
      await write("/c", "1");
      expect(seen.map(event => event.current.modRevision)).toEqual([3, 4, 5]);
      await kv.compact(4);
      expect(() =>
        kv.watch({ prefix: "/", fromRevision: 3, onEvents: () => undefined, onError: () => undefined }),
      ).toThrow(KvError);
    });

    it("reports progress when it is asked", async () => {
      const progress: number[] = [];
      using watch = kv.watch({
        prefix: "/none/",
        onEvents: (events, revision) => void progress.push(events.length, revision),
        onError: () => undefined,
      });
      await write("/a", "1");
      watch.requestProgress();
      await expect.poll(() => progress).toEqual([0, 2]);
    });

    it("claims no progress for a watch that is over", async () => {
      const progress: number[] = [];
      const watch = kv.watch({
        prefix: "/other/",
        onEvents: (_, revision) => progress.push(revision),
        onError: () => undefined,
      });
      watch[Symbol.dispose]();
      await write("/other/a", "1");
      watch.requestProgress();
      await advance(10);
      expect(progress).toEqual([]);
    });

    it("deletes a lease's keys when its time is over, unless it is kept alive", async () => {
      const lease = await kv.leaseGrant(10);
      await kv.txn({ compare: [], success: [put("/l/a", bytes("1"), { lease }), put("/l/b", bytes("1"), { lease })] });
      await write("/l/b", "detached");
      await advance(8_000);
      await kv.leaseKeepAlive(lease);
      await advance(8_000);
      expect(await keysOf("/l/")).toEqual(["/l/a", "/l/b"]);
      await advance(3_000);
      await expect.poll(() => keysOf("/l/")).toEqual(["/l/b"]);
      await expect(kv.leaseKeepAlive(lease)).rejects.toMatchObject({ code: "leaseNotFound" });
    });

    it("deletes a lease's keys when it is revoked", async () => {
      const lease = await kv.leaseGrant(100);
      await kv.txn({ compare: [], success: [put("/l/a", bytes("1"), { lease })] });
      await kv.leaseRevoke(lease);
      expect(await keysOf("/l/")).toEqual([]);
    });

    it("refuses a value that is too large, and leases it does not know", async () => {
      const large = new Uint8Array(2 * 1024 * 1024);
      await expect(kv.txn({ compare: [], success: [put("/a", large)] })).rejects.toMatchObject({ code: "tooLarge" });
      await expect(kv.txn({ compare: [], success: [put("/a", bytes("1"), { lease: 7 })] })).rejects.toMatchObject({
        code: "leaseNotFound",
      });
      expect(kv.currentRevision()).toBe(1);
    });
  });
}

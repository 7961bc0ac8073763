import { describe, expect, it } from "vitest";
import { codecOf } from "#api/codec/codec.ts";
import { type ConfigMap, configMaps } from "#api/core/v1/config-map.ts";
import { pods } from "#api/core/v1/pod.ts";
import type { Mutable } from "#api/resource.ts";
import { silentLog } from "#base/log.ts";
import { VirtualClock } from "#simulation/clock.ts";
import { type Kv, put } from "#store/kv.ts";
import { createMemoryKv } from "#store/memory/memory-kv.ts";
import { createWatchCache } from "./create.ts";
import { isSpliceOf, replaceResourceVersion, spliceResourceVersion } from "./splice.ts";
import type { CacheEvent, Selection } from "./watch-cache.ts";

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
const bytes = (value: string) => new TextEncoder().encode(value);

const all: Selection<ConfigMap> = { text: "" };
const withLabel = (app: string): Selection<ConfigMap> => ({
  text: `app=${app}`,
  matches: object => object.metadata.labels?.["app"] === app,
});

async function setUp() {
  const clock = new VirtualClock();
  const kv = createMemoryKv({ clock });
  await write(kv, "a", "x");
  const cache = await createWatchCache({ kv, clock, log: silentLog, codecOf }, configMaps);
  return { clock, kv, cache };
}

async function write(kv: Kv, name: string, app: string, namespace = "default"): Promise<number> {
  const object: ConfigMap = {
    metadata: { name, namespace, uid: "00000000-0000-4000-8000-000000000000", labels: { app } },
  };
  const value = bytes(codecOf(configMaps).encodeJson(object));
  return (await kv.txn({ compare: [], success: [put(`/registry/configmaps/${namespace}/${name}`, value)] })).revision;
}

async function remove(kv: Kv, name: string): Promise<number> {
  return (await kv.txn({ compare: [], success: [{ type: "delete", key: `/registry/configmaps/default/${name}` }] }))
    .revision;
}

function collector() {
  const seen: string[] = [];
  const batches: (readonly CacheEvent<ConfigMap>[])[] = [];
  return {
    seen,
    batches,
    watcher: {
      onEvents(events: readonly CacheEvent<ConfigMap>[]) {
        batches.push(events);
        for (const { type, version } of events)
          seen.push(
            `${type} ${version.name}@${version.object.metadata.resourceVersion} ${version.object.metadata.labels?.["app"]}`,
          );
      },
      onEnd(reason: string) {
        seen.push(`end ${reason}`);
      },
    },
  };
}

describe("the watch cache", () => {
  it("serves stored bytes with the resource version in them", async () => {
    const { cache } = await setUp();
    const version = cache.get("default", "a")!;
    expect(version.revision).toBe(2);
    expect(text(version.json)).toMatch(/"uid":"[-0-9]{36}","resourceVersion":"2"/);
    expect(version.object.metadata.resourceVersion).toBe("2");
    expect(Object.isFrozen(version.object.metadata)).toBe(true);
    expect(cache.get("default", "a")!.object).toBe(version.object);
  });

  it("keeps no memory but that of its bytes", async () => {
    const { cache } = await setUp();
    const { json } = cache.get("default", "a")!;
    expect(json.buffer.byteLength).toBe(json.byteLength);
  });

  it("has applied a write before its writer goes on", async () => {
    const { kv, cache } = await setUp();
    await write(kv, "b", "x");
    expect(cache.list(all).map(version => version.name)).toEqual(["a", "b"]);
    expect(cache.revision).toBe(3);
  });

  it("knows revisions that other resources made", async () => {
    const { kv, cache } = await setUp();
    await kv.txn({ compare: [], success: [put("/registry/secrets/x/y", bytes("{}"))] });
    expect(cache.revision).toBe(3);
  });

  it("tells a selection of what enters and leaves it", async () => {
    const { kv, cache } = await setUp();
    const { seen, watcher } = collector();
    using _watch = cache.watch(withLabel("x"), undefined, watcher);
    await write(kv, "a", "y");
    await write(kv, "a", "z");
    await write(kv, "a", "x");
    await write(kv, "a", "x");
    await remove(kv, "a");
    expect(seen).toEqual(["DELETED a@3 x", "ADDED a@5 x", "MODIFIED a@6 x", "DELETED a@7 x"]);
  });

  it("goes on from a revision, and refuses one it has forgotten", async () => {
    const { kv, cache } = await setUp();
    const second = await write(kv, "b", "x");
    await remove(kv, "a");
    const { seen, watcher } = collector();
    using _watch = cache.watch(all, second, watcher);
    await write(kv, "c", "x");
    expect(seen).toEqual(["DELETED a@4 x", "ADDED c@5 x"]);
    expect(() => cache.watch(all, 1, watcher)).toThrow(expect.objectContaining({ code: "compacted" }));
  });

  it("keeps the changes of the last 75 s, and the newest hundred however old they are", async () => {
    const { kv, cache, clock } = await setUp();
    const { watcher } = collector();
    const canGoOnFrom = (revision: number) => {
      try {
        cache.watch(all, revision, watcher)[Symbol.dispose]();
        return true;
      } catch {
        return false;
      }
    };
    for (let each = 3; each <= 200; each++) await write(kv, "b", `${each}`);
    await clock.advance(74_000);
    for (let each = 201; each <= 350; each++) await write(kv, "b", `${each}`);
    await clock.advance(74_000);
    expect(canGoOnFrom(2)).toBe(true);
    await clock.advance(2_000);
    expect([canGoOnFrom(249), canGoOnFrom(250)]).toEqual([false, true]);
    await clock.advance(1_000_000);
    expect(canGoOnFrom(250)).toBe(true);
  });

  it("does not repeat what a watcher from the future knows", async () => {
    const { kv, cache } = await setUp();
    const { seen, watcher } = collector();
    using _watch = cache.watch(all, 4, watcher);
    await write(kv, "b", "x");
    await write(kv, "c", "x");
    await write(kv, "d", "x");
    expect(seen).toEqual(["ADDED d@5 x"]);
  });

  it("hands equal selections the same array, and none after the end", async () => {
    const { kv, cache } = await setUp();
    const [one, two] = [collector(), collector()];
    const first = cache.watch(withLabel("x"), undefined, one.watcher);
    using _second = cache.watch(withLabel("x"), undefined, two.watcher);
    await write(kv, "b", "x");
    expect(one.batches[0]).toBe(two.batches[0]);
    first[Symbol.dispose]();
    await write(kv, "c", "x");
    expect([one.seen.length, two.seen.length]).toEqual([1, 2]);
  });

  it("asks nobody who waits for another value of an index field", async () => {
    const clock = new VirtualClock();
    const kv = createMemoryKv({ clock });
    const cache = await createWatchCache({ kv, clock, log: silentLog, codecOf }, pods);
    let asked = 0;
    const seen: string[] = [];
    for (let node = 0; node < 5_000; node++) {
      cache.watch(
        {
          text: `spec.nodeName=node-${node}`,
          index: { field: "spec.nodeName", value: `node-${node}` },
          matches: () => {
            asked++;
            return true;
          },
        },
        undefined,
        {
          onEvents: events => void seen.push(...events.map(event => `node-${node} ${event.type}`)),
          onEnd: () => undefined,
        },
      );
    }
    const place = async (nodeName: string) => {
      const pod = {
        metadata: { name: "p", namespace: "default", uid: "00000000-0000-4000-8000-000000000000" },
        spec: { containers: [], nodeName },
      };
      await kv.txn({
        compare: [],
        success: [put("/registry/pods/default/p", bytes(codecOf(pods).encodeJson(pod as never)))],
      });
    };
    await place("");
    await place("node-7");
    await place("node-8");
    expect(seen).toEqual(["node-7 ADDED", "node-7 DELETED", "node-8 ADDED"]);
    expect(asked).toBeLessThan(10);
    expect(
      cache.list({ text: "", index: { field: "spec.nodeName", value: "node-8" } }).map(version => version.name),
    ).toEqual(["p"]);
    expect(cache.list({ text: "", index: { field: "spec.nodeName", value: "node-7" } })).toEqual([]);
  });

  it("waits for a revision, but not for ever", async () => {
    const { kv, cache, clock } = await setUp();
    const waiting = cache.waitFor(3, 1_000);
    await write(kv, "b", "x");
    await waiting;
    const never = expect(cache.waitFor(99, 1_000)).rejects.toMatchObject({ code: "futureRevision" });
    await clock.advance(1_001);
    await never;
  });

  it("takes the writer's object for the version, if the store hands back the very bytes it was made into", async () => {
    const { kv, cache } = await setUp();
    const object = (name: string) => ({ metadata: { name, namespace: "default", uid: "u-1" } }) as Mutable<ConfigMap>;
    const stored = (name: string) => bytes(codecOf(configMaps).encodeJson(object(name)));
    const write = async (name: string, value: Uint8Array) =>
      kv.txn({ compare: [], success: [put(`/registry/configmaps/default/${name}`, value)] });
    const [mine, others, late] = [object("mine"), object("others"), object("late")];

    const value = stored("mine");
    cache.offer("/registry/configmaps/default/mine", value, mine);
    await write("mine", value);
    expect(cache.get("default", "mine")!.object).toBe(mine);
    expect(Object.isFrozen(mine.metadata)).toBe(true);
    expect(mine.metadata.resourceVersion).toBe(String(kv.currentRevision()));

    cache.offer("/registry/configmaps/default/others", stored("others"), others);
    await write("others", stored("others"));
    expect(cache.get("default", "others")!.object).not.toBe(others);
    expect(Object.isFrozen(others)).toBe(false);

    const withdrawn = stored("late");
    cache.offer("/registry/configmaps/default/late", withdrawn, late);
    cache.withdraw("/registry/configmaps/default/late", withdrawn);
    await write("late", withdrawn);
    expect(cache.get("default", "late")!.object).not.toBe(late);
  });

  it("takes nobody on once the store is not watched any more", async () => {
    const { kv, cache } = await setUp();
    await kv[Symbol.asyncDispose]();
    const watcher = { onEvents: () => undefined, onEnd: () => undefined };
    expect(() => cache.watch({ text: "" }, undefined, watcher)).toThrow("not watched any more");
  });
});

describe("splicing", () => {
  const stored =
    '{"kind":"X","metadata":{"name":"a\\"uid\\":\\"no","uid":"u-1","labels":{"l":"v"}},"data":{"uid":"d"}}';
  it("puts the resource version behind the uid", () => {
    const served = spliceResourceVersion(bytes(stored), 12);
    expect(JSON.parse(text(served)).metadata).toEqual({
      name: 'a"uid":"no',
      uid: "u-1",
      resourceVersion: "12",
      labels: { l: "v" },
    });
    expect(text(replaceResourceVersion(served, 345))).toBe(text(spliceResourceVersion(bytes(stored), 345)));
  });

  it("knows its own work again", () => {
    const served = spliceResourceVersion(bytes(stored), 12);
    expect(isSpliceOf(served, bytes(stored), 12)).toBe(true);
    expect(isSpliceOf(served, bytes(stored), 13)).toBe(false);
    expect(isSpliceOf(served, bytes(stored.replace('"l":"v"', '"l":"w"')), 12)).toBe(false);
    expect(isSpliceOf(served, bytes(stored.replace('"kind":"X"', '"kind":"Y"')), 12)).toBe(false);
    expect(isSpliceOf(served, bytes(`${stored} `), 12)).toBe(false);
    expect(isSpliceOf(bytes("{}"), bytes("{}"), 12)).toBe(true);
  });
});

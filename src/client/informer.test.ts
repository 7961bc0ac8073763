import { expect, test } from "vitest";
import { type ConfigMap, configMaps } from "#api/core/v1/config-map.ts";
import { expired, invalid } from "#api/status.ts";
import { silentLog } from "#base/log.ts";
import { VirtualClock } from "#simulation/clock.ts";
import type { Client, ObjectList, WatchEvent, WatchOptions } from "./client.ts";
import { createInformerFactory, type InformerEvent } from "./informer.ts";

type Step =
  | WatchEvent<ConfigMap>
  | { readonly fail: Error }
  | { readonly end: true }
  | { readonly hang: true }
  | { readonly lastMs: number };

/** A server that plays one script per watch request. */
class ScriptedServer {
  readonly clock = new VirtualClock(0);
  readonly requests: WatchOptions[] = [];
  lists = 0;
  readonly #scripts: (readonly Step[])[];
  readonly #list: ObjectList<ConfigMap>;

  constructor(scripts: (readonly Step[])[], list: ObjectList<ConfigMap> = { resourceVersion: "0", items: [] }) {
    this.#scripts = scripts;
    this.#list = list;
  }

  get client(): Client {
    const watch = (_: unknown, options: WatchOptions) => this.#play(options);
    const list = async () => {
      this.lists++;
      return this.#list;
    };
    return { watch, list } as unknown as Client;
  }

  async *#play(options: WatchOptions): AsyncGenerator<WatchEvent<ConfigMap>> {
    this.requests.push(options);
    for (const step of this.#scripts.shift() ?? [{ hang: true }]) {
      if ("fail" in step) throw step.fail;
      if ("end" in step) return;
      if ("lastMs" in step) {
        await this.clock.sleep(step.lastMs, options.signal);
        continue;
      }
      if ("hang" in step) await new Promise<void>(resolve => options.signal.addEventListener("abort", () => resolve()));
      else yield step;
    }
  }
}

const object = (name: string, revision: number, data = "x"): ConfigMap => ({
  metadata: { namespace: "n", name, uid: name, resourceVersion: String(revision) },
  data: { data },
});
const added = (name: string, revision: number): Step => ({ type: "ADDED", object: object(name, revision) });
const modified = (name: string, revision: number): Step => ({ type: "MODIFIED", object: object(name, revision, "y") });
const deleted = (name: string, revision: number): Step => ({ type: "DELETED", object: object(name, revision) });
const bookmark = (revision: number, initialEventsEnd = false): Step => ({
  type: "BOOKMARK",
  resourceVersion: String(revision),
  initialEventsEnd,
});
const hang: Step = { hang: true };

async function follow(server: ScriptedServer, ms = 0) {
  const { clock } = server;
  const factory = createInformerFactory({ client: server.client, clock, log: silentLog });
  const informer = factory.informer(configMaps);
  const events: InformerEvent<ConfigMap>[] = [];
  informer.addHandler(event => events.push(event));
  const abort = new AbortController();
  const running = factory.run(abort.signal);
  await clock.advance(ms);
  const told = () => events.map(event => `${event.type} ${event.object.metadata.name}@${event.cause.revisions[0]}`);
  const stop = async () => {
    abort.abort();
    await running;
  };
  return { informer, factory, clock, events, told, stop };
}

test("takes the initial state as a whole, then every change, each with its revision as the cause", async () => {
  const server = new ScriptedServer([
    [added("a", 3), added("b", 4), bookmark(7, true), modified("a", 8), deleted("b", 9), hang],
  ]);
  const { informer, told, events, stop } = await follow(server);
  expect(server.requests[0]).toMatchObject({ sendInitialEvents: true });
  expect(informer.hasSynced).toBe(true);
  expect(told()).toEqual(["added a@3", "added b@4", "updated a@8", "deleted b@9"]);
  expect(events[2]!.old!.data).toEqual({ data: "x" });
  expect(events[2]!.cause.requestId).toBe("8".padStart(32, "0"));
  expect(informer.list("n").map(({ metadata }) => metadata.name)).toEqual(["a"]);
  expect(informer.revision).toBe(9);
  await stop();
});

test("is not in sync before the initial events have ended", async () => {
  const { informer, told, stop } = await follow(new ScriptedServer([[added("a", 3), hang]]));
  expect(informer.hasSynced).toBe(false);
  expect(told()).toEqual([]);
  await stop();
});

test("goes on from the last revision, bookmarks included, when a watch ends or fails", async () => {
  const server = new ScriptedServer([
    [bookmark(7, true), added("a", 8), bookmark(20), { end: true }],
    [{ fail: new Error("reset") }],
    [hang],
  ]);
  const { stop } = await follow(server, 1000);
  expect(server.requests.map(({ resourceVersion }) => resourceVersion)).toEqual([undefined, "20", "20"]);
  await stop();
});

test("a watch that lasted ends the count of failures, also when it fails: the next outage begins with short pauses", async () => {
  const refused: Step = { fail: new Error("connection refused") };
  const reset: Step = { fail: new Error("connection reset") };
  const outage = Array.from({ length: 12 }, () => [refused]);
  const server = new ScriptedServer([[bookmark(7, true), reset], ...outage, [{ lastMs: 60_000 }, reset]]);
  const { clock, stop } = await follow(server, 20_000);
  expect(server.requests).toHaveLength(14);
  await clock.advance(60_000);
  expect(server.requests).toHaveLength(15);
  await stop();
});

test("a revision that is too old leads to the state anew; what vanished meanwhile is deleted", async () => {
  const server = new ScriptedServer([
    [added("a", 3), added("b", 4), bookmark(7, true), { fail: expired("too old") }],
    [added("b", 4), added("c", 11), bookmark(12, true), hang],
  ]);
  const { told, stop } = await follow(server, 1000);
  expect(server.requests[1]).toMatchObject({ sendInitialEvents: true });
  expect(told()).toEqual(["added a@3", "added b@4", "added c@11", "deleted a@12"]);
  await stop();
});

test("a server that knows no WatchList is listed and watched from there", async () => {
  const refused = { fail: invalid({ group: "", kind: "ListOptions" }, "", []) };
  const server = new ScriptedServer([[refused], [hang]], { resourceVersion: "5", items: [object("a", 2)] });
  const { told, stop } = await follow(server, 1000);
  expect(server.lists).toBe(1);
  expect(server.requests[1]).toMatchObject({ resourceVersion: "5" });
  expect(told()).toEqual(["added a@2"]);
  await stop();
});

test("an object made anew under the same name is a deletion and an addition", async () => {
  const anew: Step = {
    type: "MODIFIED",
    object: { ...object("a", 9), metadata: { ...object("a", 9).metadata, uid: "other" } },
  };
  const { told, stop } = await follow(new ScriptedServer([[added("a", 3), bookmark(7, true), anew, hang]]));
  expect(told()).toEqual(["added a@3", "deleted a@9", "added a@9"]);
  await stop();
});

test("indexes follow the objects; late handlers hear of what is there; a handler that throws harms nobody", async () => {
  const server = new ScriptedServer([[added("a", 3), bookmark(4, true), modified("a", 5), added("b", 6), hang]]);
  const { informer, factory, stop } = await follow(server);
  informer.addIndex("data", ({ data }) => Object.values(data ?? {}));
  expect(informer.byIndex("data", "x").map(({ metadata }) => metadata.name)).toEqual(["b"]);
  expect(informer.byIndex("data", "y").map(({ metadata }) => metadata.name)).toEqual(["a"]);
  const late: string[] = [];
  informer.addHandler(() => {
    throw new Error("mine");
  });
  informer.addHandler(({ object: { metadata } }) => late.push(metadata.name!));
  expect(late).toEqual(["a", "b"]);
  expect(factory.informer(configMaps)).toBe(informer);
  await stop();
});

import { expect, test } from "vitest";
import { replicaSets } from "#api/apps/v1/replica-set.ts";
import { configMaps } from "#api/core/v1/config-map.ts";
import { pods } from "#api/core/v1/pod.ts";
import { replicaSetController } from "#controllers/replicaset/replicaset.ts";
import { SpanRing } from "#journey/ring.ts";
import { runFixture } from "#testing/controllers-fixture.ts";
import { defineController, done, requeueAfter } from "./controller.ts";
import { controllerIdentity } from "./controller-manager.ts";

const labels = { app: "web" };
const replicaSet = {
  metadata: { namespace: "default", name: "web" },
  spec: {
    replicas: 3,
    selector: { matchLabels: labels },
    template: { metadata: { labels }, spec: { containers: [] } },
  },
};

test("a cache that lags makes no doubles: a key waits until it shows what was written last", async () => {
  await using fixture = await runFixture([replicaSetController], { watchLagMs: 700 });
  const { api, settle } = fixture;
  await settle(2000);
  await api.client.create(replicaSets, replicaSet);
  for (let step = 0; step < 40; step++) {
    await settle(250);
    // Something that wakes the key at every moment, also while the cache is behind.
    const live = api.get(replicaSets, "default/web")!;
    const annotations = { step: String(step) };
    if (step % 3 === 0) await api.client.update(replicaSets, { ...live, metadata: { ...live.metadata, annotations } });
  }
  expect(api.writes.filter(write => write.startsWith("create pods"))).toHaveLength(3);
  expect(api.list(pods)).toHaveLength(3);
});

test("what a controller throws is tried again, later and later, and recorded; others go on", async () => {
  const recorder = new SpanRing(100);
  const times: number[] = [];
  const failing = defineController({
    name: "failing",
    makesTrue: "",
    reconciles: configMaps,
    access: {},
    async reconcile(_, { clock }) {
      times.push(clock.monotonic());
      throw new Error("broken");
    },
  });
  const seen: string[] = [];
  const other = defineController({
    name: "other",
    makesTrue: "",
    reconciles: configMaps,
    access: {},
    async reconcile(key) {
      seen.push(key);
      return done;
    },
  });
  await using fixture = await runFixture([failing, other], { recorder });
  await fixture.api.client.create(configMaps, { metadata: { namespace: "n", name: "a" } });
  await fixture.settle(40);
  expect(times.map(time => time - times[0]!)).toEqual([0, 5, 15, 35]);
  expect(seen).toEqual(["n/a"]);
  expect(recorder.since(0)).toHaveLength(4);
  expect(recorder.since(0)[0]).toMatchObject({ component: "failing", error: "broken", cause: { revisions: [1] } });
});

test("a key comes back after the time that the controller asked for", async () => {
  let count = 0;
  const periodic = defineController({
    name: "periodic",
    makesTrue: "",
    reconciles: configMaps,
    access: {},
    async reconcile() {
      count++;
      return requeueAfter(1000);
    },
  });
  await using fixture = await runFixture([periodic]);
  await fixture.api.client.create(configMaps, { metadata: { namespace: "n", name: "a" } });
  await fixture.settle(3500);
  expect(count).toBe(4);
});

test("a key whose reconcile was costly rests twice as long, and what came meanwhile is one reconcile", async () => {
  const starts: number[] = [];
  const costly = defineController({
    name: "costly",
    makesTrue: "",
    reconciles: configMaps,
    access: {},
    async reconcile(_, { clock }) {
      starts.push(clock.monotonic());
      await clock.sleep(20);
      return done;
    },
  });
  await using fixture = await runFixture([costly]);
  const { api, settle } = fixture;
  await api.client.create(configMaps, { metadata: { namespace: "n", name: "a" } });
  for (let change = 0; change < 50; change++) {
    await settle(1);
    const live = api.get(configMaps, "n/a")!;
    await api.client.update(configMaps, { ...live, data: { change: String(change) } });
  }
  await settle(200);
  expect(starts.map(start => start - starts[0]!)).toEqual([0, 60]);
});

test("a controller acts as its account, by default the one of its name", () => {
  const controller = defineController({
    name: "node-ipam-controller",
    account: "node-controller",
    makesTrue: "",
    access: {},
    reconcile: async () => done,
  });
  expect(controllerIdentity(controller).name).toBe("system:serviceaccount:kube-system:node-controller");
});

import { expect, test } from "vitest";
import { type ReplicaSet, replicaSets } from "#api/apps/v1/replica-set.ts";
import { events } from "#api/core/v1/event.ts";
import { type Pod, pods } from "#api/core/v1/pod.ts";
import { SpanRing } from "#journey/ring.ts";
import { runFixture } from "#testing/controllers-fixture.ts";
import { replicaSetController } from "./replicaset.ts";

const labels = { app: "web" };

function replicaSet(replicas: number): ReplicaSet {
  return {
    metadata: { namespace: "default", name: "web" },
    spec: { replicas, selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers: [] } } },
  };
}

function ready(pod: Pod): Pod {
  const conditions = [{ type: "Ready", status: "True", lastTransitionTime: "2026-11-21T12:00:00Z" }];
  return { ...pod, status: { ...pod.status, phase: "Running", conditions } };
}

test("makes the pods it lacks, says so, and makes no doubles", async () => {
  const recorder = new SpanRing(100);
  await using fixture = await runFixture([replicaSetController], { recorder });
  const { api, settle } = fixture;
  await api.client.create(replicaSets, replicaSet(3));
  await settle();
  expect(api.list(pods)).toHaveLength(3);
  const [pod] = api.list(pods);
  expect(pod!.metadata.name).toMatch(/^web-[bcdfghjklmnpqrstvwxz2456789]{5}$/);
  expect(pod!.metadata.ownerReferences).toMatchObject([
    { apiVersion: "apps/v1", kind: "ReplicaSet", name: "web", controller: true, blockOwnerDeletion: true },
  ]);
  expect(api.get(replicaSets, "default/web")!.status).toMatchObject({
    replicas: 3,
    fullyLabeledReplicas: 3,
    readyReplicas: 0,
    observedGeneration: 1,
    terminatingReplicas: 0,
  });
  expect(api.list(events).map(event => event.reason)).toEqual([
    "SuccessfulCreate",
    "SuccessfulCreate",
    "SuccessfulCreate",
  ]);
  const span = recorder.since(0)[0]!;
  expect(span).toMatchObject({ component: "replicaset-controller", subject: { namespace: "default", name: "web" } });
  expect(span.decision).toContain("created pods default/web-");
  expect(span.cause?.revisions).toEqual([1]);
});

test("counts ready and available pods, the latter after minReadySeconds", async () => {
  await using fixture = await runFixture([replicaSetController]);
  const { api, settle } = fixture;
  const wanted = replicaSet(1);
  await api.client.create(replicaSets, { ...wanted, spec: { ...wanted.spec, minReadySeconds: 10 } });
  await settle();
  await api.client.update(pods, ready(api.list(pods)[0]!), { subresource: "status" });
  await settle();
  const counts = () => api.get(replicaSets, "default/web")!.status;
  expect(counts()).toMatchObject({ readyReplicas: 1, availableReplicas: 0 });
  await settle(10_000);
  expect(counts()).toMatchObject({ readyReplicas: 1, availableReplicas: 1 });
});

test("gives up surplus pods, those not ready first, and counts the terminating", async () => {
  await using fixture = await runFixture([replicaSetController], { gracefulPods: true });
  const { api, settle } = fixture;
  await api.client.create(replicaSets, replicaSet(2));
  await settle();
  const [first, second] = api.list(pods);
  await api.client.update(pods, ready(first!), { subresource: "status" });
  await settle();
  const live = api.get(replicaSets, "default/web")!;
  await api.client.update(replicaSets, { ...live, spec: { ...live.spec, replicas: 1 } });
  await settle();
  expect(
    api
      .list(pods)
      .filter(pod => pod.metadata.deletionTimestamp)
      .map(pod => pod.metadata.name),
  ).toEqual([second!.metadata.name]);
  expect(api.get(replicaSets, "default/web")!.status).toMatchObject({ replicas: 1, terminatingReplicas: 1 });
  api.finish(pods, `default/${second!.metadata.name}`);
  await settle();
  expect(api.get(replicaSets, "default/web")!.status).toMatchObject({ replicas: 1, terminatingReplicas: 0 });
});

test("adopts a matching orphan and lets go of a pod that no longer matches", async () => {
  await using fixture = await runFixture([replicaSetController]);
  const { api, settle } = fixture;
  await api.client.create(pods, {
    metadata: { namespace: "default", name: "stray", labels },
    spec: { containers: [] },
  });
  await api.client.create(replicaSets, replicaSet(1));
  await settle();
  expect(api.list(pods).map(pod => pod.metadata.name)).toEqual(["stray"]);
  const stray = api.get(pods, "default/stray")!;
  expect(stray.metadata.ownerReferences).toMatchObject([{ kind: "ReplicaSet", name: "web", controller: true }]);
  await api.client.update(pods, { ...stray, metadata: { ...stray.metadata, labels: { app: "debug" } } });
  await settle();
  expect(api.get(pods, "default/stray")!.metadata.ownerReferences ?? []).toEqual([]);
  expect(api.list(pods)).toHaveLength(2);
});

test("a pod that is gone is replaced", async () => {
  await using fixture = await runFixture([replicaSetController]);
  const { api, settle } = fixture;
  await api.client.create(replicaSets, replicaSet(2));
  await settle();
  await api.client.delete(pods, { namespace: "default", name: api.list(pods)[0]!.metadata.name! });
  await settle();
  expect(api.list(pods)).toHaveLength(2);
});

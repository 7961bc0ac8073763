import { expect, test } from "vitest";
import { type Deployment, deployments } from "#api/apps/v1/deployment.ts";
import { type ReplicaSet, replicaSets } from "#api/apps/v1/replica-set.ts";
import { events } from "#api/core/v1/event.ts";
import { type Pod, pods } from "#api/core/v1/pod.ts";
import { type ControllersFixture, runFixture } from "#testing/controllers-fixture.ts";
import { replicaSetController } from "../replicaset/replicaset.ts";
import { deploymentController } from "./deployment.ts";

const key = "default/web";
const both = [deploymentController, replicaSetController];

function deployment(replicas: number, spec: object = {}): Deployment {
  return {
    metadata: { namespace: "default", name: "web", annotations: { team: "a" } },
    spec: {
      replicas,
      selector: { matchLabels: { app: "web" } },
      template: { metadata: { labels: { app: "web" } }, spec: { containers: [{ name: "c", image: "one" }] } },
      strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
      progressDeadlineSeconds: 600,
      revisionHistoryLimit: 10,
      ...spec,
    },
  };
}

async function change({ api, settle }: ControllersFixture, spec: object): Promise<void> {
  const live = api.get(deployments, key)!;
  await api.client.update(deployments, { ...live, spec: { ...live.spec, ...spec } });
  await settle();
}

function image(name: string): object {
  return { template: { metadata: { labels: { app: "web" } }, spec: { containers: [{ name: "c", image: name }] } } };
}

/** What kubelets would do: every pod that is not ready becomes so. */
async function makeReady({ api, settle }: ControllersFixture): Promise<void> {
  for (const pod of api.list(pods)) {
    if (pod.status?.phase === "Running") continue;
    const conditions = [{ type: "Ready", status: "True", lastTransitionTime: "2026-11-21T12:00:00Z" }];
    await api.client.update(pods, { ...pod, status: { phase: "Running", conditions } } as Pod, {
      subresource: "status",
    });
  }
  await settle();
}

function imagesOf(fixture: ControllersFixture): string[] {
  return fixture.api
    .list(pods)
    .map(pod => pod.spec.containers[0]!.image!)
    .sort();
}

function conditionOf({ api }: ControllersFixture, type: string) {
  return api.get(deployments, key)!.status?.conditions?.find(condition => condition.type === type);
}

test("a new Deployment gets a ReplicaSet of its template, and its pods", async () => {
  await using fixture = await runFixture(both);
  const { api, settle } = fixture;
  await api.client.create(deployments, deployment(2));
  await settle();
  const [rs] = api.list(replicaSets);
  expect(rs!.metadata.name).toMatch(/^web-[bcdfghjklmnpqrstvwxz2456789]{1,10}$/);
  const hash = rs!.metadata.labels!["pod-template-hash"];
  expect(rs!.metadata.name).toBe(`web-${hash}`);
  expect(rs!.spec.selector).toEqual({ matchLabels: { app: "web", "pod-template-hash": hash } });
  expect(rs!.metadata.annotations).toEqual({
    team: "a",
    "deployment.kubernetes.io/revision": "1",
    "deployment.kubernetes.io/desired-replicas": "2",
    "deployment.kubernetes.io/max-replicas": "3",
  });
  expect(api.list(pods)).toHaveLength(2);
  expect(api.get(deployments, key)!.metadata.annotations).toMatchObject({ "deployment.kubernetes.io/revision": "1" });
  expect(conditionOf(fixture, "Available")).toMatchObject({ status: "False", reason: "MinimumReplicasUnavailable" });
  await makeReady(fixture);
  expect(api.get(deployments, key)!.status).toMatchObject({
    replicas: 2,
    updatedReplicas: 2,
    readyReplicas: 2,
    availableReplicas: 2,
  });
  expect(conditionOf(fixture, "Available")).toMatchObject({ status: "True", reason: "MinimumReplicasAvailable" });
  expect(conditionOf(fixture, "Progressing")).toMatchObject({
    status: "True",
    reason: "NewReplicaSetAvailable",
    message: `ReplicaSet "${rs!.metadata.name}" has successfully progressed.`,
  });
  const scaled = api.list(events).filter(event => event.reason === "ScalingReplicaSet");
  expect(scaled.map(event => event.message)).toEqual([`Scaled up replica set ${rs!.metadata.name} from 0 to 2`]);
});

test("a rolling update goes one up, one down, and never below what must be available", async () => {
  await using fixture = await runFixture(both);
  const { api, settle } = fixture;
  await api.client.create(deployments, deployment(3));
  await settle();
  await makeReady(fixture);
  await change(fixture, image("two"));
  expect(imagesOf(fixture)).toEqual(["one", "one", "one", "two"]);
  await makeReady(fixture);
  expect(imagesOf(fixture)).toEqual(["one", "one", "two", "two"]);
  await makeReady(fixture);
  await makeReady(fixture);
  expect(imagesOf(fixture)).toEqual(["two", "two", "two"]);
  expect(
    api
      .list(replicaSets)
      .map(rs => rs.spec.replicas)
      .sort(),
  ).toEqual([0, 3]);
  expect(conditionOf(fixture, "Progressing")).toMatchObject({ reason: "NewReplicaSetAvailable" });
});

test("going back takes the old ReplicaSet up again, under a new revision", async () => {
  await using fixture = await runFixture(both);
  const { api, settle } = fixture;
  await api.client.create(deployments, deployment(1));
  await settle();
  await makeReady(fixture);
  const first = api.list(replicaSets)[0]!.metadata.name!;
  await change(fixture, image("two"));
  await makeReady(fixture);
  await change(fixture, image("one"));
  await makeReady(fixture);
  const rs = api.get(replicaSets, `default/${first}`)!;
  expect(api.list(replicaSets)).toHaveLength(2);
  expect(rs.spec.replicas).toBe(1);
  expect(rs.metadata.annotations).toMatchObject({
    "deployment.kubernetes.io/revision": "3",
    "deployment.kubernetes.io/revision-history": "1",
  });
  expect(api.get(deployments, key)!.metadata.annotations).toMatchObject({ "deployment.kubernetes.io/revision": "3" });
});

test("an adopted ReplicaSet's revision is gone on from, however large", async () => {
  await using fixture = await runFixture(both);
  const { api, settle } = fixture;
  await api.client.create(replicaSets, {
    metadata: {
      namespace: "default",
      name: "older",
      labels: { app: "web" },
      annotations: { "deployment.kubernetes.io/revision": "3546343826724305832" },
    },
    spec: { replicas: 0, selector: { matchLabels: { app: "web", pod: "old" } }, ...image("zero") },
  });
  await api.client.create(deployments, deployment(1));
  await settle();
  expect(api.get(deployments, key)!.metadata.annotations).toMatchObject({
    "deployment.kubernetes.io/revision": "3546343826724305833",
  });
});

test("Recreate takes all old pods away before the first new one comes", async () => {
  await using fixture = await runFixture(both, { gracefulPods: true });
  const { api, settle } = fixture;
  await api.client.create(deployments, deployment(2, { strategy: { type: "Recreate" } }));
  await settle();
  await makeReady(fixture);
  await change(fixture, image("two"));
  expect(imagesOf(fixture)).toEqual(["one", "one"]);
  for (const pod of api.list(pods)) {
    expect(pod.metadata.deletionTimestamp).toBeDefined();
    api.finish(pods, `default/${pod.metadata.name}`);
  }
  await settle();
  expect(imagesOf(fixture)).toEqual(["two", "two"]);
});

test("a paused Deployment scales but does not roll out", async () => {
  await using fixture = await runFixture(both);
  const { api, settle } = fixture;
  await api.client.create(deployments, deployment(1));
  await settle();
  await makeReady(fixture);
  await change(fixture, { paused: true, replicas: 2, ...image("two") });
  expect(imagesOf(fixture)).toEqual(["one", "one"]);
  expect(conditionOf(fixture, "Progressing")).toMatchObject({ status: "Unknown", reason: "DeploymentPaused" });
  await change(fixture, { paused: false });
  expect(imagesOf(fixture)).toContain("two");
});

test("a rollout without progress is marked when the deadline passes", async () => {
  await using fixture = await runFixture(both);
  const { api, settle } = fixture;
  await api.client.create(deployments, deployment(1, { progressDeadlineSeconds: 30 }));
  await settle();
  await settle(29_000);
  expect(conditionOf(fixture, "Progressing")).toMatchObject({ status: "True", reason: "ReplicaSetUpdated" });
  await settle(5_000);
  expect(conditionOf(fixture, "Progressing")).toMatchObject({ status: "False", reason: "ProgressDeadlineExceeded" });
});

test("old ReplicaSets beyond the history limit go once a rollout is complete", async () => {
  await using fixture = await runFixture(both);
  const { api, settle } = fixture;
  await api.client.create(deployments, deployment(1, { revisionHistoryLimit: 1 }));
  await settle();
  await makeReady(fixture);
  for (const name of ["two", "three", "four"]) {
    await change(fixture, image(name));
    await makeReady(fixture);
    await makeReady(fixture);
  }
  const revisions = api
    .list(replicaSets)
    .map((rs: ReplicaSet) => rs.metadata.annotations!["deployment.kubernetes.io/revision"]);
  expect(revisions.sort()).toEqual(["3", "4"]);
});

import { afterEach, describe, expect, test } from "vitest";
import { type Node, nodes } from "#api/core/v1/node.ts";
import { type Pod, pods } from "#api/core/v1/pod.ts";
import { podCondition } from "#api/core/v1/pod-conditions.ts";
import { serviceAccounts } from "#api/core/v1/service-account.ts";
import { apiServerDefaults, createApiServer } from "#apiserver/server.ts";
import { createServiceAccountKeys } from "#base/host/certificates.ts";
import { systemClock } from "#base/host/system-clock.ts";
import { silentLog } from "#base/log.ts";
import { seededRandom } from "#base/random.ts";
import { createClient } from "#client/create-client.ts";
import { createDirectHttpClient } from "#client/direct.ts";
import { createEventRecorder } from "#client/event-recorder.ts";
import type { Span } from "#journey/span.ts";
import { createMemoryKv } from "#store/memory/memory-kv.ts";
import { createScheduler } from "./scheduler.ts";

let close: (() => Promise<void>) | undefined;
afterEach(() => close?.());

/** An API server and a scheduler with its own identity, which bootstrap policy must let do its work. */
async function start() {
  const clock = systemClock();
  const kv = createMemoryKv({ clock });
  const random = seededRandom(1);
  const spans: Span[] = [];
  const recorder = { record: (span: Span) => void spans.push(span) };
  const connectToNode = () => {
    throw new Error("no node is connected");
  };
  const serviceAccountKeys = await createServiceAccountKeys();
  const server = await createApiServer(
    { kv, clock, random, log: silentLog, recorder, connectToNode, serviceAccountKeys },
    { ...apiServerDefaults, advertiseAddress: "198.18.0.2" },
  );
  await server.ready;
  const clientOf = (name: string, groups: string[]) =>
    createClient({ http: createDirectHttpClient(server.handler, { name, groups }), clock, userAgent: "test" });
  const admin = clientOf("admin", ["system:masters"]);
  await admin.create(serviceAccounts, { metadata: { name: "default", namespace: "kube-system" } });
  const client = clientOf("system:kube-scheduler", ["system:authenticated"]);
  const events = createEventRecorder({ client, clock, random, component: "default-scheduler" });
  const abort = new AbortController();
  const run = createScheduler({ client, clock, random, log: silentLog, recorder, events }, {}).run(abort.signal);
  close = async () => {
    abort.abort();
    await run;
    await server[Symbol.asyncDispose]();
    await kv[Symbol.asyncDispose]();
  };
  const until = async (name: string, holds: (pod: Pod) => boolean): Promise<Pod> => {
    for (let tries = 0; tries < 3_000; tries++) {
      const pod = await admin.get(pods, { namespace: "kube-system", name });
      if (holds(pod)) return pod;
      await clock.sleep(1);
    }
    throw new Error(`${name} never came to hold`);
  };
  return { admin, until, spans };
}

function node(name: string): Node {
  const allocatable = { cpu: "1", memory: "1Gi", pods: "10" };
  return { metadata: { name }, spec: {}, status: { allocatable, capacity: allocatable } };
}

function pod(name: string, cpu: string, priorityClassName?: string): Pod {
  const containers = [{ name: "c", image: "app:1", resources: { requests: { cpu } } }];
  // A new node is tainted until the node lifecycle controller, which is not here, has seen it ready.
  const spec = { containers, tolerations: [{ operator: "Exists" }], automountServiceAccountToken: false };
  const priority = priorityClassName === undefined ? {} : { priorityClassName };
  return { metadata: { name, namespace: "kube-system" }, spec: { ...spec, ...priority } } as Pod;
}

test("a pod waits for a node, says why, and is bound when one comes", async () => {
  const { admin, until, spans } = await start();
  await admin.create(pods, pod("p", "500m"));
  const waiting = await until("p", each => podCondition(each, "PodScheduled")?.status === "False");
  expect(podCondition(waiting, "PodScheduled")).toMatchObject({
    reason: "Unschedulable",
    message: "no nodes available to schedule pods",
  });
  await admin.create(nodes, node("n1"));
  const bound = await until("p", each => each.spec.nodeName !== undefined && each.spec.nodeName !== "");
  expect(bound.spec.nodeName).toBe("n1");
  expect(podCondition(bound, "PodScheduled")?.status).toBe("True");
  const decisions = spans.filter(span => span.component === "scheduler").map(span => span.decision);
  expect(decisions).toEqual(["no nodes available to schedule pods", "n1: 1 of 1 nodes fit; the only one"]);
});

test("room is given out once, also to pods that come at the same moment", async () => {
  const { admin, until } = await start();
  await admin.create(nodes, node("n1"));
  await Promise.all([admin.create(pods, pod("a", "600m")), admin.create(pods, pod("b", "600m"))]);
  const settled = await Promise.all(
    ["a", "b"].map(name => until(name, each => podCondition(each, "PodScheduled") !== undefined)),
  );
  expect(settled.filter(each => each.spec.nodeName === "n1")).toHaveLength(1);
});

describe("the node that is being made ready for a pod", () => {
  const isNominated = ({ status }: Pod) => status?.nominatedNodeName === "n1";
  const isNominatedNoMore = ({ status }: Pod) => status?.nominatedNodeName === undefined;
  /** A full node whose pod has to go, and takes its time, for one that is more important. */
  async function preempting() {
    const cluster = await start();
    await cluster.admin.create(nodes, node("n1"));
    await cluster.admin.create(pods, pod("low", "1"));
    await cluster.until("low", ({ spec }) => spec.nodeName === "n1");
    await cluster.admin.create(pods, pod("middle", "1", "system-cluster-critical"));
    await cluster.until("middle", isNominated);
    return cluster;
  }

  test("is forgotten with the binding", async () => {
    const { admin, until } = await preempting();
    await admin.delete(pods, { namespace: "kube-system", name: "low" }, { gracePeriodSeconds: 0 });
    const bound = await until("middle", ({ spec }) => spec.nodeName === "n1");
    expect(isNominatedNoMore(bound)).toBe(true);
  });

  test("and when no preemption would help any more", async () => {
    const { admin, until } = await preempting();
    await admin.delete(nodes, { name: "n1" });
    await admin.create(nodes, { ...node("n2"), status: { allocatable: { cpu: "100m", memory: "1Gi", pods: "10" } } });
    const waiting = await until("middle", isNominatedNoMore);
    expect(podCondition(waiting, "PodScheduled")?.message).toContain("Preemption is not helpful for scheduling");
  });

  test("and when a more important pod takes the place", async () => {
    const { admin, until } = await preempting();
    await admin.create(pods, pod("high", "1", "system-node-critical"));
    await Promise.all([until("high", isNominated), until("middle", isNominatedNoMore)]);
  });
});

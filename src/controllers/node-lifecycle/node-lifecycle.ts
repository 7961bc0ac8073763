import { leases } from "#api/coordination.k8s.io/v1/lease.ts";
import { type Node, nodes } from "#api/core/v1/node.ts";
import { type Pod, pods } from "#api/core/v1/pod.ts";
import { isPodReady } from "#api/core/v1/pod-conditions.ts";
import { isNotFound } from "#api/status.ts";
import { formatTime } from "#base/clock.ts";
import { jsonEqual } from "#base/json-equal.ts";
import { keyOf, parseKey } from "#client/client.ts";
import { type Controller, defineController, done, type ReconcileContext, requeueAfter } from "#client/controller.ts";
import {
  type Heartbeat,
  hasEvictionTaint,
  heartbeatOf,
  type NodeGrace,
  patienceLeftMs,
  readyCondition,
  unknownConditions,
  upstreamGrace,
  wantedTaints,
} from "./node-health.ts";

const leaseNamespace = "kube-node-lease";
/** One node in so many milliseconds may lose its pods: a fault that looks like many dead nodes is rarely that. */
const evictionIntervalMs = 10_000;

/**
 * **Makes true:** a node's conditions and taints say whether it is alive, and pods on one that is not do not count as
 * ready.
 */
export function nodeLifecycleController(options: { readonly grace?: NodeGrace } = {}): Controller {
  const grace = options.grace ?? upstreamGrace;
  const heartbeats = new Map<string, Heartbeat>();
  let nextEvictionMs = 0;

  /** Milliseconds until this node's pods may be sent away; undefined: not while no node at all is alive. */
  function evictionInMs(node: Node, all: readonly Node[], nowMs: number): number | undefined {
    if (all.every(other => readyCondition(other)?.status !== "True")) return undefined;
    if (hasEvictionTaint(node) || nowMs >= nextEvictionMs) return 0;
    return nextEvictionMs - nowMs;
  }

  return defineController({
    name: "node-controller",
    makesTrue: "A node's conditions and taints say whether it is alive; pods on a dead one do not count as ready.",
    reconciles: nodes,
    watches: [
      {
        resource: leases,
        keys: ({ metadata }) => (metadata.namespace === leaseNamespace ? [metadata.name ?? ""] : []),
      },
    ],
    access: {
      get: [nodes, pods, leases],
      list: [nodes, pods, leases],
      watch: [nodes, pods, leases],
      patch: [nodes, { resource: nodes, subresource: "status" }, { resource: pods, subresource: "status" }],
      update: [{ resource: pods, subresource: "status" }],
      delete: [nodes, pods],
    },
    // The rate of evictions is counted here, so one node after another.
    workers: 1,

    async reconcile(name, context) {
      const { cache, clock, events } = context;
      let node = cache.get(nodes, name);
      if (node === undefined) {
        heartbeats.delete(name);
        return done;
      }
      if (!heartbeats.has(name)) {
        events.event(
          nodes,
          node,
          "Normal",
          "RegisteredNode",
          `Node ${name} event: Registered Node ${name} in Controller`,
        );
      }
      const nowMs = clock.now();
      const lease = cache.get(leases, `${leaseNamespace}/${name}`);
      const heartbeat = heartbeatOf(node, lease, heartbeats.get(name), nowMs);
      heartbeats.set(name, heartbeat);
      const leftMs = patienceLeftMs(node, heartbeat, grace, nowMs);
      if (leftMs <= 0) node = await markUnknown(node, context);
      const alive = readyCondition(node)?.status === "True";
      const evictInMs = alive ? undefined : evictionInMs(node, cache.list(nodes), nowMs);
      if (evictInMs === 0 && !hasEvictionTaint(node)) nextEvictionMs = nowMs + evictionIntervalMs;
      await writeTaints(node, evictInMs === 0, context);
      if (!alive && readyCondition(node) !== undefined) await markPodsNotReady(node, context);
      const waits = [leftMs > 0 ? leftMs : undefined, evictInMs || undefined].filter(wait => wait !== undefined);
      return waits.length === 0 ? done : requeueAfter(Math.min(...waits));
    },
  });
}

async function markUnknown(node: Node, { client, clock, events }: ReconcileContext): Promise<Node> {
  const conditions = unknownConditions(node, clock.now());
  if (conditions === undefined) return node;
  const name = node.metadata.name ?? "";
  const body = { metadata: { uid: node.metadata.uid }, status: { conditions } };
  events.event(nodes, node, "Normal", "NodeNotReady", `Node ${name} status is now: NodeNotReady`);
  return client.patch<Node>(nodes, { name }, { type: "strategic", body }, { subresource: "status" });
}

async function writeTaints(node: Node, evict: boolean, { client, clock }: ReconcileContext): Promise<void> {
  const taints = wantedTaints(node, evict, clock.now());
  if (jsonEqual(taints, node.spec.taints ?? [])) return;
  // A merge patch replaces the whole list: the version guards what others added meanwhile.
  const { uid, resourceVersion } = node.metadata;
  const body = { metadata: { uid, resourceVersion }, spec: { taints: taints.length > 0 ? taints : null } };
  await client.patch(nodes, { name: node.metadata.name ?? "" }, { type: "merge", body });
}

async function markPodsNotReady(node: Node, { cache, client, clock }: ReconcileContext): Promise<void> {
  const affected = cache.list(pods).filter(pod => pod.spec.nodeName === node.metadata.name && isPodReady(pod));
  await Promise.all(affected.map(pod => markNotReady(pod)));

  async function markNotReady(pod: Pod): Promise<void> {
    const condition = { type: "Ready", status: "False", lastTransitionTime: formatTime(clock.now()) };
    const body = { metadata: { uid: pod.metadata.uid }, status: { conditions: [condition] } };
    try {
      await client.patch(pods, parseKey(keyOf(pod)), { type: "strategic", body }, { subresource: "status" });
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }
}

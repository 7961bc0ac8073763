import { type Node, nodes, type Taint } from "#api/core/v1/node.ts";
import { type Pod, pods } from "#api/core/v1/pod.ts";
import { isPodTerminal } from "#api/core/v1/pod-conditions.ts";
import { toleratesTaint } from "#api/core/v1/tolerations.ts";
import { isNotFound } from "#api/status.ts";
import { formatTime, parseTime } from "#base/clock.ts";
import { jsonEqual } from "#base/json-equal.ts";
import { keyOf, parseKey } from "#client/client.ts";
import { defineController, done, type ReconcileContext, requeueAfter } from "#client/controller.ts";

/** **Makes true:** no pod stays on a node with a NoExecute taint for longer than it tolerates. */
export const taintEvictionController = defineController({
  name: "taint-eviction-controller",
  account: "node-controller",
  makesTrue: "No pod stays on a node with a NoExecute taint for longer than it tolerates it.",
  reconciles: pods,
  watches: [
    {
      resource: nodes,
      keys: (object, before, cache) => {
        const node = object as Node;
        const taints = noExecuteTaints(node);
        if (jsonEqual(taints, before ? noExecuteTaints(before as Node) : [])) return [];
        return cache
          .list(pods)
          .filter(pod => pod.spec.nodeName === node.metadata.name)
          .map(keyOf);
      },
    },
  ],
  access: {
    get: [pods],
    list: [nodes, pods],
    watch: [nodes, pods],
    patch: [{ resource: pods, subresource: "status" }],
    delete: [pods],
  },

  async reconcile(key, context) {
    const { cache, clock } = context;
    const pod = cache.get(pods, key);
    if (pod === undefined || pod.metadata.deletionTimestamp || isPodTerminal(pod) || !pod.spec.nodeName) return done;
    const node = cache.get(nodes, pod.spec.nodeName);
    const waitMs = node && evictionInMs(pod, noExecuteTaints(node), clock.now());
    if (waitMs === undefined) return done;
    if (waitMs > 0) return requeueAfter(waitMs);
    await evict(pod, context);
    return done;
  },
});

/** Milliseconds until the pod must go: the shortest toleration counts; undefined when it may stay. */
export function evictionInMs(pod: Pod, taints: readonly Taint[], nowMs: number): number | undefined {
  let earliest: number | undefined;
  for (const taint of taints) {
    const matching = (pod.spec.tolerations ?? []).filter(toleration => toleratesTaint(toleration, taint));
    if (matching.length === 0) return 0;
    const limits = matching.map(toleration => toleration.tolerationSeconds).filter(seconds => seconds != null);
    if (limits.length === 0) continue;
    const sinceMs = taint.timeAdded ? parseTime(taint.timeAdded) : nowMs;
    const leftMs = sinceMs + Math.max(0, Math.min(...limits)) * 1000 - nowMs;
    earliest = Math.min(earliest ?? leftMs, leftMs);
  }
  return earliest === undefined ? undefined : Math.max(0, earliest);
}

function noExecuteTaints(node: Node): readonly Taint[] {
  return (node.spec.taints ?? []).filter(taint => taint.effect === "NoExecute");
}

async function evict(pod: Pod, { client, clock, events }: ReconcileContext): Promise<void> {
  const key = parseKey(keyOf(pod));
  events.event(pods, pod, "Normal", "TaintManagerEviction", `Marking for deletion Pod ${keyOf(pod)}`);
  const condition = {
    type: "DisruptionTarget",
    status: "True",
    reason: "DeletionByTaintManager",
    message: "Taint manager: deleting due to NoExecute taint",
    lastTransitionTime: formatTime(clock.now()),
  };
  const body = { metadata: { uid: pod.metadata.uid }, status: { conditions: [condition] } };
  try {
    await client.patch(pods, key, { type: "strategic", body }, { subresource: "status" });
    await client.delete(pods, key, { preconditions: { uid: pod.metadata.uid } });
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}

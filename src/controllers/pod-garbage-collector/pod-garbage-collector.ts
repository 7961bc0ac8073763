import { nodes } from "#api/core/v1/node.ts";
import { type Pod, pods } from "#api/core/v1/pod.ts";
import { isPodTerminal } from "#api/core/v1/pod-conditions.ts";
import { isNotFound } from "#api/status.ts";
import { formatTime } from "#base/clock.ts";
import { keyOf, parseKey } from "#client/client.ts";
import { type Controller, defineController, done, type ReconcileContext, requeueAfter } from "#client/controller.ts";
import { podFate, surplusEndedPods } from "./plan-pod.ts";

/** No pod has this key: it stands for all that have ended. */
const endedKey = "*ended*";

/** **Makes true:** no pod stays for ever that no kubelet will ever finish, and not too many that have ended. */
export function podGarbageCollector(options: { readonly terminatedPodThreshold?: number } = {}): Controller {
  const threshold = options.terminatedPodThreshold ?? 12_500;
  const missingSince = new Map<string, number>();
  return defineController({
    name: "pod-garbage-collector",
    makesTrue: "No pod stays that no kubelet will ever finish, and not too many that have ended.",
    watches: [
      {
        resource: pods,
        keys: (object, old) => {
          const pod = object as Pod;
          const ended = isPodTerminal(pod) && !(old && isPodTerminal(old as Pod));
          return ended ? [keyOf(pod), endedKey] : [keyOf(pod)];
        },
      },
      {
        resource: nodes,
        keys: (node, _, cache) => {
          const name = node.metadata.name ?? "";
          if (cache.get(nodes, name) !== undefined)
            return missingSince.delete(name) ? podsOn(cache.list(pods), name) : [];
          return podsOn(cache.list(pods), name);
        },
      },
    ],
    access: {
      get: [nodes],
      list: [pods, nodes],
      watch: [pods, nodes],
      delete: [pods],
      patch: [{ resource: pods, subresource: "status" }],
    },

    async reconcile(key, context) {
      const { cache, clock } = context;
      if (key === endedKey) {
        for (const pod of surplusEndedPods(cache.list(pods), threshold)) await deletePod(pod, context);
        return done;
      }
      const pod = cache.get(pods, key);
      if (pod === undefined) return done;
      const nodeName = pod.spec.nodeName ?? "";
      const missing = nodeName !== "" && cache.get(nodes, nodeName) === undefined;
      if (missing && !missingSince.has(nodeName)) missingSince.set(nodeName, clock.now());
      const fate = podFate(pod, missing ? missingSince.get(nodeName) : undefined, clock.now());
      if (fate.type === "wait") return requeueAfter(fate.ms);
      if (fate.type === "keep" || (missing && (await nodeExists(nodeName, context)))) return done;
      context.log.info("deleting a pod that nobody will finish", { pod: key, reason: fate.reason });
      if (missing && !isPodTerminal(pod)) await markFailed(pod, context);
      await deletePod(pod, context);
      return done;
    },
  });
}

function podsOn(all: readonly Pod[], node: string): readonly string[] {
  return all.filter(pod => pod.spec.nodeName === node).map(keyOf);
}

/** The cache is no ground for deleting what may still run. */
async function nodeExists(name: string, { client }: ReconcileContext): Promise<boolean> {
  try {
    await client.get(nodes, { name });
    return true;
  } catch (error) {
    if (isNotFound(error)) return false;
    throw error;
  }
}

async function markFailed(pod: Pod, { client, clock }: ReconcileContext): Promise<void> {
  const condition = {
    type: "DisruptionTarget",
    status: "True",
    reason: "DeletionByPodGC",
    message: "PodGC: node no longer exists",
    lastTransitionTime: formatTime(clock.now()),
  };
  const body = { metadata: { uid: pod.metadata.uid }, status: { phase: "Failed", conditions: [condition] } };
  try {
    await client.patch(pods, parseKey(keyOf(pod)), { type: "strategic", body }, { subresource: "status" });
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}

async function deletePod(pod: Pod, { client }: ReconcileContext): Promise<void> {
  const preconditions = { uid: pod.metadata.uid };
  try {
    await client.delete(pods, parseKey(keyOf(pod)), { gracePeriodSeconds: 0, preconditions });
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}

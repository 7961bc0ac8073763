import { type ReplicaSet, replicaSets } from "#api/apps/v1/replica-set.ts";
import { type Pod, pods } from "#api/core/v1/pod.ts";
import { isPodActive } from "#api/core/v1/pod-conditions.ts";
import { labelSelectorMatcher } from "#api/meta/v1/label-selector-match.ts";
import type { KubernetesObject } from "#api/resource.ts";
import { isNamespaceTerminating, isNotFound } from "#api/status.ts";
import { keyOf, parseKey } from "#client/client.ts";
import { type Cache, defineController, done, type ReconcileContext, requeueAfter } from "#client/controller.ts";
import { claimObjects, controllerOf, controllerReference } from "../shared/owners.ts";
import { isTerminating, podFromTemplate } from "../shared/pods.ts";
import { slowStart } from "../shared/slow-start.ts";
import { deletionOrder } from "./deletion-order.ts";
import { nextAvailableInMs, type ReplicaFailure, replicaSetStatus, sameStatus } from "./status.ts";

/** Pods made or deleted in one reconcile; the rest follows when the cache shows these. */
const burst = 500;

/** **Makes true:** as many active pods match a ReplicaSet's selector, and are controlled by it, as it asks for. */
export const replicaSetController = defineController({
  name: "replicaset-controller",
  makesTrue: "As many active pods are controlled by a ReplicaSet as its spec.replicas says.",
  reconciles: replicaSets,
  owns: [pods],
  watches: [{ resource: pods, keys: replicaSetsForOrphan }],
  access: {
    get: [replicaSets],
    list: [replicaSets, pods],
    watch: [replicaSets, pods],
    create: [pods],
    delete: [pods],
    patch: [pods],
    update: [replicaSets, { resource: replicaSets, subresource: "status" }],
  },

  async reconcile(key, context) {
    const replicaSet = context.cache.get(replicaSets, key);
    if (replicaSet === undefined) return done;
    const matches = labelSelectorMatcher(replicaSet.spec.selector);
    const claimed = await claimObjects(context, {
      ownerResource: replicaSets,
      owner: replicaSet,
      resource: pods,
      matches: pod => matches(pod.metadata.labels),
    });
    const observed = { active: claimed.filter(isPodActive), terminating: claimed.filter(isTerminating) };
    const difference = observed.active.length - (replicaSet.spec.replicas ?? 1);
    const error = replicaSet.metadata.deletionTimestamp
      ? undefined
      : await changeCount(replicaSet, observed.active, difference, context);
    await writeStatus(replicaSet, observed, failureOf(error, difference), context);
    if (error !== undefined && !isNamespaceTerminating(error)) throw error;
    const waitMs = nextAvailableInMs(replicaSet, observed.active, context.clock.now());
    return waitMs === undefined ? done : requeueAfter(waitMs);
  },
});

/** Answers the first error; what it could do it has done. */
async function changeCount(
  replicaSet: ReplicaSet,
  active: readonly Pod[],
  difference: number,
  context: ReconcileContext,
): Promise<unknown> {
  if (difference < 0) return createPods(replicaSet, Math.min(-difference, burst), context);
  if (difference > 0) {
    const sharing = relatedPodsByNode(replicaSet, context.cache);
    const sharingNode = (pod: Pod) => sharing.get(pod.spec.nodeName ?? "") ?? 0;
    const order = deletionOrder(active, sharingNode, context.clock.now());
    return deletePods(replicaSet, order.slice(0, Math.min(difference, burst)), context);
  }
  return undefined;
}

async function createPods(replicaSet: ReplicaSet, count: number, context: ReconcileContext): Promise<unknown> {
  const { client, events } = context;
  const { namespace = "", name = "" } = replicaSet.metadata;
  const reference = controllerReference(replicaSets, replicaSet);
  const pod = podFromTemplate(replicaSet.spec.template!, { namespace, name }, reference);
  const { error } = await slowStart(count, async () => {
    try {
      const created = await client.create(pods, pod);
      events.event(replicaSets, replicaSet, "Normal", "SuccessfulCreate", `Created pod: ${created.metadata.name}`);
    } catch (error) {
      if (!isNamespaceTerminating(error)) {
        events.event(replicaSets, replicaSet, "Warning", "FailedCreate", `Error creating: ${messageOf(error)}`);
      }
      throw error;
    }
  });
  return error;
}

async function deletePods(
  replicaSet: ReplicaSet,
  surplus: readonly Pod[],
  { client, events }: ReconcileContext,
): Promise<unknown> {
  const results = await Promise.allSettled(
    surplus.map(async pod => {
      try {
        await client.delete(pods, parseKey(keyOf(pod)), { preconditions: { uid: pod.metadata.uid } });
        events.event(replicaSets, replicaSet, "Normal", "SuccessfulDelete", `Deleted pod: ${pod.metadata.name}`);
      } catch (error) {
        if (isNotFound(error)) return;
        events.event(replicaSets, replicaSet, "Warning", "FailedDelete", `Error deleting: ${messageOf(error)}`);
        throw error;
      }
    }),
  );
  return results.find(result => result.status === "rejected")?.reason;
}

async function writeStatus(
  replicaSet: ReplicaSet,
  observed: { readonly active: readonly Pod[]; readonly terminating: readonly Pod[] },
  failure: ReplicaFailure | undefined,
  { client, clock }: ReconcileContext,
): Promise<void> {
  const status = replicaSetStatus(replicaSet, observed, failure, clock.now());
  if (sameStatus(replicaSet.status, status)) return;
  await client.update(replicaSets, { ...replicaSet, status }, { subresource: "status" });
}

function failureOf(error: unknown, difference: number): ReplicaFailure | undefined {
  if (error === undefined) return undefined;
  return { reason: difference < 0 ? "FailedCreate" : "FailedDelete", message: messageOf(error) };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Active pods per node of all ReplicaSets under the same controller (a Deployment's), this one's included. */
function relatedPodsByNode(replicaSet: ReplicaSet, cache: Cache): ReadonlyMap<string, number> {
  const owner = controllerOf(replicaSet);
  const related = cache
    .list(replicaSets, replicaSet.metadata.namespace)
    .filter(other => other === replicaSet || (owner !== undefined && controllerOf(other)?.uid === owner.uid));
  const counts = new Map<string, number>();
  for (const { metadata } of related) {
    for (const pod of cache.ownedBy(pods, metadata.uid ?? "").filter(isPodActive)) {
      const node = pod.spec.nodeName ?? "";
      counts.set(node, (counts.get(node) ?? 0) + 1);
    }
  }
  return counts;
}

/** A pod without a controller may be adopted by any ReplicaSet that selects it. */
function replicaSetsForOrphan(object: KubernetesObject, _old: unknown, cache: Cache): readonly string[] {
  if (controllerOf(object) !== undefined || object.metadata.deletionTimestamp) return [];
  return cache
    .list(replicaSets, object.metadata.namespace)
    .filter(replicaSet => labelSelectorMatcher(replicaSet.spec.selector)(object.metadata.labels))
    .map(keyOf);
}

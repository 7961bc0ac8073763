import type { ReplicaSetStatus } from "#api/apps/v1/replica-set.ts";
import { type Pod, pods } from "#api/core/v1/pod.ts";
import { isPodActive } from "#api/core/v1/pod-conditions.ts";
import type { PodTemplateSpec } from "#api/core/v1/pod-template.ts";
import { controllerOf } from "#api/meta/v1/controller-of.ts";
import type { LabelSelector } from "#api/meta/v1/label-selector.ts";
import { labelSelectorMatcher } from "#api/meta/v1/label-selector-match.ts";
import type { KubernetesObject, ResourceDefinition } from "#api/resource.ts";
import { isNamespaceTerminating, isNotFound } from "#api/status.ts";
import { messageOf } from "#base/error-message.ts";
import { keyOf, parseKey } from "#client/client.ts";
import {
  type Cache,
  type Controller,
  defineController,
  done,
  type ReconcileContext,
  requeueAfter,
} from "#client/controller.ts";
import { claimObjects, controllerReference } from "../shared/owners.ts";
import { isTerminating, podFromTemplate } from "../shared/pods.ts";
import { slowStart } from "../shared/slow-start.ts";
import { deletionOrder } from "./deletion-order.ts";
import { nextAvailableInMs, type ObservedPods, type ReplicaFailure, replicaStatus, sameStatus } from "./status.ts";

/** Pods made or deleted in one reconcile; the rest follows when the cache shows these. */
const burst = 500;

/** An object that asks for a number of like pods. */
export interface Replicated extends KubernetesObject {
  readonly spec: {
    readonly replicas?: number | undefined;
    readonly minReadySeconds?: number | undefined;
    readonly template?: PodTemplateSpec | undefined;
  };
  readonly status?: ReplicaSetStatus | undefined;
}

/** What the kinds of such objects differ in. */
export interface ReplicaKind<T extends Replicated> {
  readonly name: string;
  readonly makesTrue: string;
  readonly resource: ResourceDefinition<T>;
  /** Its status tells of pods that are ending. */
  readonly countsTerminating: boolean;
  selectorOf(owner: T): LabelSelector | undefined;
}

/** **Makes true:** as many active pods match an object's selector, and are controlled by it, as it asks for. */
export function replicaController<T extends Replicated>(kind: ReplicaKind<T>): Controller {
  const { name, makesTrue, resource } = kind;
  return defineController({
    name,
    makesTrue,
    reconciles: resource,
    owns: [pods],
    watches: [{ resource: pods, keys: (pod, _old, cache) => ownersForOrphan(kind, pod, cache) }],
    access: {
      get: [resource],
      list: [resource, pods],
      watch: [resource, pods],
      create: [pods],
      delete: [pods],
      patch: [pods],
      update: [resource, { resource, subresource: "status" }],
    },

    async reconcile(key, context) {
      const owner = context.cache.get(resource, key);
      return owner === undefined ? done : reconcile(kind, owner, context);
    },
  });
}

async function reconcile<T extends Replicated>(kind: ReplicaKind<T>, owner: T, context: ReconcileContext) {
  const matches = labelSelectorMatcher(kind.selectorOf(owner));
  const claimed = await claimObjects(context, {
    ownerResource: kind.resource,
    owner,
    resource: pods,
    matches: pod => matches(pod.metadata.labels),
  });
  const active = claimed.filter(isPodActive);
  const terminating = kind.countsTerminating ? claimed.filter(isTerminating) : undefined;
  const difference = active.length - (owner.spec.replicas ?? 1);
  const error = owner.metadata.deletionTimestamp ? undefined : await changeCount(kind, owner, active, context);
  await writeStatus(kind, owner, { active, terminating }, failureOf(error, difference), context);
  if (error !== undefined && !isNamespaceTerminating(error)) throw error;
  const waitMs = nextAvailableInMs(owner, active, context.clock.now());
  return waitMs === undefined ? done : requeueAfter(waitMs);
}

/** Answers the first error; what it could do it has done. */
async function changeCount<T extends Replicated>(
  kind: ReplicaKind<T>,
  owner: T,
  active: readonly Pod[],
  context: ReconcileContext,
): Promise<unknown> {
  const difference = active.length - (owner.spec.replicas ?? 1);
  if (difference < 0) return createPods(kind, owner, Math.min(-difference, burst), context);
  if (difference > 0) {
    const sharing = relatedPodsByNode(kind, owner, context.cache);
    const sharingNode = (pod: Pod) => sharing.get(pod.spec.nodeName ?? "") ?? 0;
    const order = deletionOrder(active, sharingNode, context.clock.now());
    return deletePods(kind, owner, order.slice(0, Math.min(difference, burst)), context);
  }
  return undefined;
}

async function createPods<T extends Replicated>(
  { resource }: ReplicaKind<T>,
  owner: T,
  count: number,
  context: ReconcileContext,
): Promise<unknown> {
  const { client, events } = context;
  const { namespace = "", name = "" } = owner.metadata;
  const reference = controllerReference(resource, owner);
  const pod = podFromTemplate(owner.spec.template!, { namespace, name }, reference);
  const { error } = await slowStart(count, async () => {
    try {
      const created = await client.create(pods, pod);
      events.event(resource, owner, "Normal", "SuccessfulCreate", `Created pod: ${created.metadata.name}`);
    } catch (error) {
      if (!isNamespaceTerminating(error)) {
        events.event(resource, owner, "Warning", "FailedCreate", `Error creating: ${messageOf(error)}`);
      }
      throw error;
    }
  });
  return error;
}

async function deletePods<T extends Replicated>(
  { resource }: ReplicaKind<T>,
  owner: T,
  surplus: readonly Pod[],
  { client, events }: ReconcileContext,
): Promise<unknown> {
  const results = await Promise.allSettled(
    surplus.map(async pod => {
      try {
        await client.delete(pods, parseKey(keyOf(pod)), { preconditions: { uid: pod.metadata.uid } });
        events.event(resource, owner, "Normal", "SuccessfulDelete", `Deleted pod: ${pod.metadata.name}`);
      } catch (error) {
        if (isNotFound(error)) return;
        events.event(resource, owner, "Warning", "FailedDelete", `Error deleting: ${messageOf(error)}`);
        throw error;
      }
    }),
  );
  return results.find(result => result.status === "rejected")?.reason;
}

async function writeStatus<T extends Replicated>(
  { resource }: ReplicaKind<T>,
  owner: T,
  observed: ObservedPods,
  failure: ReplicaFailure | undefined,
  { client, clock }: ReconcileContext,
): Promise<void> {
  const status = replicaStatus(owner, observed, failure, clock.now());
  if (sameStatus(owner.status, status)) return;
  await client.update(resource, { ...owner, status }, { subresource: "status" });
}

function failureOf(error: unknown, difference: number): ReplicaFailure | undefined {
  if (error === undefined) return undefined;
  return { reason: difference < 0 ? "FailedCreate" : "FailedDelete", message: messageOf(error) };
}

/** Active pods per node of all objects of the kind under the same controller (a Deployment's), this one's included. */
function relatedPodsByNode<T extends Replicated>(
  { resource }: ReplicaKind<T>,
  owner: T,
  cache: Cache,
): ReadonlyMap<string, number> {
  const above = controllerOf(owner);
  const related = cache
    .list(resource, owner.metadata.namespace)
    .filter(other => other === owner || (above !== undefined && controllerOf(other)?.uid === above.uid));
  const counts = new Map<string, number>();
  for (const { metadata } of related) {
    for (const pod of cache.ownedBy(pods, metadata.uid ?? "").filter(isPodActive)) {
      const node = pod.spec.nodeName ?? "";
      counts.set(node, (counts.get(node) ?? 0) + 1);
    }
  }
  return counts;
}

/** A pod without a controller may be adopted by any that selects it. */
function ownersForOrphan<T extends Replicated>(
  { resource, selectorOf }: ReplicaKind<T>,
  pod: KubernetesObject,
  cache: Cache,
): readonly string[] {
  if (controllerOf(pod) !== undefined || pod.metadata.deletionTimestamp) return [];
  return cache
    .list(resource, pod.metadata.namespace)
    .filter(owner => labelSelectorMatcher(selectorOf(owner))(pod.metadata.labels))
    .map(keyOf);
}

import { deployments } from "#api/apps/v1/deployment.ts";
import { replicaSets } from "#api/apps/v1/replica-set.ts";
import { type Pod, pods } from "#api/core/v1/pod.ts";
import { isPodTerminal } from "#api/core/v1/pod-conditions.ts";
import { replicationControllers } from "#api/core/v1/replication-controller.ts";
import { controllerOf } from "#api/meta/v1/controller-of.ts";
import { labelSelectorMatcher } from "#api/meta/v1/label-selector-match.ts";
import type { OwnerReference } from "#api/meta/v1/object-meta.ts";
import {
  type PodDisruptionBudget,
  type PodDisruptionBudgetStatus,
  podDisruptionBudgets,
} from "#api/policy/v1/pod-disruption-budget.ts";
import type { KubernetesObject } from "#api/resource.ts";
import { jsonEqual } from "#base/json-equal.ts";
import { keyOf } from "#client/client.ts";
import { type Cache, defineController, done, type ReconcileContext, requeueAfter } from "#client/controller.ts";
import { budgetStatus, expectationOf, failedStatus, nextTimeoutInMs } from "./budget.ts";

/** **Makes true:** the status of a PodDisruptionBudget says how many of its pods may be disrupted now. */
export const disruptionController = defineController({
  name: "disruption-controller",
  makesTrue: "The status of a PodDisruptionBudget says how many of its pods may be disrupted now.",
  reconciles: podDisruptionBudgets,
  watches: [
    { resource: pods, keys: budgetsOfPod },
    { resource: replicaSets, keys: budgetsOfController },
    { resource: replicationControllers, keys: budgetsOfController },
    { resource: deployments, keys: budgetsOfController },
  ],
  access: {
    get: [podDisruptionBudgets, replicaSets, replicationControllers, deployments],
    list: [podDisruptionBudgets, pods, replicaSets, replicationControllers, deployments],
    watch: [podDisruptionBudgets, pods, replicaSets, replicationControllers, deployments],
    update: [{ resource: podDisruptionBudgets, subresource: "status" }],
  },
  workers: 1,

  async reconcile(key, context) {
    const { cache, clock, events } = context;
    const budget = cache.get(podDisruptionBudgets, key);
    if (budget === undefined || budget.metadata.deletionTimestamp) return done;
    const matches = labelSelectorMatcher(budget.spec?.selector);
    const covered = cache
      .list(pods, budget.metadata.namespace)
      .filter(pod => matches(pod.metadata.labels) && !isPodTerminal(pod));
    if (covered.length === 0) events.event(podDisruptionBudgets, budget, "Normal", "NoPods", "No matching pods found");
    let status: PodDisruptionBudgetStatus;
    try {
      const expectation = expectationOf(budget, covered.length, () => expectedScale(covered, cache));
      status = budgetStatus(budget, covered, expectation, clock.now());
    } catch (error) {
      const message = (error as Error).message;
      events.event(podDisruptionBudgets, budget, "Warning", "CalculateExpectedPodCountFailed", message);
      status = failedStatus(budget, message, clock.now());
    }
    await write(budget, status, context);
    const waitMs = nextTimeoutInMs(status.disruptedPods ?? {}, clock.now());
    return waitMs === undefined ? done : requeueAfter(waitMs);
  },
});

async function write(
  budget: PodDisruptionBudget,
  status: PodDisruptionBudgetStatus,
  { client }: ReconcileContext,
): Promise<void> {
  const before = { disruptionsAllowed: 0, currentHealthy: 0, desiredHealthy: 0, expectedPods: 0, ...budget.status };
  if (budget.status?.conditions !== undefined && jsonEqual(before, status)) return;
  await client.update(podDisruptionBudgets, { ...budget, status }, { subresource: "status" });
}

/** What the controllers of these pods want in all, each counted once. Throws for a pod whose scale nobody knows. */
function expectedScale(covered: readonly Pod[], cache: Cache): number {
  const scales = new Map<string, number>();
  for (const pod of covered) {
    const owner = controllerOf(pod);
    if (owner === undefined) throw new Error(`pod ${keyOf(pod)} has no controller, so no scale`);
    if (scales.has(owner.uid)) continue;
    const namespace = pod.metadata.namespace;
    const set = directController(owner, namespace, cache);
    if (set === undefined || set.metadata.uid !== owner.uid)
      throw new Error(`the scale of ${owner.kind} ${owner.name} is not known`);
    const above = controllerOf(set);
    const deployment = above?.kind === "Deployment" ? cache.get(deployments, `${namespace}/${above.name}`) : undefined;
    if (deployment !== undefined) scales.set(deployment.metadata.uid ?? "", deployment.spec.replicas ?? 1);
    else scales.set(owner.uid, set.spec.replicas ?? 1);
  }
  return [...scales.values()].reduce((sum, scale) => sum + scale, 0);
}

/** What a pod's controller reference names, if its scale can be known. */
function directController(owner: OwnerReference, namespace: string | undefined, cache: Cache) {
  const key = `${namespace}/${owner.name}`;
  if (owner.kind === "ReplicaSet") return cache.get(replicaSets, key);
  return owner.kind === "ReplicationController" ? cache.get(replicationControllers, key) : undefined;
}

function budgetsOfPod(pod: KubernetesObject, old: KubernetesObject | undefined, cache: Cache): readonly string[] {
  return cache
    .list(podDisruptionBudgets, pod.metadata.namespace)
    .filter(budget => {
      const matches = labelSelectorMatcher(budget.spec?.selector);
      return matches(pod.metadata.labels) || (old !== undefined && matches(old.metadata.labels));
    })
    .map(keyOf);
}

/** A new scale concerns the budgets that cover the template's pods. */
function budgetsOfController(
  object: KubernetesObject,
  before: KubernetesObject | undefined,
  cache: Cache,
): readonly string[] {
  type Scaled = KubernetesObject & {
    readonly spec: {
      readonly replicas?: number;
      readonly template?: { readonly metadata?: KubernetesObject["metadata"] };
    };
  };
  const scaled = object as Scaled;
  if (before !== undefined && (before as Scaled).spec.replicas === scaled.spec.replicas) return [];
  const labels = scaled.spec.template?.metadata?.labels;
  return cache
    .list(podDisruptionBudgets, object.metadata.namespace)
    .filter(budget => labelSelectorMatcher(budget.spec?.selector)(labels))
    .map(keyOf);
}

import type { Pod } from "#api/core/v1/pod.ts";
import { isPodReady } from "#api/core/v1/pod-conditions.ts";
import { labelSelectorMatcher } from "#api/meta/v1/label-selector-match.ts";
import { evictionType } from "#api/policy/v1/eviction.ts";
import { type PodDisruptionBudget, podDisruptionBudgets } from "#api/policy/v1/pod-disruption-budget.ts";
import type { Mutable } from "#api/resource.ts";
import { ApiError, badRequest, failure, forbidden, tooManyRequests } from "#api/status.ts";
import { formatTime } from "#base/clock.ts";
import type { HttpResponse } from "#base/http.ts";
import { respondStatus } from "../endpoints/respond.ts";
import { readTyped } from "../endpoints/review.ts";
import type { Exchange } from "../exchange.ts";
import { admitSubresource } from "./admit-subresource.ts";
import { deleteObject } from "./delete.ts";
import type { ObjectStore } from "./object-store.ts";
import type { SubresourceRequest } from "./registry.ts";
import { updateObject } from "./update.ts";

/** Pods whose eviction was allowed and which the budget's controller has not seen go yet. */
const disruptedPodsLimit = 2000;

/** POST pods/<name>/eviction: a delete that keeps to the pod disruption budgets. */
export async function evictPod(
  budgets: () => ObjectStore<PodDisruptionBudget>,
  { exchange, store }: SubresourceRequest<Pod>,
): Promise<HttpResponse> {
  const eviction = await readTyped(exchange, evictionType);
  const { namespace, name } = exchange.info;
  if (eviction.metadata.name && eviction.metadata.name !== name) {
    throw badRequest("name in URL does not match name in Eviction object");
  }
  const options = eviction.deleteOptions ?? {};
  const dryRun = (options.dryRun?.length ?? 0) > 0 || exchange.query.has("dryRun");
  await admitSubresource(store, exchange, eviction, dryRun);
  const { object: pod } = await store.get({ namespace, name });
  if (!ignoresBudgets(pod)) {
    const budgetStore = budgets();
    await budgetStore.fresh();
    const budget = budgetFor(budgetStore, pod);
    if (budget !== undefined && !ignoresThis(pod, budget)) await take(budgetStore, exchange, budget, pod, dryRun);
  }
  const { uid } = pod.metadata;
  // The pod that was judged is the one that goes.
  const preconditions = { ...(uid && { uid }), ...options.preconditions };
  await deleteObject(
    store,
    exchange,
    { namespace, name },
    { ...options, preconditions, ...(dryRun && { dryRun: ["All"] }) },
  );
  return respondStatus(exchange, { metadata: {}, status: "Success", code: 201 });
}

/** Pods that do no work yet or no more. */
function ignoresBudgets({ metadata, status }: Pod): boolean {
  const phase = status?.phase;
  return phase === "Succeeded" || phase === "Failed" || phase === "Pending" || metadata.deletionTimestamp !== undefined;
}

function budgetFor(budgets: ObjectStore<PodDisruptionBudget>, pod: Pod): PodDisruptionBudget | undefined {
  const { namespace, labels } = pod.metadata;
  const selection = { namespace, text: `\u0000${namespace}` };
  const matching = budgets.cache
    .list(selection)
    .map(({ object }) => object)
    .filter(({ spec }) => labelSelectorMatcher(spec.selector)(labels ?? {}));
  if (matching.length > 1) {
    const text = "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.";
    throw failure(500, "InternalError", text);
  }
  return matching[0];
}

/** A pod that is not ready may not count: by policy, or because the rest is healthy without it. */
function ignoresThis(pod: Pod, { spec, status }: PodDisruptionBudget): boolean {
  if (isPodReady(pod)) return false;
  if (spec.unhealthyPodEvictionPolicy === "AlwaysAllow") return true;
  return status !== undefined && status.desiredHealthy > 0 && status.currentHealthy >= status.desiredHealthy;
}

/** Takes one disruption from the budget; 429 when it has none left. */
async function take(
  budgets: ObjectStore<PodDisruptionBudget>,
  exchange: Exchange,
  { metadata }: PodDisruptionBudget,
  pod: Pod,
  dryRun: boolean,
): Promise<void> {
  await updateObject(
    budgets,
    exchange,
    { namespace: metadata.namespace ?? "", name: metadata.name ?? "" },
    {
      options: { dryRun, fieldManager: "k8ts-apiserver" },
      part: "whole",
      apply(current) {
        checkBudget(current.object);
        const budget: Mutable<PodDisruptionBudget> = budgets.thaw(current);
        const status = budget.status!;
        status.disruptionsAllowed--;
        status.disruptedPods = {
          ...status.disruptedPods,
          [pod.metadata.name ?? ""]: formatTime(budgets.deps.clock.now()),
        };
        return budget;
      },
    },
  );
}

function checkBudget(budget: PodDisruptionBudget): void {
  const { metadata, status } = budget;
  const name = metadata.name ?? "";
  if ((status?.observedGeneration ?? 0) < (metadata.generation ?? 0) || status === undefined) {
    throw wouldViolate(`The disruption budget ${name} is still being processed by the server.`, 10);
  }
  if (status.disruptionsAllowed < 0) throw forbidden(podDisruptionBudgets, name, "pdb disruptions allowed is negative");
  if (Object.keys(status.disruptedPods ?? {}).length > disruptedPodsLimit) {
    throw forbidden(
      podDisruptionBudgets,
      name,
      "DisruptedPods map too big - too many evictions not confirmed by PDB controller",
    );
  }
  if (status.disruptionsAllowed > 0) return;
  const { desiredHealthy, currentHealthy } = status;
  throw wouldViolate(
    `The disruption budget ${name} needs ${desiredHealthy} healthy pods and has ${currentHealthy} currently`,
    0,
  );
}

function wouldViolate(cause: string, retryAfterSeconds: number): ApiError {
  const { status } = tooManyRequests(
    "Cannot evict pod as it would violate the pod's disruption budget.",
    retryAfterSeconds,
  );
  const causes = [{ reason: "DisruptionBudget", message: cause }];
  return new ApiError({ ...status, details: { ...status.details, causes } });
}

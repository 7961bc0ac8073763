import type { Pod } from "#api/core/v1/pod.ts";
import { isPodReady } from "#api/core/v1/pod-conditions.ts";
import type { Condition } from "#api/meta/v1/condition.ts";
import { findCondition, transitionTime } from "#api/meta/v1/find-condition.ts";
import type { PodDisruptionBudget, PodDisruptionBudgetStatus } from "#api/policy/v1/pod-disruption-budget.ts";
import { formatTime, parseTime } from "#base/clock.ts";
import { scaledIntOrPercent } from "#wire/int-or-percent.ts";

/** An eviction that was allowed counts as a disruption this long even if the pod is not seen to go. */
const disruptionTimeoutMs = 120_000;

export interface Expectation {
  readonly expectedPods: number;
  readonly desiredHealthy: number;
}

/** `scale` is the sum of what the pods' controllers want; a plain number of minAvailable needs no scale. */
export function expectationOf(budget: PodDisruptionBudget, podCount: number, scale: () => number): Expectation {
  const { minAvailable, maxUnavailable } = budget.spec ?? {};
  if (maxUnavailable !== undefined) {
    const expectedPods = scale();
    const unavailable = scaledIntOrPercent(maxUnavailable, expectedPods, "up") ?? 0;
    return { expectedPods, desiredHealthy: Math.max(0, expectedPods - unavailable) };
  }
  if (typeof minAvailable === "number") return { expectedPods: podCount, desiredHealthy: minAvailable };
  if (minAvailable === undefined) return { expectedPods: podCount, desiredHealthy: 0 };
  const expectedPods = scale();
  return { expectedPods, desiredHealthy: scaledIntOrPercent(minAvailable, expectedPods, "up") ?? 0 };
}

/** Disruptions that are under way: pods that were let go and are still there. */
export function openDisruptions(
  budget: PodDisruptionBudget,
  pods: readonly Pod[],
  nowMs: number,
): Readonly<Record<string, string>> {
  const open: Record<string, string> = {};
  for (const [name, time] of Object.entries(budget.status?.disruptedPods ?? {})) {
    const pod = pods.find(candidate => candidate.metadata.name === name);
    if (pod === undefined || pod.metadata.deletionTimestamp) continue;
    if (parseTime(time) + disruptionTimeoutMs > nowMs) open[name] = time;
  }
  return open;
}

/** When the first of them times out. */
export function nextTimeoutInMs(open: Readonly<Record<string, string>>, nowMs: number): number | undefined {
  const ends = Object.values(open).map(time => parseTime(time) + disruptionTimeoutMs - nowMs);
  return ends.length === 0 ? undefined : Math.max(1, Math.min(...ends));
}

export function budgetStatus(
  budget: PodDisruptionBudget,
  pods: readonly Pod[],
  expectation: Expectation,
  nowMs: number,
): PodDisruptionBudgetStatus {
  const disruptedPods = openDisruptions(budget, pods, nowMs);
  const healthy = pods.filter(
    pod => !pod.metadata.deletionTimestamp && disruptedPods[pod.metadata.name ?? ""] === undefined && isPodReady(pod),
  );
  const { expectedPods, desiredHealthy } = expectation;
  const surplus = healthy.length - desiredHealthy;
  const disruptionsAllowed = expectedPods <= 0 ? 0 : Math.max(0, surplus);
  const [status, reason] =
    disruptionsAllowed > 0 ? (["True", "SufficientPods"] as const) : (["False", "InsufficientPods"] as const);
  return {
    observedGeneration: budget.metadata.generation ?? 0,
    ...(Object.keys(disruptedPods).length > 0 && { disruptedPods }),
    disruptionsAllowed,
    currentHealthy: healthy.length,
    desiredHealthy,
    expectedPods,
    conditions: withAllowed(budget, status, reason, "", nowMs),
  };
}

/** Nothing may be disrupted while it is not known what is wanted. */
export function failedStatus(budget: PodDisruptionBudget, message: string, nowMs: number): PodDisruptionBudgetStatus {
  const before = budget.status;
  return {
    currentHealthy: before?.currentHealthy ?? 0,
    desiredHealthy: before?.desiredHealthy ?? 0,
    expectedPods: before?.expectedPods ?? 0,
    ...before,
    observedGeneration: budget.metadata.generation ?? 0,
    disruptionsAllowed: 0,
    conditions: withAllowed(budget, "False", "SyncFailed", message, nowMs),
  };
}

function withAllowed(
  budget: PodDisruptionBudget,
  status: "True" | "False",
  reason: string,
  message: string,
  nowMs: number,
): readonly Condition[] {
  const before = budget.status?.conditions ?? [];
  const known = findCondition(before, "DisruptionAllowed");
  const lastTransitionTime = transitionTime(known, status, formatTime(nowMs));
  const observedGeneration = budget.metadata.generation ?? 0;
  const condition = { type: "DisruptionAllowed", status, observedGeneration, lastTransitionTime, reason, message };
  return [...before.filter(other => other.type !== "DisruptionAllowed"), condition];
}

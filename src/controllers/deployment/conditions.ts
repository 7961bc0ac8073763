import type { Deployment, DeploymentCondition } from "#api/apps/v1/deployment.ts";
import { findCondition, transitionTime } from "#api/meta/v1/find-condition.ts";
import { formatTime } from "#base/clock.ts";

export type Conditions = readonly DeploymentCondition[];

/** With this condition; one that says the same for the same reason is left as it is. */
export function withCondition(
  conditions: Conditions,
  type: string,
  status: "True" | "False" | "Unknown",
  reason: string,
  message: string,
  nowMs: number,
): Conditions {
  const known = findCondition(conditions, type);
  if (known?.status === status && known.reason === reason) return conditions;
  return refreshed(conditions, type, status, reason, message, nowMs);
}

/** Like {@link withCondition}, but notes the time of an update that changed nothing else. */
export function refreshed(
  conditions: Conditions,
  type: string,
  status: "True" | "False" | "Unknown",
  reason: string,
  message: string,
  nowMs: number,
): Conditions {
  const known = findCondition(conditions, type);
  const now = formatTime(nowMs);
  const lastTransitionTime = transitionTime(known, status, now);
  return [...without(conditions, type), { type, status, lastUpdateTime: now, lastTransitionTime, reason, message }];
}

export function without(conditions: Conditions, type: string): Conditions {
  return conditions.filter(condition => condition.type !== type);
}

/** Without a deadline, or with the largest number there is, nothing is said about progress. */
export function hasProgressDeadline(deployment: Deployment): boolean {
  const seconds = deployment.spec.progressDeadlineSeconds;
  return seconds != null && seconds !== 2 ** 31 - 1;
}

/** The clock of the deadline stops while a Deployment is paused and begins anew when it goes on. */
export function pausedConditions(deployment: Deployment, conditions: Conditions, nowMs: number): Conditions {
  if (!hasProgressDeadline(deployment)) return conditions;
  const progress = findCondition(conditions, "Progressing");
  if (progress?.reason === "ProgressDeadlineExceeded") return conditions;
  const wasPaused = progress?.reason === "DeploymentPaused";
  if (deployment.spec.paused && !wasPaused) {
    return withCondition(conditions, "Progressing", "Unknown", "DeploymentPaused", "Deployment is paused", nowMs);
  }
  if (!deployment.spec.paused && wasPaused) {
    return withCondition(conditions, "Progressing", "Unknown", "DeploymentResumed", "Deployment is resumed", nowMs);
  }
  return conditions;
}

import type { Deployment, DeploymentStatus } from "#api/apps/v1/deployment.ts";
import type { ReplicaSet } from "#api/apps/v1/replica-set.ts";
import { findCondition } from "#api/meta/v1/find-condition.ts";
import { parseTime } from "#base/clock.ts";
import { type Conditions, hasProgressDeadline, refreshed, withCondition, without } from "./conditions.ts";
import { maxUnavailable, totalReplicas } from "./rollout.ts";

type Counts = Omit<DeploymentStatus, "conditions" | "collisionCount">;

/** What the ReplicaSets amount to, with the Available condition. */
export function deploymentStatus(
  deployment: Deployment,
  current: ReplicaSet | undefined,
  all: readonly ReplicaSet[],
  conditions: Conditions,
  nowMs: number,
): DeploymentStatus {
  const total = (field: "replicas" | "readyReplicas" | "availableReplicas" | "terminatingReplicas") =>
    all.reduce((sum, rs) => sum + (rs.status?.[field] ?? 0), 0);
  const availableReplicas = total("availableReplicas");
  const counts: Counts = {
    observedGeneration: deployment.metadata.generation ?? 0,
    replicas: total("replicas"),
    updatedReplicas: current?.status?.replicas ?? 0,
    readyReplicas: total("readyReplicas"),
    availableReplicas,
    unavailableReplicas: Math.max(0, totalReplicas(all) - availableReplicas),
    terminatingReplicas: total("terminatingReplicas"),
  };
  const enough = availableReplicas >= (deployment.spec.replicas ?? 1) - maxUnavailable(deployment);
  const after = enough
    ? withCondition(
        conditions,
        "Available",
        "True",
        "MinimumReplicasAvailable",
        "Deployment has minimum availability.",
        nowMs,
      )
    : withCondition(
        conditions,
        "Available",
        "False",
        "MinimumReplicasUnavailable",
        "Deployment does not have minimum availability.",
        nowMs,
      );
  const collisionCount = deployment.status?.collisionCount;
  return { ...counts, conditions: after, ...(collisionCount != null && { collisionCount }) };
}

/** Every pod is new, available, and none is left over; the status has seen the spec. */
export function isComplete(deployment: Deployment, status: DeploymentStatus): boolean {
  const desired = deployment.spec.replicas ?? 1;
  return (
    (status.updatedReplicas ?? 0) === desired &&
    (status.replicas ?? 0) === desired &&
    (status.availableReplicas ?? 0) === desired &&
    (status.observedGeneration ?? 0) >= (deployment.metadata.generation ?? 0)
  );
}

/** The conditions Progressing and ReplicaFailure after a step of a rollout. */
export function rolloutConditions(
  deployment: Deployment,
  status: DeploymentStatus,
  current: ReplicaSet | undefined,
  all: readonly ReplicaSet[],
  nowMs: number,
): Conditions {
  return failureConditions(progressConditions(deployment, status, current, nowMs), current, all, nowMs);
}

function progressConditions(
  deployment: Deployment,
  status: DeploymentStatus,
  current: ReplicaSet | undefined,
  nowMs: number,
): Conditions {
  const conditions = status.conditions ?? [];
  if (!hasProgressDeadline(deployment)) return without(conditions, "Progressing");
  const known = findCondition(conditions, "Progressing");
  const settled = status.replicas === status.updatedReplicas && known?.reason === "NewReplicaSetAvailable";
  if (settled) return conditions;
  const name = current ? `ReplicaSet "${current.metadata.name}"` : `Deployment "${deployment.metadata.name}"`;
  if (isComplete(deployment, status)) {
    const message = `${name} has successfully progressed.`;
    return withCondition(conditions, "Progressing", "True", "NewReplicaSetAvailable", message, nowMs);
  }
  if (hasProgressed(deployment.status, status)) {
    return refreshed(conditions, "Progressing", "True", "ReplicaSetUpdated", `${name} is progressing.`, nowMs);
  }
  if (hasTimedOut(deployment, conditions, nowMs)) {
    const message = `${name} has timed out progressing.`;
    return withCondition(conditions, "Progressing", "False", "ProgressDeadlineExceeded", message, nowMs);
  }
  return conditions;
}

/** The newest failure of a ReplicaSet, the current one's first. */
function failureConditions(
  conditions: Conditions,
  current: ReplicaSet | undefined,
  all: readonly ReplicaSet[],
  nowMs: number,
): Conditions {
  const candidates = current === undefined ? all : [current, ...all];
  const failure = candidates
    .flatMap(rs => rs.status?.conditions ?? [])
    .find(condition => condition.type === "ReplicaFailure");
  if (failure === undefined) return without(conditions, "ReplicaFailure");
  const { reason = "", message = "" } = failure;
  return withCondition(conditions, "ReplicaFailure", "True", reason, message, nowMs);
}

function hasProgressed(before: DeploymentStatus | undefined, now: DeploymentStatus): boolean {
  const old = (status: DeploymentStatus | undefined) => (status?.replicas ?? 0) - (status?.updatedReplicas ?? 0);
  return (
    (now.updatedReplicas ?? 0) > (before?.updatedReplicas ?? 0) ||
    old(now) < old(before) ||
    (now.readyReplicas ?? 0) > (before?.readyReplicas ?? 0) ||
    (now.availableReplicas ?? 0) > (before?.availableReplicas ?? 0)
  );
}

function hasTimedOut(deployment: Deployment, conditions: Conditions, nowMs: number): boolean {
  const known = findCondition(conditions, "Progressing");
  if (known === undefined || known.reason === "NewReplicaSetAvailable") return false;
  if (known.reason === "ProgressDeadlineExceeded") return true;
  return deadlineMs(deployment, known.lastUpdateTime) < nowMs;
}

function deadlineMs(deployment: Deployment, lastUpdateTime: string | undefined): number {
  return parseTime(lastUpdateTime ?? "") + (deployment.spec.progressDeadlineSeconds ?? 0) * 1000;
}

/** When to look again whether the deadline passed: nothing else would wake a rollout that is stuck. */
export function nextDeadlineCheckInMs(
  deployment: Deployment,
  status: DeploymentStatus,
  nowMs: number,
): number | undefined {
  const known = findCondition(status.conditions, "Progressing");
  if (!hasProgressDeadline(deployment) || known === undefined || deployment.spec.paused) return undefined;
  if (isComplete(deployment, status) || known.reason === "ProgressDeadlineExceeded") return undefined;
  return Math.max(0, deadlineMs(deployment, known.lastUpdateTime) - nowMs) + 1000;
}

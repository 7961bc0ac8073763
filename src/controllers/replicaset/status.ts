import type { ReplicaSetCondition, ReplicaSetStatus } from "#api/apps/v1/replica-set.ts";
import type { Pod } from "#api/core/v1/pod.ts";
import { isPodReady } from "#api/core/v1/pod-conditions.ts";
import { findCondition } from "#api/meta/v1/find-condition.ts";
import { formatTime } from "#base/clock.ts";
import { jsonEqual } from "#base/json-equal.ts";
import { availableInMs } from "../shared/pods.ts";
import type { Replicated } from "./replicas.ts";

export interface ReplicaFailure {
  readonly reason: "FailedCreate" | "FailedDelete";
  readonly message: string;
}

export interface ObservedPods {
  readonly active: readonly Pod[];
  /** Undefined for a kind whose status does not tell. */
  readonly terminating: readonly Pod[] | undefined;
}

/** The status that says what was seen, in answer to the spec as it is. */
export function replicaStatus(
  owner: Replicated,
  pods: ObservedPods,
  failure: ReplicaFailure | undefined,
  nowMs: number,
): ReplicaSetStatus {
  const labels = Object.entries(owner.spec.template?.metadata?.labels ?? {});
  const minReadySeconds = owner.spec.minReadySeconds ?? 0;
  const count = (is: (pod: Pod) => boolean) => pods.active.filter(is).length;
  const conditions = conditionsAfter(owner.status?.conditions ?? [], failure, nowMs);
  return {
    replicas: pods.active.length,
    fullyLabeledReplicas: count(pod => labels.every(([key, value]) => pod.metadata.labels?.[key] === value)),
    readyReplicas: count(isPodReady),
    availableReplicas: count(pod => availableInMs(pod, minReadySeconds, nowMs) === 0),
    ...(pods.terminating && { terminatingReplicas: pods.terminating.length }),
    observedGeneration: owner.metadata.generation ?? 0,
    ...(conditions.length > 0 && { conditions }),
  };
}

/** When the next ready pod becomes available; undefined when time alone changes nothing. */
export function nextAvailableInMs(owner: Replicated, active: readonly Pod[], nowMs: number): number | undefined {
  const waits = active
    .map(pod => availableInMs(pod, owner.spec.minReadySeconds ?? 0, nowMs))
    .filter(wait => wait !== undefined && wait > 0) as number[];
  return waits.length === 0 ? undefined : Math.min(...waits);
}

/** Whether two statuses say the same (unset counts are zero). */
export function sameStatus(a: ReplicaSetStatus | undefined, b: ReplicaSetStatus): boolean {
  const counts = [
    "replicas",
    "fullyLabeledReplicas",
    "readyReplicas",
    "availableReplicas",
    "observedGeneration",
  ] as const;
  if (a === undefined || counts.some(count => (a[count] ?? 0) !== (b[count] ?? 0))) return false;
  if (a.terminatingReplicas !== b.terminatingReplicas) return false;
  return jsonEqual(a.conditions ?? [], b.conditions ?? []);
}

function conditionsAfter(
  before: readonly ReplicaSetCondition[],
  failure: ReplicaFailure | undefined,
  nowMs: number,
): readonly ReplicaSetCondition[] {
  const others = before.filter(condition => condition.type !== "ReplicaFailure");
  const known = findCondition(before, "ReplicaFailure");
  if (failure === undefined) return others;
  // The first failure stands until it is over: later ones of the same kind would only rewrite the status.
  if (known !== undefined) return before;
  return [...others, { type: "ReplicaFailure", status: "True", lastTransitionTime: formatTime(nowMs), ...failure }];
}

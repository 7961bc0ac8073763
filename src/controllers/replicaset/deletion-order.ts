import type { Pod } from "#api/core/v1/pod.ts";
import { isPodReady, podCondition } from "#api/core/v1/pod-conditions.ts";
import { parseTime } from "#base/clock.ts";

const deletionCostAnnotation = "controller.kubernetes.io/pod-deletion-cost";
const phaseOrder: Readonly<Record<string, number>> = { Pending: 0, Unknown: 1, Running: 2 };

/**
 * The pods in the order in which they are given up when fewer are wanted: not yet on a node, not running, not ready,
 * cheaper by annotation, on a node with more of their kind, ready for a shorter time, restarted more often, younger.
 * Times count only by their order of magnitude, so that of pods that started together not always the same one goes.
 */
export function deletionOrder(pods: readonly Pod[], sharingNode: (pod: Pod) => number, nowMs: number): readonly Pod[] {
  const ranked = pods.map(pod => ({ pod, sharing: sharingNode(pod) }));
  return ranked
    .sort((a, b) => compare(a.pod, b.pod) || b.sharing - a.sharing || compareAge(a.pod, b.pod, nowMs))
    .map(entry => entry.pod);
}

function compare(a: Pod, b: Pod): number {
  return (
    flag(!!a.spec.nodeName, !!b.spec.nodeName) ||
    (phaseOrder[a.status?.phase ?? ""] ?? 0) - (phaseOrder[b.status?.phase ?? ""] ?? 0) ||
    flag(isPodReady(a), isPodReady(b)) ||
    deletionCost(a) - deletionCost(b)
  );
}

function compareAge(a: Pod, b: Pod, nowMs: number): number {
  if (isPodReady(a) && isPodReady(b)) {
    const order = compareTimes(readySince(a), readySince(b), a, b, nowMs);
    if (order !== 0) return order;
  }
  const restarts = mostRestarts(b) - mostRestarts(a);
  if (restarts !== 0) return restarts;
  return compareTimes(timeOf(a.metadata.creationTimestamp), timeOf(b.metadata.creationTimestamp), a, b, nowMs);
}

/** Those without the fact go first. */
function flag(a: boolean, b: boolean): number {
  return Number(a) - Number(b);
}

/** The later time goes first, when the durations differ in their logarithm; the uid decides otherwise. */
function compareTimes(a: number, b: number, podA: Pod, podB: Pod, nowMs: number): number {
  if (a === b) return 0;
  const order = magnitude(a, nowMs) - magnitude(b, nowMs);
  if (order !== 0) return order;
  return (podA.metadata.uid ?? "") < (podB.metadata.uid ?? "") ? -1 : 1;
}

/** The binary logarithm, in whole numbers, of the nanoseconds since. */
function magnitude(timeMs: number, nowMs: number): number {
  const nanoseconds = (nowMs - timeMs) * 1e6;
  return nanoseconds > 0 ? Math.trunc(Math.log2(nanoseconds)) : -1;
}

function readySince(pod: Pod): number {
  return timeOf(podCondition(pod, "Ready")?.lastTransitionTime);
}

function timeOf(text: string | undefined): number {
  return text ? parseTime(text) : 0;
}

function mostRestarts(pod: Pod): number {
  return Math.max(0, ...(pod.status?.containerStatuses ?? []).map(status => status.restartCount));
}

function deletionCost(pod: Pod): number {
  const text = pod.metadata.annotations?.[deletionCostAnnotation];
  return text !== undefined && /^-?(0|[1-9]\d*)$/.test(text) ? Number(text) : 0;
}

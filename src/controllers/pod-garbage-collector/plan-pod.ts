import type { Pod } from "#api/core/v1/pod.ts";
import { isPodTerminal } from "#api/core/v1/pod-conditions.ts";
import { parseTime } from "#base/clock.ts";

export type PodFate =
  | { readonly type: "keep" }
  /** Nobody will ever finish its deletion. */
  | { readonly type: "delete"; readonly reason: string }
  /** Its node may be only late to appear. */
  | { readonly type: "wait"; readonly ms: number };

export const quarantineMs = 40_000;

/** `nodeMissingSinceMs`: since when the pod's node has not been there; undefined when it is. */
export function podFate(pod: Pod, nodeMissingSinceMs: number | undefined, nowMs: number): PodFate {
  const { nodeName } = pod.spec;
  if (!nodeName) {
    return pod.metadata.deletionTimestamp
      ? { type: "delete", reason: "unscheduled and being deleted" }
      : { type: "keep" };
  }
  if (nodeMissingSinceMs === undefined) return { type: "keep" };
  const leftMs = nodeMissingSinceMs + quarantineMs - nowMs;
  return leftMs > 0 ? { type: "wait", ms: leftMs } : { type: "delete", reason: `node ${nodeName} is gone` };
}

/** Ended pods beyond the threshold, the oldest first. */
export function surplusEndedPods(pods: readonly Pod[], threshold: number): readonly Pod[] {
  if (threshold <= 0) return [];
  const ended = pods.filter(pod => isPodTerminal(pod) && !pod.metadata.deletionTimestamp);
  if (ended.length <= threshold) return [];
  const created = (pod: Pod) => parseTime(pod.metadata.creationTimestamp ?? "") || 0;
  return ended.sort((a, b) => created(a) - created(b)).slice(0, ended.length - threshold);
}

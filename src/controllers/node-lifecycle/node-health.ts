import type { Lease } from "#api/coordination.k8s.io/v1/lease.ts";
import type { Node, NodeCondition, Taint } from "#api/core/v1/node.ts";
import { findCondition } from "#api/meta/v1/find-condition.ts";
import { formatTime } from "#base/clock.ts";

/** A node's last sign of life, as it was seen here: clocks of different machines are never compared. */
export interface Heartbeat {
  readonly sign: string;
  readonly seenMs: number;
}

export interface NodeGrace {
  /** Without a sign of life for this long a node is unknown. */
  readonly monitorMs: number;
  /** The same for a node that never gave any. */
  readonly startupMs: number;
}

export const upstreamGrace: NodeGrace = { monitorMs: 50_000, startupMs: 60_000 };

const monitored = ["Ready", "MemoryPressure", "DiskPressure", "PIDPressure"] as const;

/** The sign of life: it changes whenever the kubelet renews its lease or reports its status. */
export function heartbeatOf(
  node: Node,
  lease: Lease | undefined,
  before: Heartbeat | undefined,
  nowMs: number,
): Heartbeat {
  const ready = readyCondition(node);
  const sign = `${lease?.spec?.renewTime ?? ""}|${ready?.lastHeartbeatTime ?? ""}|${ready?.reason ?? ""}`;
  return before?.sign === sign || isOurMark(ready) ? (before ?? { sign, seenMs: nowMs }) : { sign, seenMs: nowMs };
}

/** How long a node may stay silent; negative when it has been silent for too long. */
export function patienceLeftMs(node: Node, heartbeat: Heartbeat, grace: NodeGrace, nowMs: number): number {
  const limit = readyCondition(node) === undefined ? grace.startupMs : grace.monitorMs;
  return heartbeat.seenMs + limit - nowMs;
}

/** The conditions of a node that fell silent; undefined when they say so already. */
export function unknownConditions(node: Node, nowMs: number): readonly NodeCondition[] | undefined {
  const now = formatTime(nowMs);
  const before = node.status?.conditions ?? [];
  const changed = monitored
    .filter(type => findCondition(before, type)?.status !== "Unknown")
    .map(type => {
      const known = findCondition(before, type);
      return {
        type,
        status: "Unknown",
        reason: known === undefined ? "NodeStatusNeverUpdated" : "NodeStatusUnknown",
        message: known === undefined ? "Kubelet never posted node status." : "Kubelet stopped posting node status.",
        lastHeartbeatTime: known?.lastHeartbeatTime ?? node.metadata.creationTimestamp,
        lastTransitionTime: now,
      };
    });
  return changed.length === 0 ? undefined : changed;
}

export function readyCondition(node: Node): NodeCondition | undefined {
  return findCondition(node.status?.conditions, "Ready");
}

function isOurMark(ready: NodeCondition | undefined): boolean {
  return ready?.reason === "NodeStatusUnknown" || ready?.reason === "NodeStatusNeverUpdated";
}

const notReadyKey = "node.kubernetes.io/not-ready";
const unreachableKey = "node.kubernetes.io/unreachable";

/** Taints by condition that keep new pods away: [condition, status, key]. */
const conditionTaints: readonly (readonly [string, string, string])[] = [
  ["Ready", "False", notReadyKey],
  ["Ready", "Unknown", unreachableKey],
  ["MemoryPressure", "True", "node.kubernetes.io/memory-pressure"],
  ["DiskPressure", "True", "node.kubernetes.io/disk-pressure"],
  ["PIDPressure", "True", "node.kubernetes.io/pid-pressure"],
  ["NetworkUnavailable", "True", "node.kubernetes.io/network-unavailable"],
];
const unschedulableKey = "node.kubernetes.io/unschedulable";
const schedulingKeys = new Set([...conditionTaints.map(([, , key]) => key), unschedulableKey]);

/** The node's taints as its conditions call for; `evict`: whether its pods may be sent away (NoExecute). */
export function wantedTaints(node: Node, evict: boolean, nowMs: number): readonly Taint[] {
  const conditions = node.status?.conditions ?? [];
  const now = formatTime(nowMs);
  const wanted: Taint[] = conditionTaints
    .filter(([type, status]) => conditions.some(condition => condition.type === type && condition.status === status))
    .map(([, , key]) => ({ key, effect: "NoSchedule", timeAdded: now }));
  if (node.spec.unschedulable) wanted.push({ key: unschedulableKey, effect: "NoSchedule", timeAdded: now });
  const status = readyCondition(node)?.status;
  if (evict && status === "False") wanted.push({ key: notReadyKey, effect: "NoExecute", timeAdded: now });
  if (evict && status === "Unknown") wanted.push({ key: unreachableKey, effect: "NoExecute", timeAdded: now });
  const before = node.spec.taints ?? [];
  const ours = (taint: Taint) =>
    taint.effect === "NoSchedule"
      ? schedulingKeys.has(taint.key)
      : taint.effect === "NoExecute" && (taint.key === notReadyKey || taint.key === unreachableKey);
  const kept = before.filter(taint => !ours(taint) || wanted.some(other => sameTaint(taint, other)));
  return [...kept, ...wanted.filter(taint => !before.some(other => sameTaint(taint, other)))];
}

export function sameTaint(a: Taint, b: Taint): boolean {
  return a.key === b.key && a.effect === b.effect;
}

export function hasEvictionTaint(node: Node): boolean {
  return (node.spec.taints ?? []).some(
    taint => taint.effect === "NoExecute" && (taint.key === notReadyKey || taint.key === unreachableKey),
  );
}

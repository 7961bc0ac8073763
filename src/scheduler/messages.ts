import type { Refusal } from "./cycle.ts";
import type { Rejection } from "./framework.ts";

/** What `kubectl describe pod` shows: how many nodes said no, for which reasons. */
export function refusalMessage(refusal: Refusal, afterwards: string): string {
  if (refusal.total === 0) return "no nodes available to schedule pods";
  const reasons = refusal.reason ?? countedReasons(refusal.rejections.values());
  return `${nodesMessage(refusal.total, reasons)}${afterwards === "" ? "" : ` ${afterwards}`}`;
}

export function nodesMessage(total: number, reasons: string): string {
  return `0/${total} nodes are available: ${reasons}.`;
}

/** `1 Insufficient cpu, 2 node(s) were unschedulable`: sorted as text, as upstream does. */
export function countedReasons(rejections: Iterable<Pick<Rejection, "reasons">>): string {
  const counts = new Map<string, number>();
  for (const { reasons } of rejections) for (const reason of reasons) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  return Array.from(counts, ([reason, count]) => `${count} ${reason}`)
    .sort()
    .join(", ");
}

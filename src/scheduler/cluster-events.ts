import type { Node } from "#api/core/v1/node.ts";
import type { ClusterEvent } from "./framework.ts";
import type { PodInfo } from "./pod-info.ts";

/** What an update of a node may mean for pods that did not fit. */
export function nodeChanges(old: Node, now: Node): readonly ClusterEvent[] {
  const changes: ClusterEvent[] = [];
  const differs = (read: (node: Node) => unknown) => JSON.stringify(read(old)) !== JSON.stringify(read(now));
  if (differs(node => node.status?.allocatable)) changes.push("nodeAllocatableChanged");
  if (differs(node => node.metadata.labels)) changes.push("nodeLabelsChanged");
  if (differs(node => [node.spec?.taints, node.spec?.unschedulable])) changes.push("nodeTaintsChanged");
  return changes;
}

/** What an update of a pod that has its node may mean for others. */
export function assignedPodChanges(old: PodInfo, now: PodInfo): readonly ClusterEvent[] {
  const changes: ClusterEvent[] = [];
  const labels = (info: PodInfo) => JSON.stringify(info.pod.metadata.labels);
  if (labels(old) !== labels(now)) changes.push("assignedPodLabelsChanged");
  for (const [name, amount] of old.requests) {
    if ((now.requests.get(name) ?? 0) >= amount) continue;
    changes.push("assignedPodScaledDown");
    break;
  }
  return changes;
}

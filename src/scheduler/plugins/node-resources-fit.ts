import { definePlugin, maxScore } from "../framework.ts";
import type { NodeInfo } from "../node-info.ts";
import type { PodInfo } from "../pod-info.ts";

/** The node must have what the pod asks for; the emptier it would be left, the better. */
export const nodeResourcesFit = definePlugin<undefined, true>({
  name: "NodeResourcesFit",
  filter(_, info, node) {
    const lacking = lackingResources(info, node);
    if (lacking.length === 0) return undefined;
    return {
      reasons: lacking.map(each => each.reason),
      // What an empty node does not have either, nobody's leaving will give.
      resolvable: !lacking.some(each => each.isBeyondNode),
    };
  },
  preScore: () => true,
  score(_, info, node) {
    const cpu = leftOver(node.scoredCpu + info.scoredCpu, node.allocatable.get("cpu") ?? 0);
    const memory = leftOver(node.scoredMemory + info.scoredMemory, node.allocatable.get("memory") ?? 0);
    const known = [cpu, memory].filter(score => score !== undefined);
    return known.length === 0 ? 0 : Math.floor(known.reduce((sum, score) => sum + score, 0) / known.length);
  },
  wakesOn: ["nodeAdded", "nodeAllocatableChanged", "assignedPodDeleted", "assignedPodScaledDown", "podChanged"],
});

interface Lacking {
  readonly reason: string;
  readonly isBeyondNode: boolean;
}

function lackingResources(info: PodInfo, node: NodeInfo): readonly Lacking[] {
  const lacking: Lacking[] = [];
  const podLimit = node.allocatable.get("pods") ?? 0;
  if (node.pods.size + 1 > podLimit) lacking.push({ reason: "Too many pods", isBeyondNode: podLimit < 1 });
  for (const [name, amount] of info.requests) {
    if (amount === 0) continue;
    const capacity = node.allocatable.get(name) ?? 0;
    if (amount <= capacity - (node.requested.get(name) ?? 0)) continue;
    lacking.push({ reason: `Insufficient ${name}`, isBeyondNode: amount > capacity });
  }
  return lacking;
}

/** undefined: the node has none of it, so it does not count. */
function leftOver(requested: number, capacity: number): number | undefined {
  if (capacity === 0) return undefined;
  return requested > capacity ? 0 : Math.floor(((capacity - requested) * maxScore) / capacity);
}

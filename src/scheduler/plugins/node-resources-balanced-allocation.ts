import { definePlugin, maxScore } from "../framework.ts";

/** Prefers nodes whose cpu and memory would be used in like measure. Pods that ask for neither do not care. */
export const nodeResourcesBalancedAllocation = definePlugin<undefined, true>({
  name: "NodeResourcesBalancedAllocation",
  preScore: ({ requests }) => (requests.get("cpu") || requests.get("memory") ? true : undefined),
  score(_, info, node) {
    const fractions: number[] = [];
    for (const name of ["cpu", "memory"]) {
      const capacity = node.allocatable.get(name) ?? 0;
      if (capacity === 0) continue;
      const requested = (node.requested.get(name) ?? 0) + (info.requests.get(name) ?? 0);
      fractions.push(Math.min(1, requested / capacity));
    }
    const deviation = fractions.length === 2 ? Math.abs(fractions[0]! - fractions[1]!) / 2 : 0;
    return Math.floor((1 - deviation) * maxScore);
  },
});

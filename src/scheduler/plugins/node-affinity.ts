import type { PreferredSchedulingTerm } from "#api/core/v1/affinity.ts";
import { matchesNodeSelectorTerm, nodeFitsPod } from "#api/core/v1/node-affinity-match.ts";
import { definePlugin, scaleScores } from "../framework.ts";

/** nodeSelector and required node affinity decide; preferred terms add their weights. */
export const nodeAffinity = definePlugin<undefined, readonly PreferredSchedulingTerm[]>({
  name: "NodeAffinity",
  filter(_, { pod }, { node }) {
    if (node !== undefined && nodeFitsPod(pod.spec, node)) return undefined;
    return { reasons: ["node(s) didn't match Pod's node affinity/selector"], resolvable: false };
  },
  preScore({ pod }) {
    const preferred = pod.spec.affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [];
    return preferred.length === 0 ? undefined : preferred;
  },
  score: (preferred, _, { node }) =>
    preferred
      .filter(({ preference }) => node !== undefined && matchesNodeSelectorTerm(preference, node))
      .reduce((sum, { weight }) => sum + weight, 0),
  normalize: scores => scaleScores(scores, false),
  wakesOn: ["nodeAdded", "nodeLabelsChanged", "podChanged"],
});

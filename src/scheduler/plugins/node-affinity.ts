import type { NodeSelectorTerm, PreferredSchedulingTerm } from "#api/core/v1/affinity.ts";
import { matchesNodeSelectorTerm, nodeFitsPod } from "#api/core/v1/node-affinity-match.ts";
import { definePlugin, scaleScores } from "../framework.ts";

/** nodeSelector and required node affinity decide; preferred terms add their weights. */
export const nodeAffinity = definePlugin<undefined, readonly PreferredSchedulingTerm[]>({
  name: "NodeAffinity",
  preFilter({ pod }) {
    const terms = pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
    const nodes = terms && nodesNamed(terms);
    if (nodes?.size === 0) return { type: "reject", reason: "pod affinity terms conflict" };
    return { type: "state", state: undefined, nodes };
  },
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

/** The nodes that the terms name one by one; undefined when some term names none. */
function nodesNamed(terms: readonly NodeSelectorTerm[]): ReadonlySet<string> | undefined {
  const named = new Set<string>();
  for (const { matchFields = [] } of terms) {
    const lists = matchFields
      .filter(({ key, operator }) => key === "metadata.name" && operator === "In")
      .map(({ values = [] }) => values);
    const [first, ...others] = lists;
    if (first === undefined) return undefined;
    for (const name of first) if (others.every(list => list.includes(name))) named.add(name);
  }
  return terms.length === 0 ? undefined : named;
}

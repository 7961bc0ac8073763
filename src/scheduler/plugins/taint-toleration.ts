import type { Toleration } from "#api/core/v1/pod-spec.ts";
import { findUntoleratedTaint, tolerates } from "#api/core/v1/tolerations.ts";
import { definePlugin, scaleScores } from "../framework.ts";

/** Taints that forbid keep pods away; among the rest, fewer taints that would rather not are better. */
export const taintToleration = definePlugin<undefined, readonly Toleration[]>({
  name: "TaintToleration",
  filter(_, { pod }, { node }) {
    const taint = findUntoleratedTaint(node?.spec?.taints, pod.spec.tolerations, ["NoSchedule", "NoExecute"]);
    return taint && { reasons: ["node(s) had untolerated taint(s)"], resolvable: false };
  },
  preScore: ({ pod }) =>
    (pod.spec.tolerations ?? []).filter(each => !each.effect || each.effect === "PreferNoSchedule"),
  score: (tolerations, _, { node }) =>
    (node?.spec?.taints ?? []).filter(taint => taint.effect === "PreferNoSchedule" && !tolerates(tolerations, taint))
      .length,
  normalize: scores => scaleScores(scores, true),
  wakesOn: ["nodeAdded", "nodeTaintsChanged", "podChanged"],
});

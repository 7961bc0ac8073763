import { tolerates } from "#api/core/v1/tolerations.ts";
import { definePlugin } from "../framework.ts";

const taint = { key: "node.kubernetes.io/unschedulable", effect: "NoSchedule" } as const;

/** Cordoned nodes take only pods that tolerate the taint that says so. */
export const nodeUnschedulable = definePlugin({
  name: "NodeUnschedulable",
  filter(_, { pod }, { node }) {
    if (!node?.spec?.unschedulable || tolerates(pod.spec.tolerations, taint)) return undefined;
    return { reasons: ["node(s) were unschedulable"], resolvable: false };
  },
  wakesOn: ["nodeAdded", "nodeTaintsChanged", "podChanged"],
});

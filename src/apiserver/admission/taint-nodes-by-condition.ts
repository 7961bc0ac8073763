import { nodes } from "#api/core/v1/node.ts";
import type { AdmissionPlugin } from "../attributes.ts";
import { concerns, objectOf } from "./requests.ts";

const notReady = "node.kubernetes.io/not-ready";

/** A new node takes no pods until the node lifecycle controller has seen it ready and removed the taint. */
export const taintNodesByCondition: AdmissionPlugin = {
  name: "TaintNodesByCondition",
  handles: request => concerns(request, nodes, ["CREATE"]),

  admit(request) {
    const node = objectOf(nodes, request);
    const taints = node.spec.taints ?? [];
    if (taints.some(taint => taint.key === notReady && taint.effect === "NoSchedule")) return;
    node.spec.taints = [...taints, { key: notReady, effect: "NoSchedule" }];
  },
};

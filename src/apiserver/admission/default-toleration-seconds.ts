import { pods } from "#api/core/v1/pod.ts";
import type { AdmissionPlugin } from "../attributes.ts";
import { concerns, objectOf } from "./requests.ts";

const tolerationSeconds = 300;
const taintKeys = ["node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"];

/** Pods stay five minutes on a node that is not ready or not reachable, unless they say otherwise. */
export const defaultTolerationSeconds: AdmissionPlugin = {
  name: "DefaultTolerationSeconds",
  handles: request => concerns(request, pods, ["CREATE", "UPDATE"]),

  admit(request) {
    const { spec } = objectOf(pods, request);
    const present = spec.tolerations ?? [];
    const isSaid = (key: string) =>
      present.some(
        toleration =>
          (!toleration.key || toleration.key === key) && (!toleration.effect || toleration.effect === "NoExecute"),
      );
    const missing = taintKeys.filter(key => !isSaid(key));
    if (missing.length === 0) return;
    spec.tolerations = [
      ...present,
      ...missing.map(key => ({ key, operator: "Exists" as const, effect: "NoExecute" as const, tolerationSeconds })),
    ];
  },
};

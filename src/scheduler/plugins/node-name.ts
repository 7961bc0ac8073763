import { definePlugin } from "../framework.ts";

/** A pod that names its node fits no other. */
export const nodeName = definePlugin({
  name: "NodeName",
  filter(_, { pod }, node) {
    if (!pod.spec.nodeName || pod.spec.nodeName === node.name) return undefined;
    return { reasons: ["node(s) didn't match the requested node name"], resolvable: false };
  },
  wakesOn: ["nodeAdded", "podChanged"],
});

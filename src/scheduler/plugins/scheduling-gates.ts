import { definePlugin } from "../framework.ts";

/** A pod waits outside of the queue while it has gates. */
export const schedulingGates = definePlugin({
  name: "SchedulingGates",
  preEnqueue(pod) {
    const gates = (pod.spec.schedulingGates ?? []).map(gate => gate.name);
    return gates.length === 0 ? undefined : `waiting for scheduling gates: [${gates.join(" ")}]`;
  },
  wakesOn: ["podChanged"],
});

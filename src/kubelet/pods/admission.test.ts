import { expect, test } from "vitest";
import type { Node } from "#api/core/v1/node.ts";
import type { Pod } from "#api/core/v1/pod.ts";
import { admitPod } from "./admission.ts";

const pod = (spec: Partial<Pod["spec"]>): Pod => ({
  metadata: { name: "p", namespace: "default" },
  spec: { containers: [{ name: "main", image: "web:1" }], ...spec },
});
const node = (spec: Node["spec"]): Node => ({
  metadata: { name: "node-1" },
  spec,
  status: { allocatable: { pods: "10", cpu: "1" } },
});

test("a pod for another system is not let in", () => {
  const rejection = admitPod({ pod: pod({ os: { name: "windows" } }), others: [], node: node({}) });
  expect(rejection).toEqual({
    reason: "PodOSNotSupported",
    message: "Failed to admit pod as the OS field doesn't match node OS",
  });
});

test("a taint keeps a pod out only if it would also drive it away", () => {
  const taint = (effect: "NoExecute" | "NoSchedule") => node({ taints: [{ key: "k", value: "v", effect }] });
  expect(admitPod({ pod: pod({}), others: [], node: taint("NoSchedule") })).toBeUndefined();
  expect(admitPod({ pod: pod({}), others: [], node: taint("NoExecute") })).toEqual({
    reason: "TaintToleration",
    message: "Predicate TaintToleration failed: node(s) had taints that the pod didn't tolerate",
  });
  const tolerant = pod({ tolerations: [{ key: "k", operator: "Exists" }] });
  expect(admitPod({ pod: tolerant, others: [], node: taint("NoExecute") })).toBeUndefined();
});

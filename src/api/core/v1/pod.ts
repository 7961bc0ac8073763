import { defineResource, type ObjectOf } from "../../resource.ts";
import { podSpec } from "./pod-spec.ts";
import { podStatus } from "./pod-status.ts";

export const pods = defineResource({
  group: "",
  version: "v1",
  kind: "Pod",
  plural: "pods",
  shortNames: ["po"],
  categories: ["all"],
  scope: "Namespaced",
  subresources: [
    { name: "attach", kind: "PodAttachOptions", verbs: ["create", "get"] },
    { name: "binding", kind: "Binding", verbs: ["create"] },
    { name: "ephemeralcontainers", kind: "Pod", verbs: ["get", "patch", "update"] },
    { name: "eviction", kind: "Eviction", group: "policy", version: "v1", verbs: ["create"] },
    { name: "exec", kind: "PodExecOptions", verbs: ["create", "get"] },
    { name: "log", kind: "Pod", verbs: ["get"] },
    { name: "portforward", kind: "PodPortForwardOptions", verbs: ["create", "get"] },
    { name: "proxy", kind: "PodProxyOptions", verbs: ["create", "delete", "get", "patch", "update"] },
    { name: "resize", kind: "Pod", verbs: ["get", "patch", "update"] },
    "status",
  ],
  doc: "",

  spec: podSpec,
  status: podStatus,

  columns: [
    { name: "Ready", type: "string", value: () => null },
    { name: "Status", type: "string", value: () => null },
    { name: "Restarts", type: "string", value: () => null },
    { name: "Age", type: "string", value: () => null },
    { name: "IP", type: "string", priority: 1, value: () => null },
    { name: "Node", type: "string", priority: 1, value: () => null },
    { name: "Nominated Node", type: "string", priority: 1, value: () => null },
    { name: "Readiness Gates", type: "string", priority: 1, value: () => null },
  ],
});
export interface Pod extends ObjectOf<typeof pods> {}

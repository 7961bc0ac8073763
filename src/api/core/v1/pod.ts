import { defineResource, type KubernetesObject, type ResourceDefinition } from "../../resource.ts";
import { mergeLabelKeys } from "./label-keys.ts";
import { podColumns } from "./pod-columns.ts";
import { isPodTerminal } from "./pod-conditions.ts";
import { setPodDefaults } from "./pod-defaults.ts";
import { type PodSpec, podSpec } from "./pod-spec.ts";
import { type PodStatus, podStatus } from "./pod-status.ts";
import { validatePod, validatePodStatusUpdate, validatePodUpdate } from "./pod-validation.ts";
import { nameWarnings, podWarnings } from "./pod-warnings.ts";
import { computeQosClass } from "./qos.ts";

const schedulingGated = {
  type: "PodScheduled",
  status: "False",
  reason: "SchedulingGated",
  message: "Scheduling is blocked due to non-empty scheduling gates",
};

export interface Pod extends KubernetesObject {
  readonly spec: PodSpec;
  readonly status?: PodStatus | undefined;
}

export const pods: ResourceDefinition<Pod> = defineResource({
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
  doc: "A group of containers that run together on one node and share its network and volumes.",
  hasGeneration: true,
  indexFields: ["spec.nodeName"],

  spec: podSpec,
  status: podStatus,

  selectableFields: {
    "spec.nodeName": pod => pod.spec.nodeName ?? "",
    "spec.restartPolicy": pod => pod.spec.restartPolicy ?? "",
    "spec.schedulerName": pod => pod.spec.schedulerName ?? "",
    "spec.serviceAccountName": pod => pod.spec.serviceAccountName ?? "",
    "spec.hostNetwork": pod => String(pod.spec.hostNetwork ?? false),
    "status.phase": pod => pod.status?.phase ?? "",
    "status.podIP": pod => pod.status?.podIPs?.[0]?.ip ?? pod.status?.podIP ?? "",
    "status.nominatedNodeName": pod => pod.status?.nominatedNodeName ?? "",
  },
  columns: podColumns,
  setDefaults: setPodDefaults,

  /** A pod that runs nowhere, or is over, has nothing to wait for. */
  gracePeriodSeconds(pod) {
    if (!pod.spec.nodeName || isPodTerminal(pod)) return 0;
    const seconds = pod.spec.terminationGracePeriodSeconds ?? 30;
    return seconds < 0 ? 1 : seconds;
  },

  prepareForCreate(pod) {
    mergeLabelKeys(pod);
    const gated = (pod.spec.schedulingGates ?? []).length > 0;
    pod.status = {
      phase: "Pending",
      qosClass: computeQosClass(pod.spec),
      ...(gated && { conditions: [{ ...schedulingGated }] }),
    };
  },

  validate: (pod, old) => (old ? validatePodUpdate(pod, old) : validatePod(pod)),
  validateStatus: validatePodStatusUpdate,

  /** Pods that exist are changed by programs, which read no warnings. */
  warnings: (pod, old) =>
    old ? [] : [...nameWarnings(pod.metadata.name, "the Pod's hostname"), ...podWarnings(pod, "")],
});

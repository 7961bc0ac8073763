import { podTemplateSpec } from "../../core/v1/pod-template.ts";
import { labelSelector } from "../../meta/v1/label-selector.ts";
import { defineResource, type ObjectOf } from "../../resource.ts";
import { int32, int64, list, message, string, struct, type TypeOf, time } from "../../schema.ts";

export const replicaSetSpec = struct("io.k8s.api.apps.v1.ReplicaSetSpec", {
  replicas: int32(1, { optional: true, pointer: true }),
  minReadySeconds: int32(4, { optional: true }),
  selector: message(2, labelSelector, { pointer: true }),
  template: message(3, podTemplateSpec, { optional: true }),
});
export interface ReplicaSetSpec extends TypeOf<typeof replicaSetSpec> {}

export const replicaSetCondition = struct("io.k8s.api.apps.v1.ReplicaSetCondition", {
  type: string(1),
  status: string(2),
  lastTransitionTime: time(3, { optional: true }),
  reason: string(4, { optional: true }),
  message: string(5, { optional: true }),
});
export interface ReplicaSetCondition extends TypeOf<typeof replicaSetCondition> {}

export const replicaSetStatus = struct("io.k8s.api.apps.v1.ReplicaSetStatus", {
  replicas: int32(1),
  fullyLabeledReplicas: int32(2, { optional: true }),
  readyReplicas: int32(4, { optional: true }),
  availableReplicas: int32(5, { optional: true }),
  terminatingReplicas: int32(7, { optional: true, pointer: true }),
  observedGeneration: int64(3, { optional: true }),
  conditions: list(6, replicaSetCondition, {
    optional: true,
    listType: "map",
    mapKeys: ["type"],
    patchStrategy: "merge",
    mergeKey: "type",
  }),
});
export interface ReplicaSetStatus extends TypeOf<typeof replicaSetStatus> {}

export const replicaSets = defineResource({
  group: "apps",
  version: "v1",
  kind: "ReplicaSet",
  plural: "replicasets",
  shortNames: ["rs"],
  categories: ["all"],
  scope: "Namespaced",
  subresources: [
    { name: "scale", kind: "Scale", group: "autoscaling", version: "v1", verbs: ["get", "patch", "update"] },
    "status",
  ],
  doc: "",

  spec: replicaSetSpec,
  status: replicaSetStatus,

  columns: [
    { name: "Desired", type: "integer", value: () => null },
    { name: "Current", type: "integer", value: () => null },
    { name: "Ready", type: "integer", value: () => null },
    { name: "Age", type: "string", value: () => null },
    { name: "Containers", type: "string", priority: 1, value: () => null },
    { name: "Images", type: "string", priority: 1, value: () => null },
    { name: "Selector", type: "string", priority: 1, value: () => null },
  ],
});
export interface ReplicaSet extends ObjectOf<typeof replicaSets> {}

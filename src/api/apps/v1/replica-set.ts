import { age, workloadColumns } from "../../columns.ts";
import { setPodSpecDefaults } from "../../core/v1/pod-defaults.ts";
import { podTemplateSpec } from "../../core/v1/pod-template.ts";
import { workloadWarnings } from "../../core/v1/pod-warnings.ts";
import { labelSelector } from "../../meta/v1/label-selector.ts";
import { defineResource, type KubernetesObject, type ResourceDefinition } from "../../resource.ts";
import { int32, int64, list, message, string, struct, type TypeOf, time } from "../../schema.ts";
import { validateReplicaSet, validateReplicaSetStatus } from "./workload-validation.ts";

export const replicaSetSpec = struct("io.k8s.api.apps.v1.ReplicaSetSpec", {
  replicas: int32(1, { optional: true, default: 1, pointer: true, doc: "How many pods are wanted." }),
  minReadySeconds: int32(4, { optional: true, doc: "How long a new pod must be ready before it counts as available." }),
  selector: message(2, labelSelector, {
    pointer: true,
    doc: "Selects the pods that belong to it; must match the template's labels and never changes.",
  }),
  template: message(3, podTemplateSpec, { optional: true, doc: "What the pods look like." }),
});
export interface ReplicaSetSpec extends TypeOf<typeof replicaSetSpec> {}

export const replicaSetCondition = struct("io.k8s.api.apps.v1.ReplicaSetCondition", {
  type: string(1, { doc: "What the condition is about." }),
  status: string(2, { doc: "True, False or Unknown." }),
  lastTransitionTime: time(3, { optional: true, doc: "When the status last changed." }),
  reason: string(4, { optional: true, doc: "One word for why it is so." }),
  message: string(5, { optional: true, doc: "A sentence for people about why it is so." }),
});
export interface ReplicaSetCondition extends TypeOf<typeof replicaSetCondition> {}

export const replicaSetStatus = struct("io.k8s.api.apps.v1.ReplicaSetStatus", {
  replicas: int32(1, { doc: "Pods that exist." }),
  fullyLabeledReplicas: int32(2, { optional: true, doc: "Pods that have all labels of the template." }),
  readyReplicas: int32(4, { optional: true, doc: "Pods that are ready." }),
  availableReplicas: int32(5, { optional: true, doc: "Pods ready for at least minReadySeconds." }),
  terminatingReplicas: int32(7, { optional: true, pointer: true, doc: "Pods that are ending." }),
  observedGeneration: int64(3, { optional: true, doc: "The generation the controller has seen." }),
  conditions: list(6, replicaSetCondition, {
    optional: true,
    listType: "map",
    mapKeys: ["type"],
    patchStrategy: "merge",
    mergeKey: "type",
    doc: "What holds of the replica set at present.",
  }),
});
export interface ReplicaSetStatus extends TypeOf<typeof replicaSetStatus> {}

export interface ReplicaSet extends KubernetesObject {
  readonly spec: ReplicaSetSpec;
  readonly status?: ReplicaSetStatus | undefined;
}

export const replicaSets: ResourceDefinition<ReplicaSet> = defineResource({
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
  doc: "Keeps a number of like pods running.",
  hasGeneration: true,

  spec: replicaSetSpec,
  status: replicaSetStatus,

  selectableFields: { "status.replicas": replicaSet => String(replicaSet.status?.replicas ?? 0) },
  columns: [
    { name: "Desired", type: "integer", doc: "Pods wanted.", value: ({ spec }) => spec.replicas ?? 0 },
    { name: "Current", type: "integer", doc: "Pods that exist.", value: ({ status }) => status?.replicas ?? 0 },
    { name: "Ready", type: "integer", doc: "Pods ready.", value: ({ status }) => status?.readyReplicas ?? 0 },
    age,
    ...workloadColumns,
  ],

  setDefaults({ spec }) {
    if (spec.template) setPodSpecDefaults(spec.template.spec);
  },
  validate: validateReplicaSet,
  validateStatus: validateReplicaSetStatus,
  warnings: workloadWarnings,
});

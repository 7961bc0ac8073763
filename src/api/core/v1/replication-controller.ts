import {
  validateReplicationController,
  validateReplicationControllerStatus,
} from "../../apps/v1/workload-validation.ts";
import { age, containerColumns, labelsText } from "../../columns.ts";
import { defineResource, type KubernetesObject, type ResourceDefinition } from "../../resource.ts";
import { int32, int64, list, map, message, string, strings, struct, type TypeOf, time } from "../../schema.ts";
import { setPodSpecDefaults } from "./pod-defaults.ts";
import { podTemplateSpec } from "./pod-template.ts";
import { workloadWarnings } from "./pod-warnings.ts";

export const replicationControllerSpec = struct("io.k8s.api.core.v1.ReplicationControllerSpec", {
  replicas: int32(1, { optional: true, default: 1, pointer: true, doc: "How many pods are wanted." }),
  minReadySeconds: int32(4, {
    optional: true,
    default: 0,
    doc: "How long a new pod must be ready before it counts as available.",
  }),
  selector: map(2, strings, {
    optional: true,
    mapType: "atomic",
    doc: "Labels of the pods that belong to it; those of the template when empty.",
  }),
  template: message(3, podTemplateSpec, { optional: true, pointer: true, doc: "What the pods look like." }),
});
export interface ReplicationControllerSpec extends TypeOf<typeof replicationControllerSpec> {}

export const replicationControllerCondition = struct("io.k8s.api.core.v1.ReplicationControllerCondition", {
  type: string(1, { doc: "What the condition is about." }),
  status: string(2, { doc: "True, False or Unknown." }),
  lastTransitionTime: time(3, { optional: true, doc: "When the status last changed." }),
  reason: string(4, { optional: true, doc: "One word for why it is so." }),
  message: string(5, { optional: true, doc: "A sentence for people about why it is so." }),
});
export interface ReplicationControllerCondition extends TypeOf<typeof replicationControllerCondition> {}

export const replicationControllerStatus = struct("io.k8s.api.core.v1.ReplicationControllerStatus", {
  replicas: int32(1, { doc: "Pods that exist." }),
  fullyLabeledReplicas: int32(2, { optional: true, doc: "Pods that have all labels of the template." }),
  readyReplicas: int32(4, { optional: true, doc: "Pods that are ready." }),
  availableReplicas: int32(5, { optional: true, doc: "Pods ready for at least minReadySeconds." }),
  observedGeneration: int64(3, { optional: true, doc: "The generation the controller has seen." }),
  conditions: list(6, replicationControllerCondition, {
    optional: true,
    listType: "map",
    mapKeys: ["type"],
    patchStrategy: "merge",
    mergeKey: "type",
    doc: "What holds of the replication controller at present.",
  }),
});
export interface ReplicationControllerStatus extends TypeOf<typeof replicationControllerStatus> {}

export interface ReplicationController extends KubernetesObject {
  readonly spec: ReplicationControllerSpec;
  readonly status?: ReplicationControllerStatus | undefined;
}

export const replicationControllers: ResourceDefinition<ReplicationController> = defineResource({
  group: "",
  version: "v1",
  kind: "ReplicationController",
  plural: "replicationcontrollers",
  shortNames: ["rc"],
  categories: ["all"],
  scope: "Namespaced",
  subresources: [
    { name: "scale", kind: "Scale", group: "autoscaling", version: "v1", verbs: ["get", "patch", "update"] },
    "status",
  ],
  doc: "Keeps a number of like pods running; ReplicaSet is its successor.",
  hasGeneration: true,
  storagePrefix: "controllers",
  orphansByDefault: true,

  spec: replicationControllerSpec,
  status: replicationControllerStatus,

  selectableFields: { "status.replicas": controller => String(controller.status?.replicas ?? 0) },
  columns: [
    { name: "Desired", type: "integer", doc: "Pods wanted.", value: ({ spec }) => spec.replicas ?? 0 },
    { name: "Current", type: "integer", doc: "Pods that exist.", value: ({ status }) => status?.replicas ?? 0 },
    { name: "Ready", type: "integer", doc: "Pods ready.", value: ({ status }) => status?.readyReplicas ?? 0 },
    age,
    ...containerColumns,
    {
      name: "Selector",
      type: "string",
      priority: 1,
      doc: "Selects the pods that are counted.",
      value: ({ spec }) => labelsText(spec.selector),
    },
  ],

  setDefaults(controller) {
    const { metadata, spec } = controller;
    const labels = spec.template?.metadata.labels;
    if (labels && isEmpty(spec.selector)) spec.selector = { ...labels };
    if (labels && isEmpty(metadata.labels)) metadata.labels = { ...labels };
    if (spec.template) setPodSpecDefaults(spec.template.spec);
  },
  validate: validateReplicationController,
  validateStatus: validateReplicationControllerStatus,
  warnings: workloadWarnings,
});

function isEmpty(labels: Readonly<Record<string, string>> | undefined): boolean {
  return labels === undefined || Object.keys(labels).length === 0;
}

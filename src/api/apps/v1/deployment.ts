import { age, workloadColumns } from "../../columns.ts";
import { setPodSpecDefaults } from "../../core/v1/pod-defaults.ts";
import { podTemplateSpec } from "../../core/v1/pod-template.ts";
import { workloadWarnings } from "../../core/v1/pod-warnings.ts";
import { labelSelector } from "../../meta/v1/label-selector.ts";
import { defineResource, type KubernetesObject, type ResourceDefinition } from "../../resource.ts";
import {
  boolean,
  int32,
  int64,
  intOrString,
  list,
  message,
  oneOf,
  string,
  struct,
  type TypeOf,
  time,
} from "../../schema.ts";
import { validateDeployment, validateDeploymentStatus } from "./workload-validation.ts";

export const rollingUpdateDeployment = struct("io.k8s.api.apps.v1.RollingUpdateDeployment", {
  maxUnavailable: intOrString(1, {
    optional: true,
    pointer: true,
    doc: "How many pods, or what share, may be missing during the rollout.",
  }),
  maxSurge: intOrString(2, {
    optional: true,
    pointer: true,
    doc: "How many pods, or what share, may exist beyond those wanted.",
  }),
});
export interface RollingUpdateDeployment extends TypeOf<typeof rollingUpdateDeployment> {}

export const deploymentStrategy = struct("io.k8s.api.apps.v1.DeploymentStrategy", {
  type: oneOf(1, ["Recreate", "RollingUpdate"], {
    optional: true,
    default: "RollingUpdate",
    doc: "Recreate stops all old pods first; RollingUpdate goes step by step.",
  }),
  rollingUpdate: message(2, rollingUpdateDeployment, {
    optional: true,
    pointer: true,
    doc: "How big the steps may be.",
  }),
});
export interface DeploymentStrategy extends TypeOf<typeof deploymentStrategy> {}

export const deploymentSpec = struct("io.k8s.api.apps.v1.DeploymentSpec", {
  replicas: int32(1, { optional: true, default: 1, pointer: true, doc: "How many pods are wanted." }),
  selector: message(2, labelSelector, {
    pointer: true,
    doc: "Selects the pods that belong to it; must match the template's labels and never changes.",
  }),
  template: message(3, podTemplateSpec, { doc: "What the pods look like." }),
  strategy: message(4, deploymentStrategy, {
    optional: true,
    patchStrategy: "retainKeys",
    doc: "How old pods give way to new ones.",
  }),
  minReadySeconds: int32(5, { optional: true, doc: "How long a new pod must be ready before it counts as available." }),
  revisionHistoryLimit: int32(6, {
    optional: true,
    default: 10,
    pointer: true,
    doc: "How many old replica sets are kept for a rollback.",
  }),
  paused: boolean(7, { optional: true, doc: "True: nothing is rolled out for now." }),
  progressDeadlineSeconds: int32(9, {
    optional: true,
    default: 600,
    pointer: true,
    doc: "How long a rollout may stand still before it is reported as failed.",
  }),
});
export interface DeploymentSpec extends TypeOf<typeof deploymentSpec> {}

export const deploymentCondition = struct("io.k8s.api.apps.v1.DeploymentCondition", {
  type: string(1, { doc: "Available, Progressing or ReplicaFailure." }),
  status: string(2, { doc: "True, False or Unknown." }),
  lastUpdateTime: time(6, { optional: true, doc: "When the condition was last written." }),
  lastTransitionTime: time(7, { optional: true, doc: "When the status last changed." }),
  reason: string(4, { optional: true, doc: "Why, in one word." }),
  message: string(5, { optional: true, doc: "Why, for people." }),
});
export interface DeploymentCondition extends TypeOf<typeof deploymentCondition> {}

export const deploymentStatus = struct("io.k8s.api.apps.v1.DeploymentStatus", {
  observedGeneration: int64(1, { optional: true, doc: "The generation the controller has seen." }),
  replicas: int32(2, { optional: true, doc: "Pods that exist." }),
  updatedReplicas: int32(3, { optional: true, doc: "Pods made from the present template." }),
  readyReplicas: int32(7, { optional: true, doc: "Pods that are ready." }),
  availableReplicas: int32(4, { optional: true, doc: "Pods ready for at least minReadySeconds." }),
  unavailableReplicas: int32(5, { optional: true, doc: "Pods still missing for full capacity." }),
  terminatingReplicas: int32(9, { optional: true, pointer: true, doc: "Pods that are ending." }),
  conditions: list(6, deploymentCondition, {
    optional: true,
    listType: "map",
    mapKeys: ["type"],
    patchStrategy: "merge",
    mergeKey: "type",
    doc: "How the rollout goes.",
  }),
  collisionCount: int32(8, {
    optional: true,
    pointer: true,
    doc: "How often a name for a new replica set was taken already.",
  }),
});
export interface DeploymentStatus extends TypeOf<typeof deploymentStatus> {}

export interface Deployment extends KubernetesObject {
  readonly spec: DeploymentSpec;
  readonly status?: DeploymentStatus | undefined;
}

export const deployments: ResourceDefinition<Deployment> = defineResource({
  group: "apps",
  version: "v1",
  kind: "Deployment",
  plural: "deployments",
  shortNames: ["deploy"],
  categories: ["all"],
  scope: "Namespaced",
  subresources: [
    { name: "scale", kind: "Scale", group: "autoscaling", version: "v1", verbs: ["get", "patch", "update"] },
    "status",
  ],
  doc: "Keeps a number of like pods running and replaces them step by step when their template changes.",
  hasGeneration: true,

  spec: deploymentSpec,
  status: deploymentStatus,

  columns: [
    {
      name: "Ready",
      type: "string",
      doc: "Pods ready, of those wanted.",
      value: ({ spec, status }) => `${status?.readyReplicas ?? 0}/${spec.replicas ?? 0}`,
    },
    {
      name: "Up-to-date",
      type: "string",
      doc: "Pods made from the present template.",
      value: ({ status }) => status?.updatedReplicas ?? 0,
    },
    {
      name: "Available",
      type: "string",
      doc: "Pods ready for at least minReadySeconds.",
      value: ({ status }) => status?.availableReplicas ?? 0,
    },
    age,
    ...workloadColumns,
  ],

  setDefaults({ spec }) {
    setPodSpecDefaults(spec.template.spec);
    spec.strategy ??= {};
    spec.strategy.type ||= "RollingUpdate";
    if (spec.strategy.type !== "RollingUpdate") return;
    spec.strategy.rollingUpdate ??= {};
    spec.strategy.rollingUpdate.maxUnavailable ??= "25%";
    spec.strategy.rollingUpdate.maxSurge ??= "25%";
  },
  validate: validateDeployment,
  validateStatus: validateDeploymentStatus,
  warnings: workloadWarnings,
});

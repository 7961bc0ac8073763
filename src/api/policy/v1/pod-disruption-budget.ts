import { age } from "../../columns.ts";
import { condition } from "../../meta/v1/condition.ts";
import { labelSelector } from "../../meta/v1/label-selector.ts";
import { defineResource, type KubernetesObject, type ResourceDefinition } from "../../resource.ts";
import { int32, int64, intOrString, list, map, message, oneOf, struct, type TypeOf, times } from "../../schema.ts";
import { validatePodDisruptionBudget, validatePodDisruptionBudgetStatus } from "./pod-disruption-budget-validation.ts";

export const podDisruptionBudgetSpec = struct("io.k8s.api.policy.v1.PodDisruptionBudgetSpec", {
  minAvailable: intOrString(1, { optional: true, pointer: true, doc: "Pods that must stay available." }),
  selector: message(2, labelSelector, {
    optional: true,
    pointer: true,
    patchStrategy: "replace",
    doc: "The pods covered.",
  }),
  maxUnavailable: intOrString(3, { optional: true, pointer: true, doc: "Pods that may be unavailable." }),
  unhealthyPodEvictionPolicy: oneOf(4, ["IfHealthyBudget", "AlwaysAllow"], {
    optional: true,
    pointer: true,
    doc: "Whether pods that are not ready may always be evicted.",
  }),
});
export interface PodDisruptionBudgetSpec extends TypeOf<typeof podDisruptionBudgetSpec> {}

export const podDisruptionBudgetStatus = struct("io.k8s.api.policy.v1.PodDisruptionBudgetStatus", {
  observedGeneration: int64(1, { optional: true, doc: "The generation that these numbers were found for." }),
  disruptedPods: map(2, times, {
    optional: true,
    doc: "Pods whose eviction was granted and that are still there, with the time.",
  }),
  disruptionsAllowed: int32(3, { doc: "Pods that may be disrupted now." }),
  currentHealthy: int32(4, { doc: "Pods that are healthy." }),
  desiredHealthy: int32(5, { doc: "Pods that must be healthy." }),
  expectedPods: int32(6, { doc: "Pods counted." }),
  conditions: list(7, condition, {
    optional: true,
    listType: "map",
    mapKeys: ["type"],
    patchStrategy: "merge",
    mergeKey: "type",
    doc: "What is known of the budget as a whole.",
  }),
});
export interface PodDisruptionBudgetStatus extends TypeOf<typeof podDisruptionBudgetStatus> {}

export interface PodDisruptionBudget extends KubernetesObject {
  readonly spec: PodDisruptionBudgetSpec;
  readonly status?: PodDisruptionBudgetStatus | undefined;
}

export const podDisruptionBudgets: ResourceDefinition<PodDisruptionBudget> = defineResource({
  group: "policy",
  version: "v1",
  kind: "PodDisruptionBudget",
  plural: "poddisruptionbudgets",
  shortNames: ["pdb"],
  scope: "Namespaced",
  subresources: ["status"],
  doc: "Limits how many pods of a set may be down at once through voluntary disruption.",
  hasGeneration: true,
  allowUnconditionalUpdate: false,

  spec: podDisruptionBudgetSpec,
  status: podDisruptionBudgetStatus,

  columns: [
    {
      name: "Min Available",
      type: "string",
      doc: "Pods that must stay available.",
      value: ({ spec }) => spec.minAvailable?.toString() ?? "N/A",
    },
    {
      name: "Max Unavailable",
      type: "string",
      doc: "Pods that may be unavailable.",
      value: ({ spec }) => spec.maxUnavailable?.toString() ?? "N/A",
    },
    {
      name: "Allowed Disruptions",
      type: "integer",
      doc: "Pods that may be disrupted now.",
      value: ({ status }) => status?.disruptionsAllowed ?? 0,
    },
    age,
  ],
  validate: validatePodDisruptionBudget,
  validateStatus: validatePodDisruptionBudgetStatus,
});

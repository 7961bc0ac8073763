import { labelSelector } from "../../meta/v1/label-selector.ts";
import { int32, list, message, oneOf, string, strings, struct, type TypeOf } from "../../schema.ts";

export const nodeSelectorRequirement = struct("io.k8s.api.core.v1.NodeSelectorRequirement", {
  key: string(1),
  operator: oneOf(2, ["In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt"]),
  values: list(3, strings, { optional: true, listType: "atomic" }),
});
export interface NodeSelectorRequirement extends TypeOf<typeof nodeSelectorRequirement> {}

export const nodeSelectorTerm = struct(
  "io.k8s.api.core.v1.NodeSelectorTerm",
  {
    matchExpressions: list(1, nodeSelectorRequirement, { optional: true, listType: "atomic" }),
    matchFields: list(2, nodeSelectorRequirement, { optional: true, listType: "atomic" }),
  },
  { mapType: "atomic" },
);
export interface NodeSelectorTerm extends TypeOf<typeof nodeSelectorTerm> {}

export const nodeSelector = struct(
  "io.k8s.api.core.v1.NodeSelector",
  {
    nodeSelectorTerms: list(1, nodeSelectorTerm, { listType: "atomic" }),
  },
  { mapType: "atomic" },
);
export interface NodeSelector extends TypeOf<typeof nodeSelector> {}

export const preferredSchedulingTerm = struct("io.k8s.api.core.v1.PreferredSchedulingTerm", {
  weight: int32(1),
  preference: message(2, nodeSelectorTerm),
});
export interface PreferredSchedulingTerm extends TypeOf<typeof preferredSchedulingTerm> {}

export const nodeAffinity = struct("io.k8s.api.core.v1.NodeAffinity", {
  requiredDuringSchedulingIgnoredDuringExecution: message(1, nodeSelector, { optional: true, pointer: true }),
  preferredDuringSchedulingIgnoredDuringExecution: list(2, preferredSchedulingTerm, {
    optional: true,
    listType: "atomic",
  }),
});
export interface NodeAffinity extends TypeOf<typeof nodeAffinity> {}

export const podAffinityTerm = struct("io.k8s.api.core.v1.PodAffinityTerm", {
  labelSelector: message(1, labelSelector, { optional: true, pointer: true }),
  namespaces: list(2, strings, { optional: true, listType: "atomic" }),
  topologyKey: string(3),
  namespaceSelector: message(4, labelSelector, { optional: true, pointer: true }),
  matchLabelKeys: list(5, strings, { optional: true, listType: "atomic" }),
  mismatchLabelKeys: list(6, strings, { optional: true, listType: "atomic" }),
});
export interface PodAffinityTerm extends TypeOf<typeof podAffinityTerm> {}

export const weightedPodAffinityTerm = struct("io.k8s.api.core.v1.WeightedPodAffinityTerm", {
  weight: int32(1),
  podAffinityTerm: message(2, podAffinityTerm),
});
export interface WeightedPodAffinityTerm extends TypeOf<typeof weightedPodAffinityTerm> {}

export const podAffinity = struct("io.k8s.api.core.v1.PodAffinity", {
  requiredDuringSchedulingIgnoredDuringExecution: list(1, podAffinityTerm, { optional: true, listType: "atomic" }),
  preferredDuringSchedulingIgnoredDuringExecution: list(2, weightedPodAffinityTerm, {
    optional: true,
    listType: "atomic",
  }),
});
export interface PodAffinity extends TypeOf<typeof podAffinity> {}

export const podAntiAffinity = struct("io.k8s.api.core.v1.PodAntiAffinity", {
  requiredDuringSchedulingIgnoredDuringExecution: list(1, podAffinityTerm, { optional: true, listType: "atomic" }),
  preferredDuringSchedulingIgnoredDuringExecution: list(2, weightedPodAffinityTerm, {
    optional: true,
    listType: "atomic",
  }),
});
export interface PodAntiAffinity extends TypeOf<typeof podAntiAffinity> {}

export const affinity = struct("io.k8s.api.core.v1.Affinity", {
  nodeAffinity: message(1, nodeAffinity, { optional: true, pointer: true }),
  podAffinity: message(2, podAffinity, { optional: true, pointer: true }),
  podAntiAffinity: message(3, podAntiAffinity, { optional: true, pointer: true }),
});
export interface Affinity extends TypeOf<typeof affinity> {}

export const topologySpreadConstraint = struct("io.k8s.api.core.v1.TopologySpreadConstraint", {
  maxSkew: int32(1),
  topologyKey: string(2),
  whenUnsatisfiable: oneOf(3, ["DoNotSchedule", "ScheduleAnyway"]),
  labelSelector: message(4, labelSelector, { optional: true, pointer: true }),
  minDomains: int32(5, { optional: true, pointer: true }),
  nodeAffinityPolicy: oneOf(6, ["Ignore", "Honor"], { optional: true, pointer: true }),
  nodeTaintsPolicy: oneOf(7, ["Ignore", "Honor"], { optional: true, pointer: true }),
  matchLabelKeys: list(8, strings, { optional: true, listType: "atomic" }),
});
export interface TopologySpreadConstraint extends TypeOf<typeof topologySpreadConstraint> {}

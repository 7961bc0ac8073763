import { labelSelector } from "../../meta/v1/label-selector.ts";
import { int32, list, message, oneOf, string, strings, struct, type TypeOf } from "../../schema.ts";

export const nodeSelectorRequirement = struct("io.k8s.api.core.v1.NodeSelectorRequirement", {
  key: string(1, { doc: "The label or field looked at." }),
  operator: oneOf(2, ["In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt"], { doc: "What is demanded of its value." }),
  values: list(3, strings, {
    optional: true,
    listType: "atomic",
    doc: "The values of In and NotIn, or the one number of Gt and Lt.",
  }),
});
export interface NodeSelectorRequirement extends TypeOf<typeof nodeSelectorRequirement> {}

export const nodeSelectorTerm = struct(
  "io.k8s.api.core.v1.NodeSelectorTerm",
  {
    matchExpressions: list(1, nodeSelectorRequirement, {
      optional: true,
      listType: "atomic",
      doc: "What is demanded of the node's labels; all must hold.",
    }),
    matchFields: list(2, nodeSelectorRequirement, {
      optional: true,
      listType: "atomic",
      doc: "What is demanded of the node's fields; all must hold.",
    }),
  },
  { mapType: "atomic" },
);
export interface NodeSelectorTerm extends TypeOf<typeof nodeSelectorTerm> {}

export const nodeSelector = struct(
  "io.k8s.api.core.v1.NodeSelector",
  {
    nodeSelectorTerms: list(1, nodeSelectorTerm, { listType: "atomic", doc: "One of these must hold." }),
  },
  { mapType: "atomic" },
);
export interface NodeSelector extends TypeOf<typeof nodeSelector> {}

export const preferredSchedulingTerm = struct("io.k8s.api.core.v1.PreferredSchedulingTerm", {
  weight: int32(1, { doc: "How much it counts, from 1 to 100." }),
  preference: message(2, nodeSelectorTerm, { doc: "The nodes that are preferred." }),
});
export interface PreferredSchedulingTerm extends TypeOf<typeof preferredSchedulingTerm> {}

export const nodeAffinity = struct("io.k8s.api.core.v1.NodeAffinity", {
  requiredDuringSchedulingIgnoredDuringExecution: message(1, nodeSelector, {
    optional: true,
    pointer: true,
    doc: "Nodes that the pod can go to; not looked at again once it runs.",
  }),
  preferredDuringSchedulingIgnoredDuringExecution: list(2, preferredSchedulingTerm, {
    optional: true,
    listType: "atomic",
    doc: "Nodes that it rather goes to.",
  }),
});
export interface NodeAffinity extends TypeOf<typeof nodeAffinity> {}

export const podAffinityTerm = struct("io.k8s.api.core.v1.PodAffinityTerm", {
  labelSelector: message(1, labelSelector, { optional: true, pointer: true, doc: "The pods that are meant." }),
  namespaces: list(2, strings, {
    optional: true,
    listType: "atomic",
    doc: "The namespaces they are looked for in; with namespaceSelector also left out, the pod's own.",
  }),
  topologyKey: string(3, { doc: "The node label whose equal values mean the same place." }),
  namespaceSelector: message(4, labelSelector, {
    optional: true,
    pointer: true,
    doc: "The namespaces they are looked for in, by labels; an empty selector is all.",
  }),
  matchLabelKeys: list(5, strings, {
    optional: true,
    listType: "atomic",
    doc: "Labels of which only pods with this pod's own values are meant.",
  }),
  mismatchLabelKeys: list(6, strings, {
    optional: true,
    listType: "atomic",
    doc: "Labels of which only pods with other values than this pod's are meant.",
  }),
});
export interface PodAffinityTerm extends TypeOf<typeof podAffinityTerm> {}

export const weightedPodAffinityTerm = struct("io.k8s.api.core.v1.WeightedPodAffinityTerm", {
  weight: int32(1, { doc: "How much it counts, from 1 to 100." }),
  podAffinityTerm: message(2, podAffinityTerm, { doc: "The pods to be near to, or away from." }),
});
export interface WeightedPodAffinityTerm extends TypeOf<typeof weightedPodAffinityTerm> {}

export const podAffinity = struct("io.k8s.api.core.v1.PodAffinity", {
  requiredDuringSchedulingIgnoredDuringExecution: list(1, podAffinityTerm, {
    optional: true,
    listType: "atomic",
    doc: "Pods that it must share a place with.",
  }),
  preferredDuringSchedulingIgnoredDuringExecution: list(2, weightedPodAffinityTerm, {
    optional: true,
    listType: "atomic",
    doc: "Pods that it rather shares a place with.",
  }),
});
export interface PodAffinity extends TypeOf<typeof podAffinity> {}

export const podAntiAffinity = struct("io.k8s.api.core.v1.PodAntiAffinity", {
  requiredDuringSchedulingIgnoredDuringExecution: list(1, podAffinityTerm, {
    optional: true,
    listType: "atomic",
    doc: "Pods that it must not share a place with.",
  }),
  preferredDuringSchedulingIgnoredDuringExecution: list(2, weightedPodAffinityTerm, {
    optional: true,
    listType: "atomic",
    doc: "Pods that it rather does not share a place with.",
  }),
});
export interface PodAntiAffinity extends TypeOf<typeof podAntiAffinity> {}

export const affinity = struct("io.k8s.api.core.v1.Affinity", {
  nodeAffinity: message(1, nodeAffinity, {
    optional: true,
    pointer: true,
    doc: "Which nodes suit the pod, by their labels.",
  }),
  podAffinity: message(2, podAffinity, { optional: true, pointer: true, doc: "Which pods it wants to be near to." }),
  podAntiAffinity: message(3, podAntiAffinity, {
    optional: true,
    pointer: true,
    doc: "Which pods it wants to be away from.",
  }),
});
export interface Affinity extends TypeOf<typeof affinity> {}

export const topologySpreadConstraint = struct("io.k8s.api.core.v1.TopologySpreadConstraint", {
  maxSkew: int32(1, { doc: "By how many pods one place may have more than the emptiest." }),
  topologyKey: string(2, { doc: "The node label whose equal values mean the same place." }),
  whenUnsatisfiable: oneOf(3, ["DoNotSchedule", "ScheduleAnyway"], {
    doc: "Whether the pod waits, or goes where it disturbs the least.",
  }),
  labelSelector: message(4, labelSelector, { optional: true, pointer: true, doc: "The pods that are counted." }),
  minDomains: int32(5, {
    optional: true,
    pointer: true,
    doc: "With fewer places than this the emptiest counts as having no pods.",
  }),
  nodeAffinityPolicy: oneOf(6, ["Ignore", "Honor"], {
    optional: true,
    pointer: true,
    doc: "Whether nodes that the pod's node selector rules out are left out of the count.",
  }),
  nodeTaintsPolicy: oneOf(7, ["Ignore", "Honor"], {
    optional: true,
    pointer: true,
    doc: "Whether nodes with taints that the pod does not tolerate are left out of the count.",
  }),
  matchLabelKeys: list(8, strings, {
    optional: true,
    listType: "atomic",
    doc: "Labels of which only pods with this pod's own values are counted.",
  }),
});
export interface TopologySpreadConstraint extends TypeOf<typeof topologySpreadConstraint> {}

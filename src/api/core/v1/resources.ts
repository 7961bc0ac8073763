import { list, map, quantities, string, struct, type TypeOf } from "../../schema.ts";

export const resourceClaim = struct("io.k8s.api.core.v1.ResourceClaim", {
  name: string(1, { doc: "The pod's claim that the container uses." }),
  request: string(2, { optional: true, doc: "One request of the claim; all when left out." }),
});
export interface ResourceClaim extends TypeOf<typeof resourceClaim> {}

export const resourceRequirements = struct("io.k8s.api.core.v1.ResourceRequirements", {
  limits: map(1, quantities, { optional: true, doc: "What may be used at most." }),
  requests: map(2, quantities, { optional: true, doc: "What is set aside." }),
  claims: list(3, resourceClaim, {
    optional: true,
    listType: "map",
    mapKeys: ["name"],
    featureGate: "DynamicResourceAllocation",
    doc: "Claims of the pod that are used here.",
  }),
});
export interface ResourceRequirements extends TypeOf<typeof resourceRequirements> {}

export const volumeResourceRequirements = struct("io.k8s.api.core.v1.VolumeResourceRequirements", {
  limits: map(1, quantities, { optional: true, doc: "The most it may hold." }),
  requests: map(2, quantities, { optional: true, doc: "The least it must hold." }),
});
export interface VolumeResourceRequirements extends TypeOf<typeof volumeResourceRequirements> {}

import { age } from "../../columns.ts";
import { defineResource, type KubernetesObject, type ResourceDefinition } from "../../resource.ts";
import { int32, microTime, string, struct, type TypeOf } from "../../schema.ts";
import { validateLease } from "./lease-validation.ts";

export const leaseSpec = struct("io.k8s.api.coordination.v1.LeaseSpec", {
  holderIdentity: string(1, { optional: true, pointer: true, doc: "Who holds it." }),
  leaseDurationSeconds: int32(2, { optional: true, pointer: true, doc: "How long it holds after each renewal." }),
  acquireTime: microTime(3, { optional: true, pointer: true, doc: "Since when it is held." }),
  renewTime: microTime(4, { optional: true, pointer: true, doc: "When it was last renewed." }),
  leaseTransitions: int32(5, { optional: true, pointer: true, doc: "How often it changed hands." }),
  strategy: string(6, {
    optional: true,
    pointer: true,
    featureGate: "CoordinatedLeaderElection",
    doc: "How the next holder is chosen when several candidates stand for it.",
  }),
  preferredHolder: string(7, {
    optional: true,
    pointer: true,
    featureGate: "CoordinatedLeaderElection",
    doc: "Who is to hold it next.",
  }),
});
export interface LeaseSpec extends TypeOf<typeof leaseSpec> {}

export interface Lease extends KubernetesObject {
  readonly spec: LeaseSpec;
}

export const leases: ResourceDefinition<Lease> = defineResource({
  group: "coordination.k8s.io",
  version: "v1",
  kind: "Lease",
  plural: "leases",
  scope: "Namespaced",
  doc: "Says who holds something, and until when: node heartbeats and leader election.",
  allowCreateOnUpdate: true,
  allowUnconditionalUpdate: false,

  spec: leaseSpec,

  columns: [
    { name: "Holder", type: "string", doc: "Who holds the lease.", value: ({ spec }) => spec.holderIdentity ?? "" },
    age,
  ],
  validate: validateLease,
});

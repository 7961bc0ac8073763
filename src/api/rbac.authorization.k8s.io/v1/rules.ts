import { labelSelector } from "../../meta/v1/label-selector.ts";
import { list, string, strings, struct, type TypeOf } from "../../schema.ts";

export const policyRule = struct("io.k8s.api.rbac.v1.PolicyRule", {
  verbs: list(1, strings, { listType: "atomic" }),
  apiGroups: list(2, strings, { optional: true, listType: "atomic" }),
  resources: list(3, strings, { optional: true, listType: "atomic" }),
  resourceNames: list(4, strings, { optional: true, listType: "atomic" }),
  nonResourceURLs: list(5, strings, { optional: true, listType: "atomic" }),
});
export interface PolicyRule extends TypeOf<typeof policyRule> {}

export const subject = struct(
  "io.k8s.api.rbac.v1.Subject",
  {
    kind: string(1),
    apiGroup: string(2, { optional: true }),
    name: string(3),
    namespace: string(4, { optional: true }),
  },
  { mapType: "atomic" },
);
export interface Subject extends TypeOf<typeof subject> {}

export const roleRef = struct(
  "io.k8s.api.rbac.v1.RoleRef",
  {
    apiGroup: string(1, { default: "rbac.authorization.k8s.io" }),
    kind: string(2),
    name: string(3),
  },
  { mapType: "atomic" },
);
export interface RoleRef extends TypeOf<typeof roleRef> {}

export const aggregationRule = struct("io.k8s.api.rbac.v1.AggregationRule", {
  clusterRoleSelectors: list(1, labelSelector, { optional: true, listType: "atomic" }),
});
export interface AggregationRule extends TypeOf<typeof aggregationRule> {}

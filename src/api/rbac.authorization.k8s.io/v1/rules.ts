import { labelSelector } from "../../meta/v1/label-selector.ts";
import { list, string, strings, struct, type TypeOf } from "../../schema.ts";

export const policyRule = struct("io.k8s.api.rbac.v1.PolicyRule", {
  verbs: list(1, strings, { listType: "atomic", doc: "What may be done." }),
  apiGroups: list(2, strings, { optional: true, listType: "atomic", doc: "API groups of the resources." }),
  resources: list(3, strings, { optional: true, listType: "atomic", doc: "Resources, subresources behind a slash." }),
  resourceNames: list(4, strings, { optional: true, listType: "atomic", doc: "Names of objects; empty: all." }),
  nonResourceURLs: list(5, strings, { optional: true, listType: "atomic", doc: "Paths that are no resources." }),
});
export interface PolicyRule extends TypeOf<typeof policyRule> {}

export const subject = struct(
  "io.k8s.api.rbac.v1.Subject",
  {
    kind: string(1, { doc: "User, Group or ServiceAccount." }),
    apiGroup: string(2, { optional: true, doc: "API group of the subject's kind." }),
    name: string(3, { doc: "The subject's name." }),
    namespace: string(4, { optional: true, doc: "Namespace of a service account." }),
  },
  { mapType: "atomic" },
);
export interface Subject extends TypeOf<typeof subject> {}

export const roleRef = struct(
  "io.k8s.api.rbac.v1.RoleRef",
  {
    apiGroup: string(1, { default: "rbac.authorization.k8s.io", doc: "API group of the role." }),
    kind: string(2, { doc: "Role or ClusterRole." }),
    name: string(3, { doc: "The role's name." }),
  },
  { mapType: "atomic" },
);
export interface RoleRef extends TypeOf<typeof roleRef> {}

export const aggregationRule = struct("io.k8s.api.rbac.v1.AggregationRule", {
  clusterRoleSelectors: list(1, labelSelector, {
    optional: true,
    listType: "atomic",
    doc: "The ClusterRoles whose rules this one has; one selector must match.",
  }),
});
export interface AggregationRule extends TypeOf<typeof aggregationRule> {}

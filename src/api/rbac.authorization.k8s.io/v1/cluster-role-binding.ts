import { defineResource, type ObjectOf } from "../../resource.ts";
import { list, message } from "../../schema.ts";
import { roleRef, subject } from "./rules.ts";

export const clusterRoleBindings = defineResource({
  group: "rbac.authorization.k8s.io",
  version: "v1",
  kind: "ClusterRoleBinding",
  plural: "clusterrolebindings",
  scope: "Cluster",
  doc: "",

  fields: {
    subjects: list(2, subject, { optional: true, listType: "atomic" }),
    roleRef: message(3, roleRef),
  },

  columns: [
    { name: "Role", type: "string", value: () => null },
    { name: "Age", type: "string", value: () => null },
    { name: "Users", type: "string", priority: 1, value: () => null },
    { name: "Groups", type: "string", priority: 1, value: () => null },
    { name: "ServiceAccounts", type: "string", priority: 1, value: () => null },
  ],
});
export interface ClusterRoleBinding extends ObjectOf<typeof clusterRoleBindings> {}

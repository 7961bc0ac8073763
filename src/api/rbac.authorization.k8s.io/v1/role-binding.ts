import { defineResource, type ObjectOf } from "../../resource.ts";
import { list, message } from "../../schema.ts";
import { roleRef, subject } from "./rules.ts";

export const roleBindings = defineResource({
  group: "rbac.authorization.k8s.io",
  version: "v1",
  kind: "RoleBinding",
  plural: "rolebindings",
  scope: "Namespaced",
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
export interface RoleBinding extends ObjectOf<typeof roleBindings> {}

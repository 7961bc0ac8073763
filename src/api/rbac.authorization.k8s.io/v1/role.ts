import { defineResource, type ObjectOf } from "../../resource.ts";
import { list } from "../../schema.ts";
import { policyRule } from "./rules.ts";

export const roles = defineResource({
  group: "rbac.authorization.k8s.io",
  version: "v1",
  kind: "Role",
  plural: "roles",
  scope: "Namespaced",
  doc: "",

  fields: {
    rules: list(2, policyRule, { listType: "atomic" }),
  },

  columns: [{ name: "Created At", type: "date", value: () => null }],
});
export interface Role extends ObjectOf<typeof roles> {}

import { defineResource, type ObjectOf } from "../../resource.ts";
import { list, message } from "../../schema.ts";
import { aggregationRule, policyRule } from "./rules.ts";

export const clusterRoles = defineResource({
  group: "rbac.authorization.k8s.io",
  version: "v1",
  kind: "ClusterRole",
  plural: "clusterroles",
  scope: "Cluster",
  doc: "",

  fields: {
    rules: list(2, policyRule, { listType: "atomic" }),
    aggregationRule: message(3, aggregationRule, { optional: true, pointer: true }),
  },

  columns: [{ name: "Created At", type: "date", value: () => null }],
});
export interface ClusterRole extends ObjectOf<typeof clusterRoles> {}

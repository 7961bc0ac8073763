import { createdAt } from "../../columns.ts";
import { defineResource, type KubernetesObject, type ResourceDefinition } from "../../resource.ts";
import { list, message, type StructOf } from "../../schema.ts";
import { aggregationRule, policyRule } from "./rules.ts";
import { validateClusterRole } from "./rules-validation.ts";

const fields = {
  rules: list(2, policyRule, { listType: "atomic", doc: "What may be done." }),
  aggregationRule: message(3, aggregationRule, {
    optional: true,
    pointer: true,
    doc: "Selects cluster roles whose rules make up this one.",
  }),
};

export interface ClusterRole extends KubernetesObject, StructOf<typeof fields> {}

export const clusterRoles: ResourceDefinition<ClusterRole> = defineResource({
  group: "rbac.authorization.k8s.io",
  version: "v1",
  kind: "ClusterRole",
  plural: "clusterroles",
  scope: "Cluster",
  doc: "Rights that hold in every namespace and for what has none.",
  nameForm: "pathSegment",
  allowCreateOnUpdate: true,

  fields,

  columns: [createdAt],
  validate: validateClusterRole,
});

import { createdAt } from "../../columns.ts";
import { defineResource, type KubernetesObject, type ResourceDefinition } from "../../resource.ts";
import { list, type StructOf } from "../../schema.ts";
import { policyRule } from "./rules.ts";
import { validateRole } from "./rules-validation.ts";

const fields = {
  rules: list(2, policyRule, { listType: "atomic", doc: "What may be done." }),
};

export interface Role extends KubernetesObject, StructOf<typeof fields> {}

export const roles: ResourceDefinition<Role> = defineResource({
  group: "rbac.authorization.k8s.io",
  version: "v1",
  kind: "Role",
  plural: "roles",
  scope: "Namespaced",
  doc: "Rights within one namespace.",
  nameForm: "pathSegment",
  allowCreateOnUpdate: true,

  fields,

  columns: [createdAt],
  validate: validateRole,
});

import { defineResource, type KubernetesObject, type ResourceDefinition } from "../../resource.ts";
import { list, message, type StructOf } from "../../schema.ts";
import { bindingColumns, setSubjectDefaults } from "./binding-facts.ts";
import { roleRef, subject } from "./rules.ts";
import { validateRoleBinding } from "./rules-validation.ts";

const fields = {
  subjects: list(2, subject, { optional: true, listType: "atomic", doc: "Who gets the rights." }),
  roleRef: message(3, roleRef, { doc: "The role with the rights; it never changes." }),
};

export interface RoleBinding extends KubernetesObject, StructOf<typeof fields> {}

export const roleBindings: ResourceDefinition<RoleBinding> = defineResource({
  group: "rbac.authorization.k8s.io",
  version: "v1",
  kind: "RoleBinding",
  plural: "rolebindings",
  scope: "Namespaced",
  doc: "Gives the rights of a role to users, groups and service accounts, within one namespace.",
  nameForm: "pathSegment",
  allowCreateOnUpdate: true,

  fields,

  columns: bindingColumns,
  setDefaults: setSubjectDefaults,
  validate: validateRoleBinding,
});

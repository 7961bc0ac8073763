import { age } from "../../columns.ts";
import type { Column, KubernetesObject, Mutable } from "../../resource.ts";
import type { RoleRef, Subject } from "./rules.ts";

/** What both kinds of bindings have in common. */
export interface Binding extends KubernetesObject {
  readonly subjects?: readonly Subject[] | undefined;
  readonly roleRef: RoleRef;
}

export const bindingColumns: readonly Column<Binding>[] = [
  { name: "Role", type: "string", doc: "The role given.", value: ({ roleRef }) => `${roleRef.kind}/${roleRef.name}` },
  age,
  {
    name: "Users",
    type: "string",
    priority: 1,
    doc: "Users it is given to.",
    value: binding => names(binding, "User"),
  },
  {
    name: "Groups",
    type: "string",
    priority: 1,
    doc: "Groups it is given to.",
    value: binding => names(binding, "Group"),
  },
  {
    name: "ServiceAccounts",
    type: "string",
    priority: 1,
    doc: "Service accounts it is given to.",
    value: binding => names(binding, "ServiceAccount"),
  },
];

function names({ subjects = [] }: Binding, kind: string): string {
  return subjects
    .filter(subject => subject.kind === kind)
    .map(({ namespace, name }) => (kind === "ServiceAccount" ? `${namespace ?? ""}/${name}` : name))
    .join(", ");
}

export const rbacGroup = "rbac.authorization.k8s.io";

/** Users and groups belong to RBAC's own group, service accounts to the core. */
export function setSubjectDefaults(binding: Mutable<Binding>): void {
  for (const subject of binding.subjects ?? []) {
    if (subject.kind === "User" || subject.kind === "Group") subject.apiGroup ||= rbacGroup;
  }
}

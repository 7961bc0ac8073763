import type { PolicyRule, Subject } from "#api/rbac.authorization.k8s.io/v1/rules.ts";

/** One role of the bootstrap policy, in its short form. */
export interface RoleFacts {
  readonly name: string;
  readonly namespace?: string;
  /** Its rules become part of the aggregated role of this name. */
  readonly partOf?: string;
  /** Its rules are those of all roles that are part of this name. */
  readonly aggregates?: string;
  readonly rules: readonly PolicyRule[];
}

export interface BindingFacts {
  readonly name: string;
  readonly namespace?: string;
  readonly role: string;
  readonly subjects: readonly Subject[];
}

const rbacGroup = "rbac.authorization.k8s.io";

/** Verbs on resources; every argument is a list with blanks between, `core` is the group without a name. */
export function on(groups: string, resources: string, verbs: string, names?: string): PolicyRule {
  return {
    verbs: verbs.split(" "),
    apiGroups: groups.split(" ").map(group => (group === "core" ? "" : group)),
    resources: resources.split(" "),
    ...(names !== undefined && { resourceNames: names.split(" ") }),
  };
}

export function paths(urls: string, verbs: string): PolicyRule {
  return { verbs: verbs.split(" "), nonResourceURLs: urls.split(" ") };
}

export const user = (name: string): Subject => ({ kind: "User", apiGroup: rbacGroup, name });
export const group = (name: string): Subject => ({ kind: "Group", apiGroup: rbacGroup, name });
/** `namespace/name`. */
export function account(key: string): Subject {
  const [namespace, name] = key.split("/");
  return { kind: "ServiceAccount", name: name!, namespace: namespace! };
}

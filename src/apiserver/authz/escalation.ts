import type { PolicyRule, RoleRef } from "#api/rbac.authorization.k8s.io/v1/rules.ts";
import type { Attributes, Authorizer, User } from "../attributes.ts";
import type { ClusterAuthorizer } from "./authorizer.ts";
import { missingRules, quotedList, ruleText } from "./rules.ts";

const rbacGroup = "rbac.authorization.k8s.io";
const everything: readonly PolicyRule[] = [
  { verbs: ["*"], apiGroups: ["*"], resources: ["*"] },
  { verbs: ["*"], nonResourceURLs: ["*"] },
];

/**
 * Nobody may hand out more than he has. Undefined: fine; otherwise the message of the refusal. `namespace` is empty for
 * ClusterRoles.
 */
export function roleEscalation(
  authorizer: ClusterAuthorizer,
  user: User,
  role: { readonly namespace: string; readonly name: string; readonly rules: readonly PolicyRule[] },
): string | undefined {
  if (mayOn(authorizer, user, "escalate", role)) return undefined;
  return escalation(authorizer, user, role.namespace, role.rules);
}

/** Only who has everything may write a role whose rules others will fill. */
export function aggregationEscalation(
  authorizer: ClusterAuthorizer,
  user: User,
  role: { readonly name: string },
): string | undefined {
  if (mayOn(authorizer, user, "escalate", { namespace: "", name: role.name })) return undefined;
  if (missing(authorizer, user, "", everything).length === 0) return undefined;
  return "must have cluster-admin privileges to use the aggregationRule";
}

/** To bind a role one needs the verb `bind` on it, or all that it grants. */
export function bindingEscalation(
  authorizer: ClusterAuthorizer,
  user: User,
  namespace: string,
  roleRef: RoleRef,
): string | undefined {
  const at = { namespace: roleRef.kind === "Role" ? namespace : "", name: roleRef.name };
  // A ClusterRole bound in a namespace may be permitted there or for the whole cluster.
  if (mayOn(authorizer, user, "bind", { ...at, namespace }, roleRef.kind)) return undefined;
  const rules = authorizer.rbac.rulesOf(roleRef, namespace);
  if (rules === undefined) {
    return `${roleRef.kind.toLowerCase()}.${rbacGroup} ${JSON.stringify(roleRef.name)} not found`;
  }
  return escalation(authorizer, user, namespace, rules);
}

function escalation(
  authorizer: ClusterAuthorizer,
  user: User,
  namespace: string,
  rules: readonly PolicyRule[],
): string | undefined {
  const lacking = missing(authorizer, user, namespace, rules);
  if (lacking.length === 0) return undefined;
  const who = `user ${JSON.stringify(user.name)} (groups=${quotedList(user.groups)})`;
  const list = lacking.map(ruleText).sort().join("\n");
  return `${who} is attempting to grant RBAC permissions not currently held:\n${list}`;
}

function missing(
  authorizer: ClusterAuthorizer,
  user: User,
  namespace: string,
  rules: readonly PolicyRule[],
): readonly PolicyRule[] {
  if (user.groups.includes("system:masters")) return [];
  const held = [...authorizer.rbac.rulesFor(user, namespace)].flatMap(granted => granted.rules ?? []);
  return missingRules(held, rules);
}

function mayOn(
  authorizer: Authorizer,
  user: User,
  verb: "escalate" | "bind",
  role: { readonly namespace: string; readonly name: string },
  kind: string = role.namespace === "" ? "ClusterRole" : "Role",
): boolean {
  const attributes: Attributes = {
    user,
    isResourceRequest: true,
    verb,
    path: "",
    group: rbacGroup,
    version: "*",
    resource: kind === "Role" ? "roles" : "clusterroles",
    subresource: "",
    namespace: role.namespace,
    name: role.name,
  };
  return authorizer.authorize(attributes).type === "allow";
}

import type { ClusterRole } from "#api/rbac.authorization.k8s.io/v1/cluster-role.ts";
import type { ClusterRoleBinding } from "#api/rbac.authorization.k8s.io/v1/cluster-role-binding.ts";
import type { Role } from "#api/rbac.authorization.k8s.io/v1/role.ts";
import type { RoleBinding } from "#api/rbac.authorization.k8s.io/v1/role-binding.ts";
import type { PolicyRule } from "#api/rbac.authorization.k8s.io/v1/rules.ts";
import type { ResourceDefinition } from "#api/resource.ts";
import type { Controller, SubresourceAccess } from "#client/controller.ts";
import { aggregate } from "./aggregate.ts";
import { clusterRoleBindingFacts, roleBindingFacts } from "./bootstrap-policy/bindings.ts";
import { clusterRoleFacts } from "./bootstrap-policy/cluster-roles.ts";
import { controllerRoleFacts } from "./bootstrap-policy/controller-roles.ts";
import { account, type BindingFacts, on, type RoleFacts } from "./bootstrap-policy/facts.ts";
import { namespaceRoleFacts } from "./bootstrap-policy/namespace-roles.ts";
import { ownBindingFacts, ownRoleFacts } from "./bootstrap-policy/own.ts";
import { missingRules } from "./rules.ts";

/** The RBAC objects that a cluster starts with and gets back at every start of the server. */
export interface BootstrapPolicy {
  readonly clusterRoles: readonly ClusterRole[];
  readonly clusterRoleBindings: readonly ClusterRoleBinding[];
  readonly roles: readonly Role[];
  readonly roleBindings: readonly RoleBinding[];
}

const rbacGroup = "rbac.authorization.k8s.io";
const autoupdate = "rbac.authorization.kubernetes.io/autoupdate";
const aggregateTo = `${rbacGroup}/aggregate-to-`;

/**
 * The default policy. Each of `controllers` gets a ClusterRole `system:controller:<account>` that holds what its
 * `access` names and what upstream's controller of that name may do, bound to the service account it acts as.
 */
export function bootstrapPolicy(
  controllers: readonly Pick<Controller, "name" | "account" | "access">[] = [],
): BootstrapPolicy {
  const controllerFacts = withAccess(controllerRoleFacts, controllers);
  const clusterRoles = [...clusterRoleFacts, ...ownRoleFacts, ...controllerFacts].map(clusterRole);
  const aggregated = new Map(aggregate(clusterRoles).map(role => [role.metadata.name, role]));
  return {
    clusterRoles: clusterRoles.map(role => aggregated.get(role.metadata.name) ?? role),
    clusterRoleBindings: [
      ...[...clusterRoleBindingFacts, ...ownBindingFacts].map(facts => clusterRoleBinding(facts)),
      ...controllerFacts.map(facts => clusterRoleBinding(controllerBinding(facts.name))),
    ],
    roles: namespaceRoleFacts.map(facts => ({ metadata: metadataOf(facts), rules: facts.rules })),
    roleBindings: roleBindingFacts.map(facts => ({ ...bindingOf(facts, "Role"), metadata: metadataOf(facts) })),
  };
}

function clusterRole(facts: RoleFacts): ClusterRole {
  const metadata = metadataOf(facts);
  if (facts.aggregates === undefined) return { metadata, rules: facts.rules };
  const matchLabels = { [aggregateTo + facts.aggregates]: "true" };
  return { metadata, rules: facts.rules, aggregationRule: { clusterRoleSelectors: [{ matchLabels }] } };
}

function clusterRoleBinding(facts: BindingFacts): ClusterRoleBinding {
  return { ...bindingOf(facts, "ClusterRole"), metadata: metadataOf(facts) };
}

function bindingOf(facts: BindingFacts, kind: "Role" | "ClusterRole") {
  return { subjects: facts.subjects, roleRef: { apiGroup: rbacGroup, kind, name: facts.role } };
}

function metadataOf(facts: { readonly name: string; readonly namespace?: string; readonly partOf?: string }) {
  const partOf = facts.partOf === undefined ? {} : { [aggregateTo + facts.partOf]: "true" };
  return {
    name: facts.name,
    ...(facts.namespace !== undefined && { namespace: facts.namespace }),
    labels: { "kubernetes.io/bootstrapping": "rbac-defaults", ...partOf },
    annotations: { [autoupdate]: "true" },
  };
}

function controllerBinding(role: string): BindingFacts {
  const name = role.slice("system:controller:".length);
  return { name: role, role, subjects: [account(`kube-system/${name}`)] };
}

function withAccess(
  facts: readonly RoleFacts[],
  controllers: readonly Pick<Controller, "name" | "account" | "access">[],
): readonly RoleFacts[] {
  const byName = new Map(facts.map(role => [role.name, role]));
  for (const controller of controllers) {
    const name = `system:controller:${controller.account ?? controller.name}`;
    const rules = byName.get(name)?.rules ?? [];
    byName.set(name, { name, rules: [...rules, ...missingRules(rules, rulesOfAccess(controller.access))] });
  }
  return [...byName.values()];
}

/** One rule for each resource named, with all verbs on it; Events, which every controller may make, come last. */
function rulesOfAccess(access: Controller["access"]): readonly PolicyRule[] {
  const verbs = new Map<string, string[]>();
  for (const [verb, targets] of Object.entries(access)) {
    for (const target of targets ?? []) {
      const key = targetKey(target);
      verbs.set(key, [...(verbs.get(key) ?? []), verb]);
    }
  }
  const rules = [...verbs].map(([key, list]) => {
    const [group, resource] = key.split(" ");
    return on(group!, resource!, list.sort().join(" "));
  });
  return [...rules, on("core events.k8s.io", "events", "create patch update")];
}

function targetKey(target: ResourceDefinition | SubresourceAccess): string {
  const { resource, subresource } = "resource" in target ? target : { resource: target, subresource: "" };
  return `${resource.group || "core"} ${resource.plural}${subresource && `/${subresource}`}`;
}

import { labelSelectorMatcher } from "#api/meta/v1/label-selector-match.ts";
import type { ClusterRole } from "#api/rbac.authorization.k8s.io/v1/cluster-role.ts";
import type { PolicyRule } from "#api/rbac.authorization.k8s.io/v1/rules.ts";
import { ruleText } from "./rules.ts";

/**
 * The aggregated ClusterRoles whose rules are not what they should be, with the right rules: those of every role that
 * one of their selectors picks, in the order of names, each once. Roles may aggregate roles that aggregate.
 */
export function aggregate(clusterRoles: readonly ClusterRole[]): readonly ClusterRole[] {
  const current = new Map(clusterRoles.map(role => [role.metadata.name ?? "", role]));
  const names = [...current.keys()].sort();
  const changed = new Set<string>();
  // Each round settles at least one more level; a cycle settles because rules are only ever united.
  for (let round = 0; round <= names.length; round++) {
    const before = changed.size;
    let again = false;
    for (const name of names) {
      const role = current.get(name)!;
      if (role.aggregationRule === undefined) continue;
      const rules = unitedRules(role, names, current);
      if (sameRules(rules, role.rules ?? [])) continue;
      current.set(name, { ...role, rules });
      changed.add(name);
      again = true;
    }
    if (!again && changed.size === before) break;
  }
  return [...changed].map(name => current.get(name)!);
}

function unitedRules(
  role: ClusterRole,
  names: readonly string[],
  roles: ReadonlyMap<string, ClusterRole>,
): readonly PolicyRule[] {
  const rules = new Map<string, PolicyRule>();
  for (const selector of role.aggregationRule?.clusterRoleSelectors ?? []) {
    const matches = labelSelectorMatcher(selector);
    for (const name of names) {
      if (name === role.metadata.name || !matches(roles.get(name)!.metadata.labels ?? {})) continue;
      for (const rule of roles.get(name)!.rules ?? []) rules.set(ruleText(rule), rule);
    }
  }
  return [...rules.values()];
}

function sameRules(a: readonly PolicyRule[], b: readonly PolicyRule[]): boolean {
  return a.length === b.length && a.every((rule, index) => ruleText(rule) === ruleText(b[index]!));
}

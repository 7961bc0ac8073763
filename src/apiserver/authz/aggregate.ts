import { aggregatedRules } from "#api/rbac.authorization.k8s.io/v1/aggregated-rules.ts";
import type { ClusterRole } from "#api/rbac.authorization.k8s.io/v1/cluster-role.ts";
import { jsonEqual } from "#base/json-equal.ts";

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
    let again = false;
    for (const name of names) {
      const role = current.get(name)!;
      if (role.aggregationRule === undefined) continue;
      const rules = aggregatedRules(role, current.values());
      if (jsonEqual(rules, role.rules ?? [])) continue;
      current.set(name, { ...role, rules });
      changed.add(name);
      again = true;
    }
    if (!again) break;
  }
  return [...changed].map(name => current.get(name)!);
}

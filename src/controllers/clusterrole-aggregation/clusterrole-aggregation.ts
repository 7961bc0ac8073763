import { labelSelectorMatcher } from "#api/meta/v1/label-selector-match.ts";
import { type ClusterRole, clusterRoles } from "#api/rbac.authorization.k8s.io/v1/cluster-role.ts";
import type { PolicyRule } from "#api/rbac.authorization.k8s.io/v1/rules.ts";
import { jsonEqual } from "#base/json-equal.ts";
import { keyOf } from "#client/client.ts";
import { defineController, done } from "#client/controller.ts";

/** **Makes true:** an aggregated ClusterRole has the rules of all that its selectors take, and no others. */
export const clusterRoleAggregationController = defineController({
  name: "clusterrole-aggregation-controller",
  makesTrue: "An aggregated ClusterRole has the rules of all ClusterRoles that its selectors take.",
  watches: [
    {
      resource: clusterRoles,
      keys: (_object, _old, cache) =>
        cache
          .list(clusterRoles)
          .filter(role => role.aggregationRule)
          .map(keyOf),
    },
  ],
  access: { get: [clusterRoles], list: [clusterRoles], watch: [clusterRoles], update: [clusterRoles] },
  workers: 1,

  async reconcile(key, { cache, client }) {
    const role = cache.get(clusterRoles, key);
    if (role?.aggregationRule === undefined) return done;
    const rules = aggregatedRules(role, cache.list(clusterRoles));
    if (!jsonEqual(rules, role.rules ?? [])) await client.update(clusterRoles, { ...role, rules });
    return done;
  },
});

/** Rules of the selected roles, selector by selector and in the order of names; equal ones once. */
export function aggregatedRules(role: ClusterRole, all: readonly ClusterRole[]): readonly PolicyRule[] {
  const byName = [...all].sort((a, b) => (a.metadata.name! < b.metadata.name! ? -1 : 1));
  const rules: PolicyRule[] = [];
  for (const selector of role.aggregationRule?.clusterRoleSelectors ?? []) {
    const matches = labelSelectorMatcher(selector);
    for (const other of byName) {
      if (other.metadata.name === role.metadata.name || !matches(other.metadata.labels)) continue;
      for (const rule of other.rules ?? []) if (!rules.some(known => jsonEqual(known, rule))) rules.push(rule);
    }
  }
  return rules;
}

import { aggregatedRules } from "#api/rbac.authorization.k8s.io/v1/aggregated-rules.ts";
import { clusterRoles } from "#api/rbac.authorization.k8s.io/v1/cluster-role.ts";
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

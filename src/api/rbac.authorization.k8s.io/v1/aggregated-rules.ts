import { jsonEqual } from "#base/json-equal.ts";
import { labelSelectorMatcher } from "../../meta/v1/label-selector-match.ts";
import type { ClusterRole } from "./cluster-role.ts";
import type { PolicyRule } from "./rules.ts";

/** The rules of the roles that an aggregated role selects: selector by selector, in the order of names, each once. */
export function aggregatedRules(role: ClusterRole, all: Iterable<ClusterRole>): readonly PolicyRule[] {
  const byName = [...all].sort((a, b) => ((a.metadata.name ?? "") < (b.metadata.name ?? "") ? -1 : 1));
  const rules: PolicyRule[] = [];
  for (const selector of role.aggregationRule?.clusterRoleSelectors ?? []) {
    const matches = labelSelectorMatcher(selector);
    for (const other of byName) {
      if (other.metadata.name === role.metadata.name || !matches(other.metadata.labels ?? {})) continue;
      for (const rule of other.rules ?? []) if (!rules.some(known => jsonEqual(known, rule))) rules.push(rule);
    }
  }
  return rules;
}

import { type ReplicaSet, replicaSets } from "#api/apps/v1/replica-set.ts";
import type { Pod } from "#api/core/v1/pod.ts";
import type { Service } from "#api/core/v1/service.ts";
import type { LabelSelector } from "#api/meta/v1/label-selector.ts";
import type { Informer } from "#client/informer.ts";

/** What a pod's Services select and its ReplicaSet selects, together; undefined when there is neither. */
export function defaultSelectorOf(
  pod: Pod,
  services: Informer<Service>,
  sets: Informer<ReplicaSet>,
): LabelSelector | undefined {
  const { namespace = "", labels = {}, ownerReferences = [] } = pod.metadata;
  const matchLabels: Record<string, string> = {};
  for (const { spec } of services.list(namespace)) {
    const selector = Object.entries(spec.selector ?? {});
    if (selector.length > 0 && selector.every(([key, value]) => labels[key] === value)) {
      Object.assign(matchLabels, spec.selector);
    }
  }
  const owner = ownerReferences.find(each => each.controller && each.kind === replicaSets.kind);
  const own = owner && sets.get(`${namespace}/${owner.name}`)?.spec.selector;
  Object.assign(matchLabels, own?.matchLabels);
  const matchExpressions = own?.matchExpressions ?? [];
  if (Object.keys(matchLabels).length === 0 && matchExpressions.length === 0) return undefined;
  return { matchLabels, matchExpressions };
}

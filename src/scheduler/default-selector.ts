import { type ReplicaSet, replicaSets } from "#api/apps/v1/replica-set.ts";
import type { Pod } from "#api/core/v1/pod.ts";
import { type ReplicationController, replicationControllers } from "#api/core/v1/replication-controller.ts";
import type { Service } from "#api/core/v1/service.ts";
import { controllerOf } from "#api/meta/v1/controller-of.ts";
import type { LabelSelector } from "#api/meta/v1/label-selector.ts";
import { apiVersionOf } from "#api/resource.ts";
import type { Informer } from "#client/informer.ts";

/** Where the groups are known that a pod may be one of. */
export interface GroupSources {
  readonly services: Pick<Informer<Service>, "list">;
  readonly replicaSets: Pick<Informer<ReplicaSet>, "get">;
  readonly replicationControllers: Pick<Informer<ReplicationController>, "get">;
}

/** What a pod's Services select and the set that it belongs to selects, together; undefined when there is neither. */
export function defaultSelectorOf(pod: Pod, sources: GroupSources): LabelSelector | undefined {
  const { namespace = "", labels = {} } = pod.metadata;
  const matchLabels: Record<string, string> = {};
  for (const { spec } of sources.services.list(namespace)) {
    const selector = Object.entries(spec.selector ?? {});
    if (selector.length > 0 && selector.every(([key, value]) => labels[key] === value)) {
      Object.assign(matchLabels, spec.selector);
    }
  }
  const own = selectorOfOwner(pod, sources);
  Object.assign(matchLabels, own?.matchLabels);
  const matchExpressions = own?.matchExpressions ?? [];
  if (Object.keys(matchLabels).length === 0 && matchExpressions.length === 0) return undefined;
  return { matchLabels, matchExpressions };
}

function selectorOfOwner(pod: Pod, sources: GroupSources): LabelSelector | undefined {
  const owner = controllerOf(pod);
  const isOf = (definition: typeof replicaSets | typeof replicationControllers) =>
    owner?.kind === definition.kind && owner.apiVersion === apiVersionOf(definition);
  const key = `${pod.metadata.namespace}/${owner?.name}`;
  if (isOf(replicaSets)) return sources.replicaSets.get(key)?.spec.selector;
  if (!isOf(replicationControllers)) return undefined;
  return { matchLabels: sources.replicationControllers.get(key)?.spec.selector ?? {} };
}

import { type Pod, pods } from "#api/core/v1/pod.ts";
import { type Service, services } from "#api/core/v1/service.ts";
import { findCondition } from "#api/meta/v1/find-condition.ts";
import type { KubernetesObject } from "#api/resource.ts";
import { jsonEqual } from "#base/json-equal.ts";
import { keyOf } from "#client/client.ts";
import type { Cache } from "#client/controller.ts";

export function podsSelectedBy(service: Service, cache: Cache): readonly Pod[] {
  return cache.list(pods, service.metadata.namespace).filter(pod => selects(service, pod));
}

/** Services that select the pod, or did before; none when nothing that endpoints are made of changed. */
export function servicesSelecting(
  object: KubernetesObject,
  before: KubernetesObject | undefined,
  cache: Cache,
): readonly string[] {
  const pod = object as Pod;
  const old = before as Pod | undefined;
  const gone = cache.get(pods, keyOf(pod)) === undefined;
  if (old !== undefined && !gone && jsonEqual(facts(pod), facts(old))) return [];
  return cache
    .list(services, pod.metadata.namespace)
    .filter(service => selects(service, pod) || (old !== undefined && selects(service, old)))
    .map(keyOf);
}

function selects(service: Service, pod: Pod): boolean {
  const selector = service.spec.selector;
  if (selector === undefined) return false;
  let terms = 0;
  for (const key in selector) {
    if (pod.metadata.labels?.[key] !== selector[key]) return false;
    terms++;
  }
  return terms > 0;
}

function facts({ metadata, spec, status }: Pod): readonly unknown[] {
  return [
    metadata.uid,
    metadata.labels,
    metadata.deletionTimestamp,
    spec.nodeName,
    spec.hostname,
    spec.subdomain,
    status?.phase,
    status?.podIP,
    status?.podIPs,
    findCondition(status?.conditions, "Ready")?.status,
  ];
}

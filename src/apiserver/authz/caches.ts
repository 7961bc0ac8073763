import type { KubernetesObject, ResourceDefinition } from "#api/resource.ts";
import type { WatchCache } from "../watch-cache/watch-cache.ts";

/** The watch cache of each stored resource: what authentication, authorization and admission know of the cluster. */
export interface Caches {
  of<T extends KubernetesObject>(definition: ResourceDefinition<T>): WatchCache<T>;
}

import { codecOf } from "#api/codec/codec.ts";
import type { KubernetesObject, ResourceDefinition } from "#api/resource.ts";
import type { DisposalStack } from "#base/disposal.ts";
import type { Caches } from "./authz/caches.ts";
import type { ApiServerDeps } from "./options.ts";
import { createWatchCache } from "./watch-cache/create.ts";
import type { WatchCache } from "./watch-cache/watch-cache.ts";

/** Opens the watch cache of every resource, all at once; they close with `opened`. */
export async function openCaches(
  { kv, clock, log }: ApiServerDeps,
  definitions: readonly ResourceDefinition[],
  opened: DisposalStack,
): Promise<Caches> {
  const entries = await Promise.all(
    definitions.map(async definition => {
      const cache = opened.use(await createWatchCache({ kv, clock, log, codecOf }, definition));
      return [definition, cache] as const;
    }),
  );
  const caches = new Map<ResourceDefinition, WatchCache>(entries);
  return {
    of: <T extends KubernetesObject>(definition: ResourceDefinition<T>) =>
      caches.get(definition as unknown as ResourceDefinition) as unknown as WatchCache<T>,
  };
}

import { codecOf } from "#api/codec/codec.ts";
import type { KubernetesObject, ResourceDefinition } from "#api/resource.ts";
import type { DisposalStack } from "#base/disposal.ts";
import type { Caches } from "./authz/caches.ts";
import type { ApiServerDeps } from "./options.ts";
import { convertedCache } from "./watch-cache/converted.ts";
import { createWatchCache } from "./watch-cache/create.ts";
import type { WatchCache } from "./watch-cache/watch-cache.ts";

/**
 * Opens the watch cache of every resource, all at once; they close with `opened`. A kind that is stored as another
 * version's is a view of that one's cache.
 */
export async function openCaches(
  { kv, clock, log }: ApiServerDeps,
  definitions: readonly ResourceDefinition[],
  opened: DisposalStack,
): Promise<Caches> {
  const caches = new Map<ResourceDefinition, WatchCache>();
  const stored = definitions.filter(definition => definition.convert === undefined);
  await Promise.all(
    stored.map(async definition => {
      caches.set(definition, opened.use(await createWatchCache({ kv, clock, log, codecOf }, definition)));
    }),
  );
  for (const definition of definitions) {
    const hub = definition.convert && caches.get(definition.convert.hub);
    if (hub !== undefined) caches.set(definition, convertedCache(hub, definition, codecOf(definition)));
  }
  return {
    of: <T extends KubernetesObject>(definition: ResourceDefinition<T>) => caches.get(definition) as WatchCache<T>,
  };
}

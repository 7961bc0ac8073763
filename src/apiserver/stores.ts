import { services } from "#api/core/v1/service.ts";
import type { KubernetesObject, ResourceDefinition } from "#api/resource.ts";
import type { DisposalStack } from "#base/disposal.ts";
import type { AdmissionPlugin } from "./attributes.ts";
import type { TokenRequestDeps } from "./authn/token-request.ts";
import { fieldManagerOf } from "./managed-fields/field-manager.ts";
import type { ApiServerDeps, ApiServerOptions } from "./options.ts";
import { createLeases } from "./registry/leases.ts";
import { createRegistries } from "./registry/list.ts";
import { ObjectStore } from "./registry/object-store.ts";

export interface StoresDeps
  extends Pick<
      ApiServerDeps,
      "kv" | "clock" | "random" | "recorder" | "connectToNode" | "connectToAddress" | "acceptWebSocket"
    >,
    TokenRequestDeps {
  readonly admission: readonly AdmissionPlugin[];
}

export interface Stores {
  /** By path; undefined for a resource that is not served. */
  at(group: string, version: string, plural: string): ObjectStore | undefined;
  of<T extends KubernetesObject>(definition: ResourceDefinition<T>): ObjectStore<T>;
}

/** One object store for each resource, with its registry where it has one. */
export function openStores(
  deps: StoresDeps,
  options: Pick<ApiServerOptions, "serviceClusterIpRange" | "serviceNodePortRange">,
  definitions: readonly ResourceDefinition[],
  opened: DisposalStack,
): Stores {
  const { kv, clock, random, recorder, caches, admission } = deps;
  const stores = new Map<string, ObjectStore>();
  const of = <T extends KubernetesObject>(definition: ResourceDefinition<T>) =>
    stores.get(pathKey(definition)) as ObjectStore<T>;
  const registries = opened.use(
    createRegistries(
      {
        ...deps,
        connectToAddress: deps.connectToAddress,
        storeOf: of,
        afterWrites(then) {
          caches.of(services).waitFor(kv.currentRevision(), 10_000).then(then, then);
        },
      },
      { clusterIpRange: options.serviceClusterIpRange, nodePortRange: options.serviceNodePortRange },
    ),
  );
  const leases = createLeases({ kv, clock });
  for (const definition of definitions) {
    const store = new ObjectStore(definition, {
      kv,
      clock,
      random,
      recorder,
      leases,
      admission,
      cache: caches.of(definition),
      fieldManager: fieldManagerOf(definition),
      registry: registries.all.find(registry => registry.definition === definition),
    });
    stores.set(pathKey(definition), store);
  }
  return { of, at: (group, version, plural) => stores.get(pathKey({ group, version, plural })) };
}

/** How a path names a resource. */
export function pathKey({ group, version, plural }: { group: string; version: string; plural: string }): string {
  return `${group}/${version}/${plural}`;
}

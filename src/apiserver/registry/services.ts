import { type Service, services } from "#api/core/v1/service.ts";
import type { FieldError } from "#api/field-error.ts";
import { invalid } from "#api/status.ts";
import type { WatchCache } from "../watch-cache/watch-cache.ts";
import { type AddressProxyDeps, serviceProxy } from "./address-proxy.ts";
import type { Registry } from "./registry.ts";
import { ServiceAllocator, type ServiceAllocatorOptions, Taken } from "./service-allocator.ts";
import { keepAllocations, needsNodePorts, singleStack } from "./service-fields.ts";
import { ServiceUsage } from "./service-usage.ts";

export interface ServiceRegistryDeps extends AddressProxyDeps {
  readonly cache: WatchCache<Service>;
  /** Runs `then` once the cache knows every write acknowledged so far. */
  afterWrites(then: () => void): void;
}

export interface ServiceRegistry extends Registry<Service>, Disposable {}

/** Services get an address for life, and node ports while their type needs them. */
export function serviceRegistry(deps: ServiceRegistryDeps, options: ServiceAllocatorOptions): ServiceRegistry {
  const usage = new ServiceUsage(deps.cache);
  const allocator = new ServiceAllocator({ usage, random: deps.random }, options);

  return {
    definition: services,
    returnsDeletedObject: true,
    subresources: { proxy: request => serviceProxy(deps, request) },

    prepare(service, old, { dryRun }) {
      const taken = new Taken();
      keepAllocations(service, old);
      const errors: FieldError[] = [];
      if (service.spec.type !== "ExternalName") {
        singleStack(service);
        const error = allocator.takeAddress(taken, service, old);
        if (error !== undefined) errors.push(error);
      }
      if (needsNodePorts(service as Service)) errors.push(...allocator.takeNodePorts(taken, service, old));
      if (errors.length === 0) return () => (dryRun ? taken.giveBack() : deps.afterWrites(() => taken.giveBack()));
      taken.giveBack();
      throw invalid(services, service.metadata.name ?? "", errors);
    },

    [Symbol.dispose]: () => usage[Symbol.dispose](),
  };
}

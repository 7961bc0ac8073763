import { deployments } from "#api/apps/v1/deployment.ts";
import { replicaSets } from "#api/apps/v1/replica-set.ts";
import { replicationControllers } from "#api/core/v1/replication-controller.ts";
import { services } from "#api/core/v1/service.ts";
import { podDisruptionBudgets } from "#api/policy/v1/pod-disruption-budget.ts";
import type { KubernetesObject, ResourceDefinition } from "#api/resource.ts";
import type { TokenRequestDeps } from "../authn/token-request.ts";
import type { AddressProxyDeps } from "./address-proxy.ts";
import { namespaceRegistry } from "./namespaces.ts";
import { type NodeRegistryDeps, nodeRegistry } from "./nodes.ts";
import type { ObjectStore } from "./object-store.ts";
import { podRegistry } from "./pods.ts";
import { type Registry, registryOf } from "./registry.ts";
import { scalableRegistry } from "./scale.ts";
import { serviceAccountRegistry } from "./service-accounts.ts";
import type { ServiceAllocatorOptions } from "./service-allocator.ts";
import { type ServiceRegistry, serviceRegistry } from "./services.ts";

export interface RegistriesDeps extends TokenRequestDeps, NodeRegistryDeps, AddressProxyDeps {
  storeOf<T extends KubernetesObject>(definition: ResourceDefinition<T>): ObjectStore<T>;
  afterWrites(then: () => void): void;
}

export interface Registries extends Disposable {
  readonly all: readonly Registry[];
}

/** Every resource that does more than its definition says. */
export function createRegistries(deps: RegistriesDeps, options: ServiceAllocatorOptions): Registries {
  const ofServices: ServiceRegistry = serviceRegistry({ ...deps, cache: deps.caches.of(services) }, options);
  return {
    all: [
      registryOf(namespaceRegistry),
      registryOf(nodeRegistry(deps)),
      registryOf(podRegistry({ ...deps, budgets: () => deps.storeOf(podDisruptionBudgets) })),
      registryOf(ofServices),
      registryOf(serviceAccountRegistry(deps)),
      registryOf(scalableRegistry(deployments, ({ spec }) => spec.selector)),
      registryOf(scalableRegistry(replicaSets, ({ spec }) => spec.selector)),
      registryOf(scalableRegistry(replicationControllers, ({ spec }) => ({ matchLabels: spec.selector }))),
    ],
    [Symbol.dispose]: () => ofServices[Symbol.dispose](),
  };
}

import { type Pod, pods } from "#api/core/v1/pod.ts";
import { validateEphemeralContainersUpdate } from "#api/core/v1/pod-validation.ts";
import type { PodDisruptionBudget } from "#api/policy/v1/pod-disruption-budget.ts";
import type { KubernetesObject, Mutable } from "#api/resource.ts";
import { invalid } from "#api/status.ts";
import { patchEndpoint } from "../endpoints/patch.ts";
import { getObject } from "../endpoints/read.ts";
import { updateEndpoint } from "../endpoints/update.ts";
import { type AddressProxyDeps, podProxy } from "./address-proxy.ts";
import { evictPod } from "./eviction.ts";
import type { ObjectStore } from "./object-store.ts";
import { bindPod } from "./pod-binding.ts";
import { type PodStreamDeps, podLog, podPortForward, podStream } from "./pod-location.ts";
import type { Registry, SubresourceHandler } from "./registry.ts";

export interface PodRegistryDeps extends PodStreamDeps, AddressProxyDeps {
  budgets(): ObjectStore<PodDisruptionBudget>;
}

/** Pods end gracefully, are bound, evicted, and reached through their node's kubelet. */
export function podRegistry(deps: PodRegistryDeps): Registry<Pod> {
  return {
    definition: pods,
    returnsDeletedObject: true,

    gracePeriodSeconds({ spec, status }, options) {
      // Nothing runs yet, or any more: there is nobody to wait for.
      if (!spec.nodeName || status?.phase === "Succeeded" || status?.phase === "Failed") return 0;
      const asked = options.gracePeriodSeconds ?? spec.terminationGracePeriodSeconds ?? 30;
      return asked < 0 ? 1 : asked;
    },

    subresources: {
      binding: bindPod,
      eviction: request => evictPod(deps.budgets, request),
      ephemeralcontainers: specPart(keepAllButEphemeralContainers),
      resize: specPart(keepAllButResources),
      log: request => podLog(deps, request),
      exec: request => podStream(deps, request, "exec"),
      attach: request => podStream(deps, request, "attach"),
      proxy: request => podProxy(deps, request),
      portforward: request => podPortForward(deps, request),
    },
  };
}

type Restrict = (object: Mutable<Pod>, old: Pod) => void;

/** Subresources through which a field of the spec changes that is fixed otherwise, and nothing else. */
function specPart(restrict: Restrict): SubresourceHandler<Pod> {
  const untypedRestrict = restrict as unknown as (object: Mutable<KubernetesObject>, old: KubernetesObject) => void;
  return async ({ exchange, store }) => {
    const untyped = store as unknown as ObjectStore;
    if (exchange.info.verb === "get") return getObject(untyped, exchange);
    if (exchange.info.verb === "patch") return patchEndpoint(untyped, exchange, "whole", untypedRestrict);
    return updateEndpoint(untyped, exchange, "whole", untypedRestrict);
  };
}

/** Ephemeral containers can be added, never changed or taken away. */
const keepAllButEphemeralContainers: Restrict = (object, old) => {
  const { ephemeralContainers = [] } = object.spec as Pod["spec"];
  const changed = { spec: { ...old.spec, ephemeralContainers }, status: old.status };
  const errors = validateEphemeralContainersUpdate({ ...old, ...changed }, old);
  if (errors.length > 0) throw invalid(pods, old.metadata.name ?? "", errors);
  Object.assign(object, changed);
};

/** Of each container only the resources change. */
const keepAllButResources: Restrict = (object, old) => {
  const wanted = new Map(object.spec.containers.map(({ name, resources }) => [name, resources]));
  const containers = old.spec.containers.map(container => ({
    ...container,
    resources: wanted.get(container.name) ?? container.resources,
  }));
  Object.assign(object, { spec: { ...old.spec, containers }, status: old.status });
};

import { type Endpoints, endpoints } from "#api/core/v1/endpoints.ts";
import { pods } from "#api/core/v1/pod.ts";
import { type Service, services } from "#api/core/v1/service.ts";
import { jsonEqual } from "#base/json-equal.ts";
import { parseKey } from "#client/client.ts";
import { defineController, done } from "#client/controller.ts";
import { isHeadless } from "../shared/endpoints-of-service.ts";
import { podsSelectedBy, servicesSelecting } from "../shared/services.ts";
import { unlessGone } from "../shared/writes.ts";
import { planSubsets } from "./plan-subsets.ts";

const managedByLabel = "endpoints.kubernetes.io/managed-by";
const manager = "endpoint-controller";
const headlessLabel = "service.kubernetes.io/headless";
const overCapacityAnnotation = "endpoints.kubernetes.io/over-capacity";

/** **Makes true:** the Endpoints of a Service with a selector list the pods that it selects, for clients of old. */
export const endpointsController = defineController({
  name: "endpoint-controller",
  makesTrue: "The Endpoints object of a Service with a selector lists the pods that it selects.",
  reconciles: services,
  watches: [
    { resource: pods, keys: servicesSelecting },
    { resource: endpoints, keys: ({ metadata }) => [`${metadata.namespace}/${metadata.name}`] },
  ],
  access: {
    get: [pods, services, endpoints],
    list: [pods, services, endpoints],
    watch: [pods, services, endpoints],
    create: [endpoints],
    update: [endpoints],
    delete: [endpoints],
  },

  async reconcile(key, { cache, client }) {
    const service = cache.get(services, key);
    const existing = cache.get(endpoints, key);
    if (service === undefined) {
      // Only what was made here goes with its Service: others keep Endpoints of their own, leader election did.
      if (existing?.metadata.labels?.[managedByLabel] !== manager) return done;
      await unlessGone(client.delete(endpoints, parseKey(key), { preconditions: { uid: existing.metadata.uid } }));
      return done;
    }
    if (service.spec.type === "ExternalName" || !service.spec.selector) return done;
    const wanted = endpointsOf(service, existing, planSubsets(service, podsSelectedBy(service, cache)));
    if (existing === undefined) await client.create(endpoints, wanted);
    else if (!isSame(existing, wanted)) await client.update(endpoints, wanted);
    return done;
  },
});

function endpointsOf(
  service: Service,
  existing: Endpoints | undefined,
  { subsets, truncated }: ReturnType<typeof planSubsets>,
): Endpoints {
  const { name, namespace } = service.metadata;
  const headless = isHeadless(service) && { [headlessLabel]: "" };
  const labels = { ...service.metadata.labels, [managedByLabel]: manager, ...headless };
  const { [overCapacityAnnotation]: _, ...annotations } = { ...existing?.metadata.annotations };
  if (truncated) annotations[overCapacityAnnotation] = "truncated";
  return { metadata: { ...existing?.metadata, name, namespace, labels, annotations }, subsets };
}

function isSame(a: Endpoints, b: Endpoints): boolean {
  return (
    jsonEqual(a.subsets ?? [], b.subsets ?? []) &&
    jsonEqual(a.metadata.labels ?? {}, b.metadata.labels ?? {}) &&
    jsonEqual(a.metadata.annotations ?? {}, b.metadata.annotations ?? {})
  );
}

import { nodes } from "#api/core/v1/node.ts";
import { pods } from "#api/core/v1/pod.ts";
import { type Service, services } from "#api/core/v1/service.ts";
import { type EndpointSlice, endpointSlices } from "#api/discovery.k8s.io/v1/endpoint-slice.ts";
import { isNotFound } from "#api/status.ts";
import { jsonEqual } from "#base/json-equal.ts";
import { keyOf, parseKey } from "#client/client.ts";
import { defineController, done, type ReconcileContext } from "#client/controller.ts";
import {
  type AddressType,
  addressTypesOf,
  endpointGroups,
  isHeadless,
  type PortGroup,
} from "../shared/endpoints-of-service.ts";
import { controllerReference } from "../shared/owners.ts";
import { podsSelectedBy, servicesSelecting } from "../shared/services.ts";
import { planSlices, type SliceUpdate } from "./plan-slices.ts";

const serviceNameLabel = "kubernetes.io/service-name";
const managedByLabel = "endpointslice.kubernetes.io/managed-by";
const headlessLabel = "service.kubernetes.io/headless";
const manager = "endpointslice-controller.k8s.io";

/** **Makes true:** the EndpointSlices of a Service with a selector list the pods that it selects. */
export const endpointSliceController = defineController({
  name: "endpointslice-controller",
  makesTrue: "The EndpointSlices of a Service with a selector list the pods that it selects.",
  reconciles: services,
  owns: [endpointSlices],
  watches: [{ resource: pods, keys: servicesSelecting }],
  access: {
    get: [nodes, pods, services],
    list: [nodes, pods, services, endpointSlices],
    watch: [nodes, pods, services, endpointSlices],
    create: [endpointSlices],
    update: [endpointSlices],
    delete: [endpointSlices],
  },

  async reconcile(key, context) {
    const { cache } = context;
    const service = cache.get(services, key);
    // The slices of a Service that is gone are garbage of their owner.
    if (service === undefined || service.metadata.deletionTimestamp) return done;
    if (service.spec.type === "ExternalName" || !service.spec.selector) return done;
    const selected = podsSelectedBy(service, cache);
    const owned = cache.ownedBy(endpointSlices, service.metadata.uid ?? "").filter(isManaged);
    const types = addressTypesOf(service);
    for (const type of types) {
      const groups = endpointGroups(service, selected, type, name => cache.get(nodes, name));
      await writeSlices(
        service,
        type,
        groups,
        owned.filter(slice => slice.addressType === type),
        context,
      );
    }
    for (const slice of owned) if (!types.includes(slice.addressType as AddressType)) await remove(slice, context);
    return done;
  },
});

function isManaged(slice: EndpointSlice): boolean {
  return slice.metadata.labels?.[managedByLabel] === manager && !slice.metadata.deletionTimestamp;
}

async function writeSlices(
  service: Service,
  type: AddressType,
  groups: readonly PortGroup[],
  existing: readonly EndpointSlice[],
  context: ReconcileContext,
): Promise<void> {
  const plan = planSlices(groups, existing);
  const labels = labelsOf(service);
  for (const group of plan.create) await context.client.create(endpointSlices, newSlice(service, type, group, labels));
  for (const change of plan.update) await update(change, labels, context);
  for (const slice of plan.delete) await remove(slice, context);
  const untouched = existing.filter(
    slice => !plan.delete.includes(slice) && !plan.update.some(change => change.slice === slice),
  );
  for (const slice of untouched) {
    if (jsonEqual(slice.metadata.labels, labels)) continue;
    await update({ slice, ports: slice.ports ?? [], endpoints: slice.endpoints }, labels, context);
  }
}

function labelsOf(service: Service): Readonly<Record<string, string>> {
  return {
    ...service.metadata.labels,
    [serviceNameLabel]: service.metadata.name ?? "",
    [managedByLabel]: manager,
    ...(isHeadless(service) && { [headlessLabel]: "" }),
  };
}

function newSlice(
  service: Service,
  addressType: AddressType,
  { ports, endpoints }: PortGroup,
  labels: Readonly<Record<string, string>>,
): EndpointSlice {
  const { name, namespace } = service.metadata;
  const ownerReferences = [controllerReference(services, service)];
  return { metadata: { generateName: `${name}-`, namespace, labels, ownerReferences }, addressType, endpoints, ports };
}

async function update(
  { slice, ports, endpoints }: SliceUpdate,
  labels: Readonly<Record<string, string>>,
  { client }: ReconcileContext,
): Promise<void> {
  await client.update(endpointSlices, { ...slice, metadata: { ...slice.metadata, labels }, ports, endpoints });
}

async function remove(slice: EndpointSlice, { client }: ReconcileContext): Promise<void> {
  try {
    await client.delete(endpointSlices, parseKey(keyOf(slice)), { preconditions: { uid: slice.metadata.uid } });
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}

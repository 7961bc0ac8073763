import { age, fewOf } from "../../columns.ts";
import { defineResource, type KubernetesObject, type ResourceDefinition } from "../../resource.ts";
import { int32, list, message, oneOf, type StructOf, string, struct, type TypeOf } from "../../schema.ts";
import { validateEndpoints } from "./endpoints-validation.ts";
import { objectReference } from "./reference.ts";

export const endpointAddress = struct(
  "io.k8s.api.core.v1.EndpointAddress",
  {
    ip: string(1, { doc: "The address." }),
    hostname: string(3, { optional: true, doc: "The name of this endpoint below the Service's." }),
    nodeName: string(4, { optional: true, pointer: true, doc: "The node it is on." }),
    targetRef: message(2, objectReference, { optional: true, pointer: true, doc: "The pod behind it." }),
  },
  { mapType: "atomic" },
);
export interface EndpointAddress extends TypeOf<typeof endpointAddress> {}

export const endpointPort = struct(
  "io.k8s.api.core.v1.EndpointPort",
  {
    name: string(1, { optional: true, doc: "The Service port's name." }),
    port: int32(2, { doc: "The port's number." }),
    protocol: oneOf(3, ["TCP", "UDP", "SCTP"], { optional: true, default: "TCP", doc: "Its protocol." }),
    appProtocol: string(4, { optional: true, pointer: true, doc: "What is spoken over it." }),
  },
  { mapType: "atomic" },
);
export interface EndpointPort extends TypeOf<typeof endpointPort> {}

export const endpointSubset = struct("io.k8s.api.core.v1.EndpointSubset", {
  addresses: list(1, endpointAddress, { optional: true, listType: "atomic", doc: "Addresses that are ready." }),
  notReadyAddresses: list(2, endpointAddress, {
    optional: true,
    listType: "atomic",
    doc: "Addresses that are not ready.",
  }),
  ports: list(3, endpointPort, { optional: true, listType: "atomic", doc: "Ports of these addresses." }),
});
export interface EndpointSubset extends TypeOf<typeof endpointSubset> {}

const fields = {
  subsets: list(2, endpointSubset, {
    optional: true,
    listType: "atomic",
    doc: "Groups of addresses that share their ports.",
  }),
};

export interface Endpoints extends KubernetesObject, StructOf<typeof fields> {}

export const endpoints: ResourceDefinition<Endpoints> = defineResource({
  group: "",
  version: "v1",
  kind: "Endpoints",
  plural: "endpoints",
  deprecation: "v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice",
  shortNames: ["ep"],
  scope: "Namespaced",
  doc: "The addresses behind a service, in the older form; endpoint slices say more.",
  allowCreateOnUpdate: true,
  storagePrefix: "services/endpoints",

  fields,

  columns: [{ name: "Endpoints", type: "string", doc: "Ready addresses with their ports.", value: endpointsText }, age],
  validate: validateEndpoints,
});

function endpointsText({ subsets = [] }: Endpoints): string {
  const addresses = subsets.flatMap(({ addresses = [], ports = [] }) =>
    ports.length === 0
      ? addresses.map(({ ip }) => ip)
      : ports.flatMap(({ port }) =>
          addresses.map(({ ip }) => (ip.includes(":") ? `[${ip}]:${port}` : `${ip}:${port}`)),
        ),
  );
  return fewOf(addresses, 3, "<none>");
}

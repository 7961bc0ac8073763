import { age, fewOf } from "../../columns.ts";
import { objectReference } from "../../core/v1/reference.ts";
import { defineResource, type KubernetesObject, type ResourceDefinition } from "../../resource.ts";
import {
  boolean,
  int32,
  list,
  map,
  message,
  oneOf,
  type StructOf,
  string,
  strings,
  struct,
  type TypeOf,
} from "../../schema.ts";
import { validateEndpointSlice } from "./endpoint-slice-validation.ts";

export const endpointConditions = struct("io.k8s.api.discovery.v1.EndpointConditions", {
  ready: boolean(1, { optional: true, pointer: true, doc: "True: it may be sent traffic." }),
  serving: boolean(2, { optional: true, pointer: true, doc: "True: it could answer, also while it ends." }),
  terminating: boolean(3, { optional: true, pointer: true, doc: "True: it is about to end." }),
});
export interface EndpointConditions extends TypeOf<typeof endpointConditions> {}

export const forZone = struct("io.k8s.api.discovery.v1.ForZone", {
  name: string(1, { doc: "The zone." }),
});
export interface ForZone extends TypeOf<typeof forZone> {}

export const forNode = struct("io.k8s.api.discovery.v1.ForNode", {
  name: string(1, { doc: "The node." }),
});
export interface ForNode extends TypeOf<typeof forNode> {}

export const endpointHints = struct("io.k8s.api.discovery.v1.EndpointHints", {
  forZones: list(1, forZone, { optional: true, listType: "atomic", doc: "Zones whose traffic it should take." }),
  forNodes: list(2, forNode, { optional: true, listType: "atomic", doc: "Nodes whose traffic it should take." }),
});
export interface EndpointHints extends TypeOf<typeof endpointHints> {}

export const endpoint = struct("io.k8s.api.discovery.v1.Endpoint", {
  addresses: list(1, strings, { listType: "set", doc: "Addresses of the endpoint." }),
  conditions: message(2, endpointConditions, { optional: true, doc: "Whether it is ready, serving, terminating." }),
  hostname: string(3, { optional: true, pointer: true, doc: "Its host name." }),
  targetRef: message(4, objectReference, {
    optional: true,
    pointer: true,
    doc: "The object behind it, such as a pod.",
  }),
  deprecatedTopology: map(5, strings, { optional: true, doc: "Where it is, as older versions of the API said it." }),
  nodeName: string(6, { optional: true, pointer: true, doc: "The node it is on." }),
  zone: string(7, { optional: true, pointer: true, doc: "The zone it is in." }),
  hints: message(8, endpointHints, { optional: true, pointer: true, doc: "Whose traffic it should take." }),
});
export interface Endpoint extends TypeOf<typeof endpoint> {}

export const endpointPort = struct(
  "io.k8s.api.discovery.v1.EndpointPort",
  {
    name: string(1, { optional: true, default: "", pointer: true, doc: "The Service port's name." }),
    protocol: oneOf(2, ["TCP", "UDP", "SCTP"], { optional: true, default: "TCP", pointer: true, doc: "Its protocol." }),
    port: int32(3, { optional: true, pointer: true, doc: "The port's number." }),
    appProtocol: string(4, { optional: true, pointer: true, doc: "What is spoken over it." }),
  },
  { mapType: "atomic" },
);
export interface EndpointPort extends TypeOf<typeof endpointPort> {}

const fields = {
  addressType: oneOf(4, ["IPv4", "IPv6", "FQDN"], { doc: "Kind of all addresses here: IPv4, IPv6 or FQDN." }),
  endpoints: list(2, endpoint, { listType: "atomic", doc: "The endpoints." }),
  ports: list(3, endpointPort, { listType: "atomic", doc: "Ports that each endpoint offers." }),
};

export interface EndpointSlice extends KubernetesObject, StructOf<typeof fields> {}

export const endpointSlices: ResourceDefinition<EndpointSlice> = defineResource({
  group: "discovery.k8s.io",
  version: "v1",
  kind: "EndpointSlice",
  plural: "endpointslices",
  scope: "Namespaced",
  doc: "Some of the addresses behind a service, with the state of each.",
  hasGeneration: true,

  fields,

  columns: [
    { name: "AddressType", type: "string", doc: "Kind of address.", value: slice => slice.addressType },
    {
      name: "Ports",
      type: "string",
      doc: "Ports of every endpoint.",
      value: ({ ports }) =>
        fewOf(
          (ports ?? []).map(({ port }) => (port === undefined ? "*" : `${port}`)),
          3,
          "<unset>",
        ),
    },
    {
      name: "Endpoints",
      type: "string",
      doc: "Addresses, ready or not.",
      value: ({ endpoints }) =>
        fewOf(
          (endpoints ?? []).flatMap(({ addresses }) => addresses),
          3,
          "<unset>",
        ),
    },
    age,
  ],
  validate: validateEndpointSlice,
});

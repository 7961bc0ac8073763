import { defineResource, type ObjectOf } from "../../resource.ts";
import { int32, list, message, oneOf, string, struct, type TypeOf } from "../../schema.ts";
import { objectReference } from "./reference.ts";

export const endpointAddress = struct(
  "io.k8s.api.core.v1.EndpointAddress",
  {
    ip: string(1),
    hostname: string(3, { optional: true }),
    nodeName: string(4, { optional: true, pointer: true }),
    targetRef: message(2, objectReference, { optional: true, pointer: true }),
  },
  { mapType: "atomic" },
);
export interface EndpointAddress extends TypeOf<typeof endpointAddress> {}

export const endpointPort = struct(
  "io.k8s.api.core.v1.EndpointPort",
  {
    name: string(1, { optional: true }),
    port: int32(2),
    protocol: oneOf(3, ["TCP", "UDP", "SCTP"], { optional: true }),
    appProtocol: string(4, { optional: true, pointer: true }),
  },
  { mapType: "atomic" },
);
export interface EndpointPort extends TypeOf<typeof endpointPort> {}

export const endpointSubset = struct("io.k8s.api.core.v1.EndpointSubset", {
  addresses: list(1, endpointAddress, { optional: true, listType: "atomic" }),
  notReadyAddresses: list(2, endpointAddress, { optional: true, listType: "atomic" }),
  ports: list(3, endpointPort, { optional: true, listType: "atomic" }),
});
export interface EndpointSubset extends TypeOf<typeof endpointSubset> {}

export const endpoints = defineResource({
  group: "",
  version: "v1",
  kind: "Endpoints",
  plural: "endpoints",
  shortNames: ["ep"],
  scope: "Namespaced",
  doc: "",

  fields: {
    subsets: list(2, endpointSubset, { optional: true, listType: "atomic" }),
  },

  columns: [
    { name: "Endpoints", type: "string", value: () => null },
    { name: "Age", type: "string", value: () => null },
  ],
});
export interface Endpoints extends ObjectOf<typeof endpoints> {}

import { defineType, type ObjectOf } from "../../resource.ts";
import { boolean, list, message, string, strings, struct, type TypeOf } from "../../schema.ts";

export const serverAddressByClientCIDR = struct("io.k8s.apimachinery.pkg.apis.meta.v1.ServerAddressByClientCIDR", {
  clientCIDR: string(1),
  serverAddress: string(2),
});
export interface ServerAddressByClientCIDR extends TypeOf<typeof serverAddressByClientCIDR> {}

export const apiVersionsType = defineType({
  group: "",
  version: "v1",
  kind: "APIVersions",
  name: "io.k8s.apimachinery.pkg.apis.meta.v1.APIVersions",
  doc: "Versions of the core API.",
  fields: {
    versions: list(1, strings, { listType: "atomic" }),
    serverAddressByClientCIDRs: list(2, serverAddressByClientCIDR, { listType: "atomic" }),
  },
});
export interface APIVersions extends ObjectOf<typeof apiVersionsType> {}

export const groupVersionForDiscovery = struct("io.k8s.apimachinery.pkg.apis.meta.v1.GroupVersionForDiscovery", {
  groupVersion: string(1),
  version: string(2),
});
export interface GroupVersionForDiscovery extends TypeOf<typeof groupVersionForDiscovery> {}

export const apiGroupType = defineType({
  group: "",
  version: "v1",
  kind: "APIGroup",
  name: "io.k8s.apimachinery.pkg.apis.meta.v1.APIGroup",
  doc: "An API group with its versions.",
  fields: {
    name: string(1),
    versions: list(2, groupVersionForDiscovery, { listType: "atomic" }),
    preferredVersion: message(3, groupVersionForDiscovery, { optional: true }),
    serverAddressByClientCIDRs: list(4, serverAddressByClientCIDR, { optional: true, listType: "atomic" }),
  },
});
export interface APIGroup extends ObjectOf<typeof apiGroupType> {}

export const apiGroupListType = defineType({
  group: "",
  version: "v1",
  kind: "APIGroupList",
  name: "io.k8s.apimachinery.pkg.apis.meta.v1.APIGroupList",
  doc: "All API groups.",
  fields: {
    groups: list(1, apiGroupType.struct, { listType: "atomic" }),
  },
});
export interface APIGroupList extends ObjectOf<typeof apiGroupListType> {}

export const apiResource = struct("io.k8s.apimachinery.pkg.apis.meta.v1.APIResource", {
  name: string(1),
  singularName: string(6),
  namespaced: boolean(2),
  group: string(8, { optional: true }),
  version: string(9, { optional: true }),
  kind: string(3),
  verbs: list(4, strings),
  shortNames: list(5, strings, { optional: true, listType: "atomic" }),
  categories: list(7, strings, { optional: true, listType: "atomic" }),
  storageVersionHash: string(10, { optional: true }),
});
export interface APIResource extends TypeOf<typeof apiResource> {}

export const apiResourceListType = defineType({
  group: "",
  version: "v1",
  kind: "APIResourceList",
  name: "io.k8s.apimachinery.pkg.apis.meta.v1.APIResourceList",
  doc: "The resources of one group and version.",
  fields: {
    groupVersion: string(1),
    resources: list(2, apiResource, { listType: "atomic" }),
  },
});
export interface APIResourceList extends ObjectOf<typeof apiResourceListType> {}

import { defineType, type ObjectOf } from "../../resource.ts";
import { boolean, list, message, string, strings, struct, type TypeOf } from "../../schema.ts";

export const serverAddressByClientCIDR = struct("io.k8s.apimachinery.pkg.apis.meta.v1.ServerAddressByClientCIDR", {
  clientCIDR: string(1, { doc: "The clients that this is for." }),
  serverAddress: string(2, { doc: "Where they reach the server." }),
});
export interface ServerAddressByClientCIDR extends TypeOf<typeof serverAddressByClientCIDR> {}

export const apiVersionsType = defineType({
  group: "",
  version: "v1",
  kind: "APIVersions",
  name: "io.k8s.apimachinery.pkg.apis.meta.v1.APIVersions",
  doc: "Versions of the core API.",
  fields: {
    versions: list(1, strings, { listType: "atomic", doc: "Versions of the core group." }),
    serverAddressByClientCIDRs: list(2, serverAddressByClientCIDR, {
      listType: "atomic",
      doc: "Where clients reach the server.",
    }),
  },
});
export interface APIVersions extends ObjectOf<typeof apiVersionsType> {}

export const groupVersionForDiscovery = struct("io.k8s.apimachinery.pkg.apis.meta.v1.GroupVersionForDiscovery", {
  groupVersion: string(1, { doc: "Group and version, as apiVersion writes them." }),
  version: string(2, { doc: "The version alone." }),
});
export interface GroupVersionForDiscovery extends TypeOf<typeof groupVersionForDiscovery> {}

export const apiGroupType = defineType({
  group: "",
  version: "v1",
  kind: "APIGroup",
  name: "io.k8s.apimachinery.pkg.apis.meta.v1.APIGroup",
  doc: "An API group with its versions.",
  fields: {
    name: string(1, { doc: "The group." }),
    versions: list(2, groupVersionForDiscovery, { listType: "atomic", doc: "Its versions." }),
    preferredVersion: message(3, groupVersionForDiscovery, {
      optional: true,
      doc: "The version to use when there is no reason for another.",
    }),
    serverAddressByClientCIDRs: list(4, serverAddressByClientCIDR, {
      optional: true,
      listType: "atomic",
      doc: "Where clients reach the server.",
    }),
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
    groups: list(1, apiGroupType.struct, { listType: "atomic", doc: "All groups but the core one." }),
  },
});
export interface APIGroupList extends ObjectOf<typeof apiGroupListType> {}

export const apiResource = struct("io.k8s.apimachinery.pkg.apis.meta.v1.APIResource", {
  name: string(1, { doc: "The resource in its plural form, with its part after a slash." }),
  singularName: string(6, { doc: "Its singular form." }),
  namespaced: boolean(2, { doc: "True: its objects lie in namespaces." }),
  group: string(8, { optional: true, doc: "The group of its kind; the list's when left out." }),
  version: string(9, { optional: true, doc: "The version of its kind; the list's when left out." }),
  kind: string(3, { doc: "The kind of its objects." }),
  verbs: list(4, strings, { doc: "What can be done." }),
  shortNames: list(5, strings, { optional: true, listType: "atomic", doc: "Short names for people." }),
  categories: list(7, strings, { optional: true, listType: "atomic", doc: "Groups of resources, such as `all`." }),
  storageVersionHash: string(10, { optional: true, doc: "Changes with the version in which objects are stored." }),
});
export interface APIResource extends TypeOf<typeof apiResource> {}

export const apiResourceListType = defineType({
  group: "",
  version: "v1",
  kind: "APIResourceList",
  name: "io.k8s.apimachinery.pkg.apis.meta.v1.APIResourceList",
  doc: "The resources of one group and version.",
  fields: {
    groupVersion: string(1, { doc: "Group and version of these resources." }),
    resources: list(2, apiResource, { listType: "atomic", doc: "The resources and their parts." }),
  },
});
export interface APIResourceList extends ObjectOf<typeof apiResourceListType> {}

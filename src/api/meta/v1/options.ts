import { defineType, type ObjectOf } from "../../resource.ts";
import { boolean, int64, list, message, string, strings, struct, type TypeOf } from "../../schema.ts";

export const preconditions = struct("io.k8s.apimachinery.pkg.apis.meta.v1.Preconditions", {
  uid: string(1, { optional: true, pointer: true }),
  resourceVersion: string(2, { optional: true, pointer: true }),
});
export interface Preconditions extends TypeOf<typeof preconditions> {}

export const deleteOptionsType = defineType({
  group: "",
  version: "v1",
  kind: "DeleteOptions",
  name: "io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions",
  doc: "How to delete.",
  fields: {
    gracePeriodSeconds: int64(1, { optional: true, pointer: true }),
    preconditions: message(2, preconditions, { optional: true, pointer: true }),
    orphanDependents: boolean(3, { optional: true, pointer: true }),
    propagationPolicy: string(4, { optional: true, pointer: true }),
    dryRun: list(5, strings, { optional: true, listType: "atomic" }),
    ignoreStoreReadErrorWithClusterBreakingPotential: boolean(6, { optional: true, pointer: true }),
  },
});
export interface DeleteOptions extends ObjectOf<typeof deleteOptionsType> {}

export const fieldSelectorRequirement = struct("io.k8s.apimachinery.pkg.apis.meta.v1.FieldSelectorRequirement", {
  key: string(1),
  operator: string(2),
  values: list(3, strings, { optional: true, listType: "atomic" }),
});
export interface FieldSelectorRequirement extends TypeOf<typeof fieldSelectorRequirement> {}

export const createOptionsType = defineType({
  group: "",
  version: "v1",
  kind: "CreateOptions",
  name: "io.k8s.apimachinery.pkg.apis.meta.v1.CreateOptions",
  doc: "How to create.",
  fields: {
    dryRun: list(1, strings, { optional: true, listType: "atomic" }),
    fieldManager: string(3, { optional: true }),
    fieldValidation: string(4, { optional: true }),
  },
});
export interface CreateOptions extends ObjectOf<typeof createOptionsType> {}

export const updateOptionsType = defineType({
  group: "",
  version: "v1",
  kind: "UpdateOptions",
  name: "io.k8s.apimachinery.pkg.apis.meta.v1.UpdateOptions",
  doc: "How to update.",
  fields: {
    dryRun: list(1, strings, { optional: true, listType: "atomic" }),
    fieldManager: string(2, { optional: true }),
    fieldValidation: string(3, { optional: true }),
  },
});
export interface UpdateOptions extends ObjectOf<typeof updateOptionsType> {}

export const patchOptionsType = defineType({
  group: "",
  version: "v1",
  kind: "PatchOptions",
  name: "io.k8s.apimachinery.pkg.apis.meta.v1.PatchOptions",
  doc: "How to patch.",
  fields: {
    dryRun: list(1, strings, { optional: true, listType: "atomic" }),
    force: boolean(2, { optional: true, pointer: true }),
    fieldManager: string(3, { optional: true }),
    fieldValidation: string(4, { optional: true }),
  },
});
export interface PatchOptions extends ObjectOf<typeof patchOptionsType> {}

export const getOptionsType = defineType({
  group: "",
  version: "v1",
  kind: "GetOptions",
  name: "io.k8s.apimachinery.pkg.apis.meta.v1.GetOptions",
  doc: "How to read one object.",
  fields: {
    resourceVersion: string(1, { optional: true }),
  },
});
export interface GetOptions extends ObjectOf<typeof getOptionsType> {}

export const listOptionsType = defineType({
  group: "",
  version: "v1",
  kind: "ListOptions",
  name: "io.k8s.apimachinery.pkg.apis.meta.v1.ListOptions",
  doc: "What to list or watch.",
  fields: {
    labelSelector: string(1, { optional: true }),
    fieldSelector: string(2, { optional: true }),
    watch: boolean(3, { optional: true }),
    allowWatchBookmarks: boolean(9, { optional: true }),
    resourceVersion: string(4, { optional: true }),
    resourceVersionMatch: string(10, { optional: true }),
    timeoutSeconds: int64(5, { optional: true, pointer: true }),
    limit: int64(7, { optional: true }),
    continue: string(8, { optional: true }),
    sendInitialEvents: boolean(11, { optional: true, pointer: true }),
    shardSelector: string(15, { optional: true, featureGate: "ShardedListAndWatch" }),
  },
});
export interface ListOptions extends ObjectOf<typeof listOptionsType> {}

import { defineType, type ObjectOf } from "../../resource.ts";
import { boolean, int64, list, message, string, strings, struct, type TypeOf } from "../../schema.ts";

export const preconditions = struct("io.k8s.apimachinery.pkg.apis.meta.v1.Preconditions", {
  uid: string(1, { optional: true, pointer: true, doc: "The object must have this uid." }),
  resourceVersion: string(2, { optional: true, pointer: true, doc: "The object must be at this version." }),
});
export interface Preconditions extends TypeOf<typeof preconditions> {}

export const deleteOptionsType = defineType({
  group: "",
  version: "v1",
  kind: "DeleteOptions",
  name: "io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions",
  doc: "How to delete.",
  fields: {
    gracePeriodSeconds: int64(1, { optional: true, pointer: true, doc: "How long it may take to end; 0 is at once." }),
    preconditions: message(2, preconditions, {
      optional: true,
      pointer: true,
      doc: "What must hold for the delete to be done.",
    }),
    orphanDependents: boolean(3, {
      optional: true,
      pointer: true,
      doc: "Whether what it owns stays; propagationPolicy says it better.",
    }),
    propagationPolicy: string(4, {
      optional: true,
      pointer: true,
      doc: "What becomes of what it owns: Orphan, Background or Foreground.",
    }),
    dryRun: list(5, strings, {
      optional: true,
      listType: "atomic",
      doc: "`All`: everything is checked and nothing is written.",
    }),
    ignoreStoreReadErrorWithClusterBreakingPotential: boolean(6, {
      optional: true,
      pointer: true,
      doc: "True: deletes also what cannot be read; only for repairs.",
    }),
  },
});
export interface DeleteOptions extends ObjectOf<typeof deleteOptionsType> {}

export const fieldSelectorRequirement = struct("io.k8s.apimachinery.pkg.apis.meta.v1.FieldSelectorRequirement", {
  key: string(1, { doc: "The field looked at." }),
  operator: string(2, { doc: "What is demanded of its value." }),
  values: list(3, strings, { optional: true, listType: "atomic", doc: "The values of In and NotIn." }),
});
export interface FieldSelectorRequirement extends TypeOf<typeof fieldSelectorRequirement> {}

export const createOptionsType = defineType({
  group: "",
  version: "v1",
  kind: "CreateOptions",
  name: "io.k8s.apimachinery.pkg.apis.meta.v1.CreateOptions",
  doc: "How to create.",
  fields: {
    dryRun: list(1, strings, {
      optional: true,
      listType: "atomic",
      doc: "`All`: everything is checked and nothing is written.",
    }),
    fieldManager: string(3, { optional: true, doc: "The name under which the changed fields are owned." }),
    fieldValidation: string(4, {
      optional: true,
      doc: "What unknown and duplicate fields lead to: Ignore, Warn or Strict.",
    }),
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
    dryRun: list(1, strings, {
      optional: true,
      listType: "atomic",
      doc: "`All`: everything is checked and nothing is written.",
    }),
    fieldManager: string(2, { optional: true, doc: "The name under which the changed fields are owned." }),
    fieldValidation: string(3, {
      optional: true,
      doc: "What unknown and duplicate fields lead to: Ignore, Warn or Strict.",
    }),
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
    dryRun: list(1, strings, {
      optional: true,
      listType: "atomic",
      doc: "`All`: everything is checked and nothing is written.",
    }),
    force: boolean(2, {
      optional: true,
      pointer: true,
      doc: "True: server-side apply takes fields over that others own.",
    }),
    fieldManager: string(3, { optional: true, doc: "The name under which the changed fields are owned." }),
    fieldValidation: string(4, {
      optional: true,
      doc: "What unknown and duplicate fields lead to: Ignore, Warn or Strict.",
    }),
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
    resourceVersion: string(1, { optional: true, doc: "How new the answer must be at least; 0 for any." }),
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
    labelSelector: string(1, { optional: true, doc: "Only objects whose labels are like this." }),
    fieldSelector: string(2, { optional: true, doc: "Only objects whose fields are like this." }),
    watch: boolean(3, { optional: true, doc: "True: changes are sent as they happen." }),
    allowWatchBookmarks: boolean(9, {
      optional: true,
      doc: "True: a watch tells from time to time how far it has come.",
    }),
    resourceVersion: string(4, { optional: true, doc: "How new the answer must be, or where a watch goes on." }),
    resourceVersionMatch: string(10, { optional: true, doc: "How resourceVersion is meant: Exact or NotOlderThan." }),
    timeoutSeconds: int64(5, { optional: true, pointer: true, doc: "How long the request may take." }),
    limit: int64(7, { optional: true, doc: "No more than this many at once." }),
    continue: string(8, { optional: true, doc: "The next part, as the last answer named it." }),
    sendInitialEvents: boolean(11, { optional: true, pointer: true, doc: "True: a watch begins with what there is." }),
    shardSelector: string(15, {
      optional: true,
      featureGate: "ShardedListAndWatch",
      doc: "Which part of the objects is wanted.",
    }),
  },
});
export interface ListOptions extends ObjectOf<typeof listOptionsType> {}

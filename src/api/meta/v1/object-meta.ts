import { boolean, fieldsV1, int64, list, map, string, strings, struct, type TypeOf, time } from "../../schema.ts";

export const ownerReference = struct(
  "io.k8s.apimachinery.pkg.apis.meta.v1.OwnerReference",
  {
    apiVersion: string(5, { doc: "API version of the owner." }),
    kind: string(1, { doc: "Kind of the owner." }),
    name: string(3, { doc: "Name of the owner." }),
    uid: string(4, { doc: "UID of the owner." }),
    controller: boolean(6, { optional: true, pointer: true, doc: "True for the one owner that manages the object." }),
    blockOwnerDeletion: boolean(7, {
      optional: true,
      pointer: true,
      doc: "True: a foreground deletion of the owner waits for this object.",
    }),
  },
  { mapType: "atomic" },
);
export interface OwnerReference extends TypeOf<typeof ownerReference> {}

export const managedFieldsEntry = struct("io.k8s.apimachinery.pkg.apis.meta.v1.ManagedFieldsEntry", {
  manager: string(1, { optional: true, doc: "Name of the one who manages the fields." }),
  operation: string(2, { optional: true, doc: "Apply or Update." }),
  apiVersion: string(3, { optional: true, doc: "The version in which the fields are named." }),
  time: time(4, { optional: true, pointer: true, doc: "When the fields were last changed." }),
  fieldsType: string(6, { optional: true, doc: "The format of fieldsV1; always FieldsV1." }),
  fieldsV1: fieldsV1(7, { optional: true, pointer: true, doc: "The set of fields." }),
  subresource: string(8, { optional: true, doc: "The subresource through which they were set." }),
});
export interface ManagedFieldsEntry extends TypeOf<typeof managedFieldsEntry> {}

export const objectMeta = struct("io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta", {
  name: string(1, {
    optional: true,
    doc: "The object's name, unique among its kind within the namespace; it never changes.",
  }),
  generateName: string(2, {
    optional: true,
    doc: "A beginning for the name: the server adds random characters when no name is given.",
  }),
  namespace: string(3, { optional: true, doc: "The namespace the object belongs to; empty for cluster-wide kinds." }),
  selfLink: string(4, { optional: true, doc: "No longer filled in." }),
  uid: string(5, {
    optional: true,
    doc: "Tells this object from all others, also from later ones of the same name; set by the server.",
  }),
  resourceVersion: string(6, {
    optional: true,
    doc: "The version of the object as stored; an update that carries it fails if somebody else was faster.",
  }),
  generation: int64(7, { optional: true, doc: "Grows each time the wanted state changes; set by the server." }),
  creationTimestamp: time(8, {
    optional: true,
    omitZero: true,
    doc: "When the object was created; set by the server.",
  }),
  deletionTimestamp: time(9, {
    optional: true,
    pointer: true,
    doc: "When the object is to be gone; set once its deletion was asked for.",
  }),
  deletionGracePeriodSeconds: int64(10, {
    optional: true,
    pointer: true,
    doc: "Seconds the object has to end properly; set together with deletionTimestamp.",
  }),
  labels: map(11, strings, { optional: true, doc: "Short keys and values by which objects are selected and grouped." }),
  annotations: map(12, strings, {
    optional: true,
    doc: "Keys and values for tools and people; nothing is selected by them.",
  }),
  ownerReferences: list(13, ownerReference, {
    optional: true,
    listType: "map",
    mapKeys: ["uid"],
    patchStrategy: "merge",
    mergeKey: "uid",
    doc: "Objects this one depends on: when all are gone, it is deleted too.",
  }),
  finalizers: list(14, strings, {
    optional: true,
    listType: "set",
    patchStrategy: "merge",
    doc: "Names of those who must finish something before the object may go.",
  }),
  managedFields: list(17, managedFieldsEntry, {
    optional: true,
    listType: "atomic",
    doc: "Who set which fields, for server-side apply.",
  }),
});
export interface ObjectMeta extends TypeOf<typeof objectMeta> {}

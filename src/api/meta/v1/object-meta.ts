import { boolean, fieldsV1, int64, list, map, string, strings, struct, type TypeOf, time } from "../../schema.ts";

export const ownerReference = struct(
  "io.k8s.apimachinery.pkg.apis.meta.v1.OwnerReference",
  {
    apiVersion: string(5),
    kind: string(1),
    name: string(3),
    uid: string(4),
    controller: boolean(6, { optional: true, pointer: true }),
    blockOwnerDeletion: boolean(7, { optional: true, pointer: true }),
  },
  { mapType: "atomic" },
);
export interface OwnerReference extends TypeOf<typeof ownerReference> {}

export const managedFieldsEntry = struct("io.k8s.apimachinery.pkg.apis.meta.v1.ManagedFieldsEntry", {
  manager: string(1, { optional: true }),
  operation: string(2, { optional: true }),
  apiVersion: string(3, { optional: true }),
  time: time(4, { optional: true, pointer: true }),
  fieldsType: string(6, { optional: true }),
  fieldsV1: fieldsV1(7, { optional: true, pointer: true }),
  subresource: string(8, { optional: true }),
});
export interface ManagedFieldsEntry extends TypeOf<typeof managedFieldsEntry> {}

export const objectMeta = struct("io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta", {
  name: string(1, { optional: true }),
  generateName: string(2, { optional: true }),
  namespace: string(3, { optional: true }),
  selfLink: string(4, { optional: true }),
  uid: string(5, { optional: true }),
  resourceVersion: string(6, { optional: true }),
  generation: int64(7, { optional: true }),
  creationTimestamp: time(8, { optional: true, omitZero: true }),
  deletionTimestamp: time(9, { optional: true, pointer: true }),
  deletionGracePeriodSeconds: int64(10, { optional: true, pointer: true }),
  labels: map(11, strings, { optional: true }),
  annotations: map(12, strings, { optional: true }),
  ownerReferences: list(13, ownerReference, {
    optional: true,
    listType: "map",
    mapKeys: ["uid"],
    patchStrategy: "merge",
    mergeKey: "uid",
  }),
  finalizers: list(14, strings, { optional: true, listType: "set", patchStrategy: "merge" }),
  managedFields: list(17, managedFieldsEntry, { optional: true, listType: "atomic" }),
});
export interface ObjectMeta extends TypeOf<typeof objectMeta> {}

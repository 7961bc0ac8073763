import { boolean, inline, quantity, string, struct, type TypeOf } from "../../schema.ts";

export const localObjectReference = struct(
  "io.k8s.api.core.v1.LocalObjectReference",
  {
    name: string(1, { optional: true, default: "", doc: "Name of an object in the same namespace." }),
  },
  { mapType: "atomic" },
);
export interface LocalObjectReference extends TypeOf<typeof localObjectReference> {}

export const objectReference = struct(
  "io.k8s.api.core.v1.ObjectReference",
  {
    kind: string(1, { optional: true, doc: "Kind of the object." }),
    namespace: string(2, { optional: true, doc: "Namespace of the object." }),
    name: string(3, { optional: true, doc: "Name of the object." }),
    uid: string(4, { optional: true, doc: "UID of the object." }),
    apiVersion: string(5, { optional: true, doc: "API version of the object." }),
    resourceVersion: string(6, { optional: true, doc: "Version of the object." }),
    fieldPath: string(7, { optional: true, doc: "The part of the object that is meant." }),
  },
  { mapType: "atomic" },
);
export interface ObjectReference extends TypeOf<typeof objectReference> {}

export const typedLocalObjectReference = struct(
  "io.k8s.api.core.v1.TypedLocalObjectReference",
  {
    apiGroup: string(1, { pointer: true, doc: "The object's group; empty for the core one." }),
    kind: string(2, { doc: "The object's kind." }),
    name: string(3, { doc: "The object's name." }),
  },
  { mapType: "atomic" },
);
export interface TypedLocalObjectReference extends TypeOf<typeof typedLocalObjectReference> {}

export const typedObjectReference = struct("io.k8s.api.core.v1.TypedObjectReference", {
  apiGroup: string(1, { pointer: true, doc: "The object's group; empty for the core one." }),
  kind: string(2, { doc: "The object's kind." }),
  name: string(3, { doc: "The object's name." }),
  namespace: string(4, {
    optional: true,
    pointer: true,
    featureGate: "CrossNamespaceVolumeDataSource",
    doc: "The object's namespace; the referrer's when left out.",
  }),
});
export interface TypedObjectReference extends TypeOf<typeof typedObjectReference> {}

export const secretReference = struct(
  "io.k8s.api.core.v1.SecretReference",
  {
    name: string(1, { optional: true, doc: "The Secret's name." }),
    namespace: string(2, { optional: true, doc: "The Secret's namespace." }),
  },
  { mapType: "atomic" },
);
export interface SecretReference extends TypeOf<typeof secretReference> {}

export const secretKeySelector = struct(
  "io.k8s.api.core.v1.SecretKeySelector",
  {
    localObjectReference: inline(1, localObjectReference, { protobufName: "localObjectReference" }),
    key: string(2, { doc: "The key in the Secret." }),
    optional: boolean(3, { optional: true, pointer: true, doc: "True: nothing is wrong when it does not exist." }),
  },
  { mapType: "atomic" },
);
export interface SecretKeySelector extends TypeOf<typeof secretKeySelector> {}

export const configMapKeySelector = struct(
  "io.k8s.api.core.v1.ConfigMapKeySelector",
  {
    localObjectReference: inline(1, localObjectReference, { protobufName: "localObjectReference" }),
    key: string(2, { doc: "The key in the ConfigMap." }),
    optional: boolean(3, { optional: true, pointer: true, doc: "True: nothing is wrong when it does not exist." }),
  },
  { mapType: "atomic" },
);
export interface ConfigMapKeySelector extends TypeOf<typeof configMapKeySelector> {}

export const objectFieldSelector = struct(
  "io.k8s.api.core.v1.ObjectFieldSelector",
  {
    apiVersion: string(1, { optional: true, default: "v1", doc: "The version in which the path is meant." }),
    fieldPath: string(2, { doc: "The field, such as `metadata.labels['app']`." }),
  },
  { mapType: "atomic" },
);
export interface ObjectFieldSelector extends TypeOf<typeof objectFieldSelector> {}

export const resourceFieldSelector = struct(
  "io.k8s.api.core.v1.ResourceFieldSelector",
  {
    containerName: string(1, { optional: true, doc: "The container; in a variable its own when left out." }),
    resource: string(2, { doc: "The resource, such as limits.cpu." }),
    divisor: quantity(3, { optional: true, doc: "The unit in which it is told." }),
  },
  { mapType: "atomic" },
);
export interface ResourceFieldSelector extends TypeOf<typeof resourceFieldSelector> {}

import { labelSelector } from "../../meta/v1/label-selector.ts";
import {
  boolean,
  inline,
  int32,
  int64,
  list,
  map,
  message,
  string,
  strings,
  struct,
  type TypeOf,
} from "../../schema.ts";
import { localObjectReference, objectFieldSelector, resourceFieldSelector } from "./reference.ts";

/** Volumes made of what the API knows: secrets, config maps, facts of the pod, tokens, certificates. */

export const keyToPath = struct("io.k8s.api.core.v1.KeyToPath", {
  key: string(1, { doc: "The key." }),
  path: string(2, { doc: "The file, below the mount." }),
  mode: int32(3, { optional: true, pointer: true, doc: "The file's permission bits." }),
  user: int64(4, {
    optional: true,
    pointer: true,
    featureGate: "AtomicWriteVolumeUserFields",
    doc: "The user id that owns the file.",
  }),
});
export interface KeyToPath extends TypeOf<typeof keyToPath> {}

export const secretVolumeSource = struct("io.k8s.api.core.v1.SecretVolumeSource", {
  secretName: string(1, { optional: true, doc: "The Secret, in the pod's namespace." }),
  items: list(2, keyToPath, {
    optional: true,
    listType: "atomic",
    doc: "The keys shown, and where; all keys, each in a file of its name, when left out.",
  }),
  defaultMode: int32(3, {
    optional: true,
    default: 420,
    pointer: true,
    doc: "Permission bits of files that say none.",
  }),
  optional: boolean(4, { optional: true, pointer: true, doc: "True: nothing is wrong when it does not exist." }),
  defaultUser: int64(5, {
    optional: true,
    pointer: true,
    featureGate: "AtomicWriteVolumeUserFields",
    doc: "The user id that owns files that say none.",
  }),
});
export interface SecretVolumeSource extends TypeOf<typeof secretVolumeSource> {}

export const downwardAPIVolumeFile = struct("io.k8s.api.core.v1.DownwardAPIVolumeFile", {
  path: string(1, { doc: "The file, below the mount." }),
  fieldRef: message(2, objectFieldSelector, {
    optional: true,
    pointer: true,
    doc: "The field of the pod that it shows.",
  }),
  resourceFieldRef: message(3, resourceFieldSelector, {
    optional: true,
    pointer: true,
    doc: "The request or limit of a container that it shows.",
  }),
  mode: int32(4, { optional: true, pointer: true, doc: "The file's permission bits." }),
  user: int64(5, {
    optional: true,
    pointer: true,
    featureGate: "AtomicWriteVolumeUserFields",
    doc: "The user id that owns the file.",
  }),
});
export interface DownwardAPIVolumeFile extends TypeOf<typeof downwardAPIVolumeFile> {}

export const downwardAPIVolumeSource = struct("io.k8s.api.core.v1.DownwardAPIVolumeSource", {
  items: list(1, downwardAPIVolumeFile, { optional: true, listType: "atomic", doc: "The files." }),
  defaultMode: int32(2, {
    optional: true,
    default: 420,
    pointer: true,
    doc: "Permission bits of files that say none.",
  }),
  defaultUser: int64(3, {
    optional: true,
    pointer: true,
    featureGate: "AtomicWriteVolumeUserFields",
    doc: "The user id that owns files that say none.",
  }),
});
export interface DownwardAPIVolumeSource extends TypeOf<typeof downwardAPIVolumeSource> {}

export const configMapVolumeSource = struct("io.k8s.api.core.v1.ConfigMapVolumeSource", {
  localObjectReference: inline(1, localObjectReference, { protobufName: "localObjectReference" }),
  items: list(2, keyToPath, {
    optional: true,
    listType: "atomic",
    doc: "The keys shown, and where; all keys, each in a file of its name, when left out.",
  }),
  defaultMode: int32(3, {
    optional: true,
    default: 420,
    pointer: true,
    doc: "Permission bits of files that say none.",
  }),
  optional: boolean(4, { optional: true, pointer: true, doc: "True: nothing is wrong when it does not exist." }),
  defaultUser: int64(5, {
    optional: true,
    pointer: true,
    featureGate: "AtomicWriteVolumeUserFields",
    doc: "The user id that owns files that say none.",
  }),
});
export interface ConfigMapVolumeSource extends TypeOf<typeof configMapVolumeSource> {}

export const secretProjection = struct("io.k8s.api.core.v1.SecretProjection", {
  localObjectReference: inline(1, localObjectReference, { protobufName: "localObjectReference" }),
  items: list(2, keyToPath, {
    optional: true,
    listType: "atomic",
    doc: "The keys shown, and where; all keys, each in a file of its name, when left out.",
  }),
  optional: boolean(4, { optional: true, pointer: true, doc: "True: nothing is wrong when it does not exist." }),
});
export interface SecretProjection extends TypeOf<typeof secretProjection> {}

export const downwardAPIProjection = struct("io.k8s.api.core.v1.DownwardAPIProjection", {
  items: list(1, downwardAPIVolumeFile, { optional: true, listType: "atomic", doc: "The files." }),
});
export interface DownwardAPIProjection extends TypeOf<typeof downwardAPIProjection> {}

export const configMapProjection = struct("io.k8s.api.core.v1.ConfigMapProjection", {
  localObjectReference: inline(1, localObjectReference, { protobufName: "localObjectReference" }),
  items: list(2, keyToPath, {
    optional: true,
    listType: "atomic",
    doc: "The keys shown, and where; all keys, each in a file of its name, when left out.",
  }),
  optional: boolean(4, { optional: true, pointer: true, doc: "True: nothing is wrong when it does not exist." }),
});
export interface ConfigMapProjection extends TypeOf<typeof configMapProjection> {}

export const serviceAccountTokenProjection = struct("io.k8s.api.core.v1.ServiceAccountTokenProjection", {
  audience: string(1, { optional: true, doc: "Who may accept the token; the API server when left out." }),
  expirationSeconds: int64(2, {
    optional: true,
    default: 3600,
    pointer: true,
    doc: "How long a token is good; it is replaced well before.",
  }),
  path: string(3, { doc: "The file, below the mount." }),
  user: int64(4, {
    optional: true,
    pointer: true,
    featureGate: "AtomicWriteVolumeUserFields",
    doc: "The user id that owns the file.",
  }),
});
export interface ServiceAccountTokenProjection extends TypeOf<typeof serviceAccountTokenProjection> {}

export const clusterTrustBundleProjection = struct("io.k8s.api.core.v1.ClusterTrustBundleProjection", {
  name: string(1, { optional: true, pointer: true, doc: "One bundle, by name." }),
  signerName: string(2, { optional: true, pointer: true, doc: "All bundles of this signer." }),
  labelSelector: message(3, labelSelector, { optional: true, pointer: true, doc: "Which of the signer's bundles." }),
  optional: boolean(5, { optional: true, pointer: true, doc: "True: nothing is wrong when there is none." }),
  path: string(4, { doc: "The file, below the mount." }),
  user: int64(6, {
    optional: true,
    pointer: true,
    featureGate: "AtomicWriteVolumeUserFields",
    doc: "The user id that owns the file.",
  }),
});
export interface ClusterTrustBundleProjection extends TypeOf<typeof clusterTrustBundleProjection> {}

export const podCertificateProjection = struct("io.k8s.api.core.v1.PodCertificateProjection", {
  signerName: string(1, { optional: true, doc: "Who signs the certificate." }),
  keyType: string(2, { optional: true, doc: "The kind of key." }),
  maxExpirationSeconds: int32(3, {
    optional: true,
    pointer: true,
    doc: "The longest time that the certificate may be good.",
  }),
  credentialBundlePath: string(4, { optional: true, doc: "The file with key and certificates." }),
  keyPath: string(5, { optional: true, doc: "The file with the key alone." }),
  certificateChainPath: string(6, { optional: true, doc: "The file with the certificates alone." }),
  userAnnotations: map(7, strings, { optional: true, doc: "What the signer is told besides." }),
  user: int64(8, {
    optional: true,
    pointer: true,
    featureGate: "AtomicWriteVolumeUserFields",
    doc: "The user id that owns the files.",
  }),
});
export interface PodCertificateProjection extends TypeOf<typeof podCertificateProjection> {}

export const volumeProjection = struct("io.k8s.api.core.v1.VolumeProjection", {
  secret: message(1, secretProjection, { optional: true, pointer: true, doc: "Keys of a Secret." }),
  downwardAPI: message(2, downwardAPIProjection, { optional: true, pointer: true, doc: "Fields of the pod." }),
  configMap: message(3, configMapProjection, { optional: true, pointer: true, doc: "Keys of a ConfigMap." }),
  serviceAccountToken: message(4, serviceAccountTokenProjection, {
    optional: true,
    pointer: true,
    doc: "A token of the pod's service account, renewed in time.",
  }),
  clusterTrustBundle: message(5, clusterTrustBundleProjection, {
    optional: true,
    pointer: true,
    featureGate: "ClusterTrustBundleProjection",
    doc: "Certificates of authorities.",
  }),
  podCertificate: message(6, podCertificateProjection, {
    optional: true,
    pointer: true,
    featureGate: "PodCertificateProjection",
    doc: "A key of the pod's own with its certificate, renewed in time.",
  }),
});
export interface VolumeProjection extends TypeOf<typeof volumeProjection> {}

export const projectedVolumeSource = struct("io.k8s.api.core.v1.ProjectedVolumeSource", {
  sources: list(1, volumeProjection, { listType: "atomic", doc: "What is put together in one folder." }),
  defaultMode: int32(2, {
    optional: true,
    default: 420,
    pointer: true,
    doc: "Permission bits of files that say none.",
  }),
  defaultUser: int64(3, {
    optional: true,
    pointer: true,
    featureGate: "AtomicWriteVolumeUserFields",
    doc: "The user id that owns files that say none.",
  }),
});
export interface ProjectedVolumeSource extends TypeOf<typeof projectedVolumeSource> {}

import { labelSelector } from "../../meta/v1/label-selector.ts";
import { objectMeta } from "../../meta/v1/object-meta.ts";
import {
  boolean,
  inline,
  int32,
  int64,
  list,
  map,
  message,
  oneOf,
  quantity,
  string,
  strings,
  struct,
  type TypeOf,
} from "../../schema.ts";
import {
  localObjectReference,
  objectFieldSelector,
  resourceFieldSelector,
  typedLocalObjectReference,
  typedObjectReference,
} from "./reference.ts";
import { volumeResourceRequirements } from "./resources.ts";

export const hostPathVolumeSource = struct("io.k8s.api.core.v1.HostPathVolumeSource", {
  path: string(1),
  type: oneOf(
    2,
    ["", "DirectoryOrCreate", "Directory", "FileOrCreate", "File", "Socket", "CharDevice", "BlockDevice"],
    { optional: true, pointer: true, default: "" },
  ),
});
export interface HostPathVolumeSource extends TypeOf<typeof hostPathVolumeSource> {}

export const emptyDirVolumeSource = struct("io.k8s.api.core.v1.EmptyDirVolumeSource", {
  medium: string(1, { optional: true }),
  sizeLimit: quantity(2, { optional: true, pointer: true }),
  mode: int32(3, { optional: true, pointer: true, featureGate: "EmptyDirVolumeMode" }),
});
export interface EmptyDirVolumeSource extends TypeOf<typeof emptyDirVolumeSource> {}

export const gcePersistentDiskVolumeSource = struct("io.k8s.api.core.v1.GCEPersistentDiskVolumeSource", {
  pdName: string(1),
  fsType: string(2, { optional: true }),
  partition: int32(3, { optional: true }),
  readOnly: boolean(4, { optional: true }),
});
export interface GCEPersistentDiskVolumeSource extends TypeOf<typeof gcePersistentDiskVolumeSource> {}

export const awsElasticBlockStoreVolumeSource = struct("io.k8s.api.core.v1.AWSElasticBlockStoreVolumeSource", {
  volumeID: string(1),
  fsType: string(2, { optional: true }),
  partition: int32(3, { optional: true }),
  readOnly: boolean(4, { optional: true }),
});
export interface AWSElasticBlockStoreVolumeSource extends TypeOf<typeof awsElasticBlockStoreVolumeSource> {}

export const gitRepoVolumeSource = struct("io.k8s.api.core.v1.GitRepoVolumeSource", {
  repository: string(1),
  revision: string(2, { optional: true }),
  directory: string(3, { optional: true }),
});
export interface GitRepoVolumeSource extends TypeOf<typeof gitRepoVolumeSource> {}

export const keyToPath = struct("io.k8s.api.core.v1.KeyToPath", {
  key: string(1),
  path: string(2),
  mode: int32(3, { optional: true, pointer: true }),
  user: int64(4, { optional: true, pointer: true, featureGate: "AtomicWriteVolumeUserFields" }),
});
export interface KeyToPath extends TypeOf<typeof keyToPath> {}

export const secretVolumeSource = struct("io.k8s.api.core.v1.SecretVolumeSource", {
  secretName: string(1, { optional: true }),
  items: list(2, keyToPath, { optional: true, listType: "atomic" }),
  defaultMode: int32(3, { optional: true, default: 420, pointer: true }),
  optional: boolean(4, { optional: true, pointer: true }),
  defaultUser: int64(5, { optional: true, pointer: true, featureGate: "AtomicWriteVolumeUserFields" }),
});
export interface SecretVolumeSource extends TypeOf<typeof secretVolumeSource> {}

export const nfsVolumeSource = struct("io.k8s.api.core.v1.NFSVolumeSource", {
  server: string(1),
  path: string(2),
  readOnly: boolean(3, { optional: true }),
});
export interface NFSVolumeSource extends TypeOf<typeof nfsVolumeSource> {}

export const iscsiVolumeSource = struct("io.k8s.api.core.v1.ISCSIVolumeSource", {
  targetPortal: string(1),
  iqn: string(2),
  lun: int32(3),
  iscsiInterface: string(4, { optional: true, default: "default" }),
  fsType: string(5, { optional: true }),
  readOnly: boolean(6, { optional: true }),
  portals: list(7, strings, { optional: true, listType: "atomic" }),
  chapAuthDiscovery: boolean(8, { optional: true }),
  chapAuthSession: boolean(11, { optional: true }),
  secretRef: message(10, localObjectReference, { optional: true, pointer: true }),
  initiatorName: string(12, { optional: true, pointer: true }),
});
export interface ISCSIVolumeSource extends TypeOf<typeof iscsiVolumeSource> {}

export const glusterfsVolumeSource = struct("io.k8s.api.core.v1.GlusterfsVolumeSource", {
  endpoints: string(1),
  path: string(2),
  readOnly: boolean(3, { optional: true }),
});
export interface GlusterfsVolumeSource extends TypeOf<typeof glusterfsVolumeSource> {}

export const persistentVolumeClaimVolumeSource = struct("io.k8s.api.core.v1.PersistentVolumeClaimVolumeSource", {
  claimName: string(1),
  readOnly: boolean(2, { optional: true }),
});
export interface PersistentVolumeClaimVolumeSource extends TypeOf<typeof persistentVolumeClaimVolumeSource> {}

export const rbdVolumeSource = struct("io.k8s.api.core.v1.RBDVolumeSource", {
  monitors: list(1, strings, { listType: "atomic" }),
  image: string(2),
  fsType: string(3, { optional: true }),
  pool: string(4, { optional: true, default: "rbd" }),
  user: string(5, { optional: true, default: "admin" }),
  keyring: string(6, { optional: true, default: "/etc/ceph/keyring" }),
  secretRef: message(7, localObjectReference, { optional: true, pointer: true }),
  readOnly: boolean(8, { optional: true }),
});
export interface RBDVolumeSource extends TypeOf<typeof rbdVolumeSource> {}

export const flexVolumeSource = struct("io.k8s.api.core.v1.FlexVolumeSource", {
  driver: string(1),
  fsType: string(2, { optional: true }),
  secretRef: message(3, localObjectReference, { optional: true, pointer: true }),
  readOnly: boolean(4, { optional: true }),
  options: map(5, strings, { optional: true }),
});
export interface FlexVolumeSource extends TypeOf<typeof flexVolumeSource> {}

export const cinderVolumeSource = struct("io.k8s.api.core.v1.CinderVolumeSource", {
  volumeID: string(1),
  fsType: string(2, { optional: true }),
  readOnly: boolean(3, { optional: true }),
  secretRef: message(4, localObjectReference, { optional: true, pointer: true }),
});
export interface CinderVolumeSource extends TypeOf<typeof cinderVolumeSource> {}

export const cephFSVolumeSource = struct("io.k8s.api.core.v1.CephFSVolumeSource", {
  monitors: list(1, strings, { listType: "atomic" }),
  path: string(2, { optional: true }),
  user: string(3, { optional: true }),
  secretFile: string(4, { optional: true }),
  secretRef: message(5, localObjectReference, { optional: true, pointer: true }),
  readOnly: boolean(6, { optional: true }),
});
export interface CephFSVolumeSource extends TypeOf<typeof cephFSVolumeSource> {}

export const flockerVolumeSource = struct("io.k8s.api.core.v1.FlockerVolumeSource", {
  datasetName: string(1, { optional: true }),
  datasetUUID: string(2, { optional: true }),
});
export interface FlockerVolumeSource extends TypeOf<typeof flockerVolumeSource> {}

export const downwardAPIVolumeFile = struct("io.k8s.api.core.v1.DownwardAPIVolumeFile", {
  path: string(1),
  fieldRef: message(2, objectFieldSelector, { optional: true, pointer: true }),
  resourceFieldRef: message(3, resourceFieldSelector, { optional: true, pointer: true }),
  mode: int32(4, { optional: true, pointer: true }),
  user: int64(5, { optional: true, pointer: true, featureGate: "AtomicWriteVolumeUserFields" }),
});
export interface DownwardAPIVolumeFile extends TypeOf<typeof downwardAPIVolumeFile> {}

export const downwardAPIVolumeSource = struct("io.k8s.api.core.v1.DownwardAPIVolumeSource", {
  items: list(1, downwardAPIVolumeFile, { optional: true, listType: "atomic" }),
  defaultMode: int32(2, { optional: true, default: 420, pointer: true }),
  defaultUser: int64(3, { optional: true, pointer: true, featureGate: "AtomicWriteVolumeUserFields" }),
});
export interface DownwardAPIVolumeSource extends TypeOf<typeof downwardAPIVolumeSource> {}

export const fcVolumeSource = struct("io.k8s.api.core.v1.FCVolumeSource", {
  targetWWNs: list(1, strings, { optional: true, listType: "atomic" }),
  lun: int32(2, { optional: true, pointer: true }),
  fsType: string(3, { optional: true }),
  readOnly: boolean(4, { optional: true }),
  wwids: list(5, strings, { optional: true, listType: "atomic" }),
});
export interface FCVolumeSource extends TypeOf<typeof fcVolumeSource> {}

export const azureFileVolumeSource = struct("io.k8s.api.core.v1.AzureFileVolumeSource", {
  secretName: string(1),
  shareName: string(2),
  readOnly: boolean(3, { optional: true }),
});
export interface AzureFileVolumeSource extends TypeOf<typeof azureFileVolumeSource> {}

export const configMapVolumeSource = struct("io.k8s.api.core.v1.ConfigMapVolumeSource", {
  localObjectReference: inline(1, localObjectReference, { protobufName: "localObjectReference" }),
  items: list(2, keyToPath, { optional: true, listType: "atomic" }),
  defaultMode: int32(3, { optional: true, default: 420, pointer: true }),
  optional: boolean(4, { optional: true, pointer: true }),
  defaultUser: int64(5, { optional: true, pointer: true, featureGate: "AtomicWriteVolumeUserFields" }),
});
export interface ConfigMapVolumeSource extends TypeOf<typeof configMapVolumeSource> {}

export const vsphereVirtualDiskVolumeSource = struct("io.k8s.api.core.v1.VsphereVirtualDiskVolumeSource", {
  volumePath: string(1),
  fsType: string(2, { optional: true }),
  storagePolicyName: string(3, { optional: true }),
  storagePolicyID: string(4, { optional: true }),
});
export interface VsphereVirtualDiskVolumeSource extends TypeOf<typeof vsphereVirtualDiskVolumeSource> {}

export const quobyteVolumeSource = struct("io.k8s.api.core.v1.QuobyteVolumeSource", {
  registry: string(1),
  volume: string(2),
  readOnly: boolean(3, { optional: true }),
  user: string(4, { optional: true }),
  group: string(5, { optional: true }),
  tenant: string(6, { optional: true }),
});
export interface QuobyteVolumeSource extends TypeOf<typeof quobyteVolumeSource> {}

export const azureDiskVolumeSource = struct("io.k8s.api.core.v1.AzureDiskVolumeSource", {
  diskName: string(1),
  diskURI: string(2),
  cachingMode: oneOf(3, ["None", "ReadOnly", "ReadWrite"], { optional: true, pointer: true }),
  fsType: string(4, { optional: true, pointer: true, default: "ext4" }),
  readOnly: boolean(5, { optional: true, pointer: true, default: false }),
  kind: oneOf(6, ["Shared", "Dedicated", "Managed"], { optional: true, pointer: true }),
});
export interface AzureDiskVolumeSource extends TypeOf<typeof azureDiskVolumeSource> {}

export const photonPersistentDiskVolumeSource = struct("io.k8s.api.core.v1.PhotonPersistentDiskVolumeSource", {
  pdID: string(1),
  fsType: string(2, { optional: true }),
});
export interface PhotonPersistentDiskVolumeSource extends TypeOf<typeof photonPersistentDiskVolumeSource> {}

export const secretProjection = struct("io.k8s.api.core.v1.SecretProjection", {
  localObjectReference: inline(1, localObjectReference, { protobufName: "localObjectReference" }),
  items: list(2, keyToPath, { optional: true, listType: "atomic" }),
  optional: boolean(4, { optional: true, pointer: true }),
});
export interface SecretProjection extends TypeOf<typeof secretProjection> {}

export const downwardAPIProjection = struct("io.k8s.api.core.v1.DownwardAPIProjection", {
  items: list(1, downwardAPIVolumeFile, { optional: true, listType: "atomic" }),
});
export interface DownwardAPIProjection extends TypeOf<typeof downwardAPIProjection> {}

export const configMapProjection = struct("io.k8s.api.core.v1.ConfigMapProjection", {
  localObjectReference: inline(1, localObjectReference, { protobufName: "localObjectReference" }),
  items: list(2, keyToPath, { optional: true, listType: "atomic" }),
  optional: boolean(4, { optional: true, pointer: true }),
});
export interface ConfigMapProjection extends TypeOf<typeof configMapProjection> {}

export const serviceAccountTokenProjection = struct("io.k8s.api.core.v1.ServiceAccountTokenProjection", {
  audience: string(1, { optional: true }),
  expirationSeconds: int64(2, { optional: true, default: 3600, pointer: true }),
  path: string(3),
  user: int64(4, { optional: true, pointer: true, featureGate: "AtomicWriteVolumeUserFields" }),
});
export interface ServiceAccountTokenProjection extends TypeOf<typeof serviceAccountTokenProjection> {}

export const clusterTrustBundleProjection = struct("io.k8s.api.core.v1.ClusterTrustBundleProjection", {
  name: string(1, { optional: true, pointer: true }),
  signerName: string(2, { optional: true, pointer: true }),
  labelSelector: message(3, labelSelector, { optional: true, pointer: true }),
  optional: boolean(5, { optional: true, pointer: true }),
  path: string(4),
  user: int64(6, { optional: true, pointer: true, featureGate: "AtomicWriteVolumeUserFields" }),
});
export interface ClusterTrustBundleProjection extends TypeOf<typeof clusterTrustBundleProjection> {}

export const podCertificateProjection = struct("io.k8s.api.core.v1.PodCertificateProjection", {
  signerName: string(1, { optional: true }),
  keyType: string(2, { optional: true }),
  maxExpirationSeconds: int32(3, { optional: true, pointer: true }),
  credentialBundlePath: string(4, { optional: true }),
  keyPath: string(5, { optional: true }),
  certificateChainPath: string(6, { optional: true }),
  userAnnotations: map(7, strings, { optional: true }),
  user: int64(8, { optional: true, pointer: true, featureGate: "AtomicWriteVolumeUserFields" }),
});
export interface PodCertificateProjection extends TypeOf<typeof podCertificateProjection> {}

export const volumeProjection = struct("io.k8s.api.core.v1.VolumeProjection", {
  secret: message(1, secretProjection, { optional: true, pointer: true }),
  downwardAPI: message(2, downwardAPIProjection, { optional: true, pointer: true }),
  configMap: message(3, configMapProjection, { optional: true, pointer: true }),
  serviceAccountToken: message(4, serviceAccountTokenProjection, { optional: true, pointer: true }),
  clusterTrustBundle: message(5, clusterTrustBundleProjection, {
    optional: true,
    pointer: true,
    featureGate: "ClusterTrustBundleProjection",
  }),
  podCertificate: message(6, podCertificateProjection, {
    optional: true,
    pointer: true,
    featureGate: "PodCertificateProjection",
  }),
});
export interface VolumeProjection extends TypeOf<typeof volumeProjection> {}

export const projectedVolumeSource = struct("io.k8s.api.core.v1.ProjectedVolumeSource", {
  sources: list(1, volumeProjection, { listType: "atomic" }),
  defaultMode: int32(2, { optional: true, default: 420, pointer: true }),
  defaultUser: int64(3, { optional: true, pointer: true, featureGate: "AtomicWriteVolumeUserFields" }),
});
export interface ProjectedVolumeSource extends TypeOf<typeof projectedVolumeSource> {}

export const portworxVolumeSource = struct("io.k8s.api.core.v1.PortworxVolumeSource", {
  volumeID: string(1),
  fsType: string(2, { optional: true }),
  readOnly: boolean(3, { optional: true }),
});
export interface PortworxVolumeSource extends TypeOf<typeof portworxVolumeSource> {}

export const scaleIOVolumeSource = struct("io.k8s.api.core.v1.ScaleIOVolumeSource", {
  gateway: string(1),
  system: string(2),
  secretRef: message(3, localObjectReference, { pointer: true }),
  sslEnabled: boolean(4, { optional: true }),
  protectionDomain: string(5, { optional: true }),
  storagePool: string(6, { optional: true }),
  storageMode: string(7, { optional: true, default: "ThinProvisioned" }),
  volumeName: string(8, { optional: true }),
  fsType: string(9, { optional: true, default: "xfs" }),
  readOnly: boolean(10, { optional: true }),
});
export interface ScaleIOVolumeSource extends TypeOf<typeof scaleIOVolumeSource> {}

export const storageOSVolumeSource = struct("io.k8s.api.core.v1.StorageOSVolumeSource", {
  volumeName: string(1, { optional: true }),
  volumeNamespace: string(2, { optional: true }),
  fsType: string(3, { optional: true }),
  readOnly: boolean(4, { optional: true }),
  secretRef: message(5, localObjectReference, { optional: true, pointer: true }),
});
export interface StorageOSVolumeSource extends TypeOf<typeof storageOSVolumeSource> {}

export const csiVolumeSource = struct("io.k8s.api.core.v1.CSIVolumeSource", {
  driver: string(1),
  readOnly: boolean(2, { optional: true, pointer: true }),
  fsType: string(3, { optional: true, pointer: true }),
  volumeAttributes: map(4, strings, { optional: true }),
  nodePublishSecretRef: message(5, localObjectReference, { optional: true, pointer: true }),
});
export interface CSIVolumeSource extends TypeOf<typeof csiVolumeSource> {}

export const persistentVolumeClaimSpec = struct("io.k8s.api.core.v1.PersistentVolumeClaimSpec", {
  accessModes: list(1, strings, { optional: true, listType: "atomic" }),
  selector: message(4, labelSelector, { optional: true, pointer: true }),
  resources: message(2, volumeResourceRequirements, { optional: true }),
  volumeName: string(3, { optional: true }),
  storageClassName: string(5, { optional: true, pointer: true }),
  volumeMode: oneOf(6, ["Block", "Filesystem"], { optional: true, pointer: true }),
  dataSource: message(7, typedLocalObjectReference, { optional: true, pointer: true }),
  dataSourceRef: message(8, typedObjectReference, { optional: true, pointer: true }),
  volumeAttributesClassName: string(9, { optional: true, pointer: true, featureGate: "VolumeAttributesClass" }),
});
export interface PersistentVolumeClaimSpec extends TypeOf<typeof persistentVolumeClaimSpec> {}

export const persistentVolumeClaimTemplate = struct("io.k8s.api.core.v1.PersistentVolumeClaimTemplate", {
  metadata: message(1, objectMeta),
  spec: message(2, persistentVolumeClaimSpec),
});
export interface PersistentVolumeClaimTemplate extends TypeOf<typeof persistentVolumeClaimTemplate> {}

export const ephemeralVolumeSource = struct("io.k8s.api.core.v1.EphemeralVolumeSource", {
  volumeClaimTemplate: message(1, persistentVolumeClaimTemplate, { optional: true, pointer: true }),
});
export interface EphemeralVolumeSource extends TypeOf<typeof ephemeralVolumeSource> {}

export const imageVolumeSource = struct("io.k8s.api.core.v1.ImageVolumeSource", {
  reference: string(1, { optional: true }),
  pullPolicy: oneOf(2, ["Always", "Never", "IfNotPresent"], { optional: true }),
});
export interface ImageVolumeSource extends TypeOf<typeof imageVolumeSource> {}

export const volumeSource = struct("io.k8s.api.core.v1.VolumeSource", {
  hostPath: message(1, hostPathVolumeSource, { optional: true, pointer: true, doc: "A file or folder of the node." }),
  emptyDir: message(2, emptyDirVolumeSource, {
    optional: true,
    pointer: true,
    doc: "A folder that lives as long as the pod.",
  }),
  gcePersistentDisk: message(3, gcePersistentDiskVolumeSource, { optional: true, pointer: true }),
  awsElasticBlockStore: message(4, awsElasticBlockStoreVolumeSource, { optional: true, pointer: true }),
  gitRepo: message(5, gitRepoVolumeSource, { optional: true, pointer: true }),
  secret: message(6, secretVolumeSource, { optional: true, pointer: true, doc: "The keys of a secret as files." }),
  nfs: message(7, nfsVolumeSource, { optional: true, pointer: true, doc: "A folder of an NFS server." }),
  iscsi: message(8, iscsiVolumeSource, { optional: true, pointer: true }),
  glusterfs: message(9, glusterfsVolumeSource, { optional: true, pointer: true }),
  persistentVolumeClaim: message(10, persistentVolumeClaimVolumeSource, {
    optional: true,
    pointer: true,
    doc: "A claim on lasting storage.",
  }),
  rbd: message(11, rbdVolumeSource, { optional: true, pointer: true }),
  flexVolume: message(12, flexVolumeSource, { optional: true, pointer: true }),
  cinder: message(13, cinderVolumeSource, { optional: true, pointer: true }),
  cephfs: message(14, cephFSVolumeSource, { optional: true, pointer: true }),
  flocker: message(15, flockerVolumeSource, { optional: true, pointer: true }),
  downwardAPI: message(16, downwardAPIVolumeSource, {
    optional: true,
    pointer: true,
    doc: "Fields of the pod as files.",
  }),
  fc: message(17, fcVolumeSource, { optional: true, pointer: true }),
  azureFile: message(18, azureFileVolumeSource, { optional: true, pointer: true }),
  configMap: message(19, configMapVolumeSource, {
    optional: true,
    pointer: true,
    doc: "The keys of a config map as files.",
  }),
  vsphereVolume: message(20, vsphereVirtualDiskVolumeSource, { optional: true, pointer: true }),
  quobyte: message(21, quobyteVolumeSource, { optional: true, pointer: true }),
  azureDisk: message(22, azureDiskVolumeSource, { optional: true, pointer: true }),
  photonPersistentDisk: message(23, photonPersistentDiskVolumeSource, { optional: true, pointer: true }),
  projected: message(26, projectedVolumeSource, {
    optional: true,
    pointer: true,
    doc: "Several sources in one folder.",
  }),
  portworxVolume: message(24, portworxVolumeSource, { optional: true, pointer: true }),
  scaleIO: message(25, scaleIOVolumeSource, { optional: true, pointer: true }),
  storageos: message(27, storageOSVolumeSource, { optional: true, pointer: true }),
  csi: message(28, csiVolumeSource, {
    optional: true,
    pointer: true,
    doc: "Storage of a CSI driver that lives as long as the pod.",
  }),
  ephemeral: message(29, ephemeralVolumeSource, {
    optional: true,
    pointer: true,
    doc: "A claim made for the pod alone.",
  }),
  image: message(30, imageVolumeSource, { optional: true, pointer: true, doc: "The content of an image." }),
});
export interface VolumeSource extends TypeOf<typeof volumeSource> {}

export const volume = struct("io.k8s.api.core.v1.Volume", {
  name: string(1, { doc: "The volume's name within the pod." }),
  volumeSource: inline(2, volumeSource, { protobufName: "volumeSource" }),
});
export interface Volume extends TypeOf<typeof volume> {}

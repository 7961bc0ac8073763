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
  path: string(1, { doc: "The path on the node." }),
  type: oneOf(
    2,
    ["", "DirectoryOrCreate", "Directory", "FileOrCreate", "File", "Socket", "CharDevice", "BlockDevice"],
    {
      optional: true,
      pointer: true,
      default: "",
      doc: "What must be there, or is made; nothing is checked when left out.",
    },
  ),
});
export interface HostPathVolumeSource extends TypeOf<typeof hostPathVolumeSource> {}

export const emptyDirVolumeSource = struct("io.k8s.api.core.v1.EmptyDirVolumeSource", {
  medium: string(1, { optional: true, doc: "Memory: held in memory; else on the node's disk." }),
  sizeLimit: quantity(2, { optional: true, pointer: true, doc: "The most it may hold." }),
  mode: int32(3, {
    optional: true,
    pointer: true,
    featureGate: "EmptyDirVolumeMode",
    doc: "Permission bits of the folder.",
  }),
});
export interface EmptyDirVolumeSource extends TypeOf<typeof emptyDirVolumeSource> {}

export const gcePersistentDiskVolumeSource = struct("io.k8s.api.core.v1.GCEPersistentDiskVolumeSource", {
  pdName: string(1, { doc: "The disk's name." }),
  fsType: string(2, { optional: true, doc: "The filesystem to mount; the driver's default when left out." }),
  partition: int32(3, { optional: true, doc: "The partition; 0 for the whole disk." }),
  readOnly: boolean(4, { optional: true, doc: "True: mounted so that nobody can write to it." }),
});
export interface GCEPersistentDiskVolumeSource extends TypeOf<typeof gcePersistentDiskVolumeSource> {}

export const awsElasticBlockStoreVolumeSource = struct("io.k8s.api.core.v1.AWSElasticBlockStoreVolumeSource", {
  volumeID: string(1, { doc: "The volume's id." }),
  fsType: string(2, { optional: true, doc: "The filesystem to mount; the driver's default when left out." }),
  partition: int32(3, { optional: true, doc: "The partition; 0 for the whole volume." }),
  readOnly: boolean(4, { optional: true, doc: "True: mounted so that nobody can write to it." }),
});
export interface AWSElasticBlockStoreVolumeSource extends TypeOf<typeof awsElasticBlockStoreVolumeSource> {}

export const gitRepoVolumeSource = struct("io.k8s.api.core.v1.GitRepoVolumeSource", {
  repository: string(1, { doc: "The repository's address." }),
  revision: string(2, { optional: true, doc: "The commit." }),
  directory: string(3, { optional: true, doc: "The folder that it is put into." }),
});
export interface GitRepoVolumeSource extends TypeOf<typeof gitRepoVolumeSource> {}

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

export const nfsVolumeSource = struct("io.k8s.api.core.v1.NFSVolumeSource", {
  server: string(1, { doc: "The NFS server." }),
  path: string(2, { doc: "The path that it exports." }),
  readOnly: boolean(3, { optional: true, doc: "True: mounted so that nobody can write to it." }),
});
export interface NFSVolumeSource extends TypeOf<typeof nfsVolumeSource> {}

export const iscsiVolumeSource = struct("io.k8s.api.core.v1.ISCSIVolumeSource", {
  targetPortal: string(1, { doc: "The portal, as an address with port." }),
  iqn: string(2, { doc: "The target's qualified name." }),
  lun: int32(3, { doc: "The target's unit." }),
  iscsiInterface: string(4, { optional: true, default: "default", doc: "The initiator's interface." }),
  fsType: string(5, { optional: true, doc: "The filesystem to mount; the driver's default when left out." }),
  readOnly: boolean(6, { optional: true, doc: "True: mounted so that nobody can write to it." }),
  portals: list(7, strings, { optional: true, listType: "atomic", doc: "Further portals of the target." }),
  chapAuthDiscovery: boolean(8, { optional: true, doc: "True: discovery is authenticated by CHAP." }),
  chapAuthSession: boolean(11, { optional: true, doc: "True: sessions are authenticated by CHAP." }),
  secretRef: message(10, localObjectReference, {
    optional: true,
    pointer: true,
    doc: "The Secret with what is needed to log in.",
  }),
  initiatorName: string(12, { optional: true, pointer: true, doc: "The initiator's qualified name." }),
});
export interface ISCSIVolumeSource extends TypeOf<typeof iscsiVolumeSource> {}

export const glusterfsVolumeSource = struct("io.k8s.api.core.v1.GlusterfsVolumeSource", {
  endpoints: string(1, { doc: "The Endpoints object of the servers." }),
  path: string(2, { doc: "The volume's name." }),
  readOnly: boolean(3, { optional: true, doc: "True: mounted so that nobody can write to it." }),
});
export interface GlusterfsVolumeSource extends TypeOf<typeof glusterfsVolumeSource> {}

export const persistentVolumeClaimVolumeSource = struct("io.k8s.api.core.v1.PersistentVolumeClaimVolumeSource", {
  claimName: string(1, { doc: "The claim, in the pod's namespace." }),
  readOnly: boolean(2, { optional: true, doc: "True: mounted so that nobody can write to it." }),
});
export interface PersistentVolumeClaimVolumeSource extends TypeOf<typeof persistentVolumeClaimVolumeSource> {}

export const rbdVolumeSource = struct("io.k8s.api.core.v1.RBDVolumeSource", {
  monitors: list(1, strings, { listType: "atomic", doc: "The Ceph monitors." }),
  image: string(2, { doc: "The image." }),
  fsType: string(3, { optional: true, doc: "The filesystem to mount; the driver's default when left out." }),
  pool: string(4, { optional: true, default: "rbd", doc: "The pool it is in." }),
  user: string(5, { optional: true, default: "admin", doc: "The user to act as." }),
  keyring: string(6, { optional: true, default: "/etc/ceph/keyring", doc: "The keyring's path on the node." }),
  secretRef: message(7, localObjectReference, {
    optional: true,
    pointer: true,
    doc: "The Secret with what is needed to log in.",
  }),
  readOnly: boolean(8, { optional: true, doc: "True: mounted so that nobody can write to it." }),
});
export interface RBDVolumeSource extends TypeOf<typeof rbdVolumeSource> {}

export const flexVolumeSource = struct("io.k8s.api.core.v1.FlexVolumeSource", {
  driver: string(1, { doc: "The driver." }),
  fsType: string(2, { optional: true, doc: "The filesystem to mount; the driver's default when left out." }),
  secretRef: message(3, localObjectReference, {
    optional: true,
    pointer: true,
    doc: "The Secret with what is needed to log in.",
  }),
  readOnly: boolean(4, { optional: true, doc: "True: mounted so that nobody can write to it." }),
  options: map(5, strings, { optional: true, doc: "What the driver is told." }),
});
export interface FlexVolumeSource extends TypeOf<typeof flexVolumeSource> {}

export const cinderVolumeSource = struct("io.k8s.api.core.v1.CinderVolumeSource", {
  volumeID: string(1, { doc: "The volume's id." }),
  fsType: string(2, { optional: true, doc: "The filesystem to mount; the driver's default when left out." }),
  readOnly: boolean(3, { optional: true, doc: "True: mounted so that nobody can write to it." }),
  secretRef: message(4, localObjectReference, {
    optional: true,
    pointer: true,
    doc: "The Secret with what is needed to log in.",
  }),
});
export interface CinderVolumeSource extends TypeOf<typeof cinderVolumeSource> {}

export const cephFSVolumeSource = struct("io.k8s.api.core.v1.CephFSVolumeSource", {
  monitors: list(1, strings, { listType: "atomic", doc: "The Ceph monitors." }),
  path: string(2, { optional: true, doc: "The path within the filesystem." }),
  user: string(3, { optional: true, doc: "The user to act as." }),
  secretFile: string(4, { optional: true, doc: "The keyring's path on the node." }),
  secretRef: message(5, localObjectReference, {
    optional: true,
    pointer: true,
    doc: "The Secret with what is needed to log in.",
  }),
  readOnly: boolean(6, { optional: true, doc: "True: mounted so that nobody can write to it." }),
});
export interface CephFSVolumeSource extends TypeOf<typeof cephFSVolumeSource> {}

export const flockerVolumeSource = struct("io.k8s.api.core.v1.FlockerVolumeSource", {
  datasetName: string(1, { optional: true, doc: "The dataset's name." }),
  datasetUUID: string(2, { optional: true, doc: "The dataset's id." }),
});
export interface FlockerVolumeSource extends TypeOf<typeof flockerVolumeSource> {}

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

export const fcVolumeSource = struct("io.k8s.api.core.v1.FCVolumeSource", {
  targetWWNs: list(1, strings, { optional: true, listType: "atomic", doc: "World wide names of the targets." }),
  lun: int32(2, { optional: true, pointer: true, doc: "The target's unit." }),
  fsType: string(3, { optional: true, doc: "The filesystem to mount; the driver's default when left out." }),
  readOnly: boolean(4, { optional: true, doc: "True: mounted so that nobody can write to it." }),
  wwids: list(5, strings, {
    optional: true,
    listType: "atomic",
    doc: "World wide identifiers, in place of names and unit.",
  }),
});
export interface FCVolumeSource extends TypeOf<typeof fcVolumeSource> {}

export const azureFileVolumeSource = struct("io.k8s.api.core.v1.AzureFileVolumeSource", {
  secretName: string(1, { doc: "The Secret with account name and key." }),
  shareName: string(2, { doc: "The share." }),
  readOnly: boolean(3, { optional: true, doc: "True: mounted so that nobody can write to it." }),
});
export interface AzureFileVolumeSource extends TypeOf<typeof azureFileVolumeSource> {}

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

export const vsphereVirtualDiskVolumeSource = struct("io.k8s.api.core.v1.VsphereVirtualDiskVolumeSource", {
  volumePath: string(1, { doc: "The disk's path." }),
  fsType: string(2, { optional: true, doc: "The filesystem to mount; the driver's default when left out." }),
  storagePolicyName: string(3, { optional: true, doc: "The storage policy's name." }),
  storagePolicyID: string(4, { optional: true, doc: "The storage policy's id." }),
});
export interface VsphereVirtualDiskVolumeSource extends TypeOf<typeof vsphereVirtualDiskVolumeSource> {}

export const quobyteVolumeSource = struct("io.k8s.api.core.v1.QuobyteVolumeSource", {
  registry: string(1, { doc: "The registries, as addresses with ports." }),
  volume: string(2, { doc: "The volume's name." }),
  readOnly: boolean(3, { optional: true, doc: "True: mounted so that nobody can write to it." }),
  user: string(4, { optional: true, doc: "The user to act as." }),
  group: string(5, { optional: true, doc: "The group to act as." }),
  tenant: string(6, { optional: true, doc: "The tenant that owns the volume." }),
});
export interface QuobyteVolumeSource extends TypeOf<typeof quobyteVolumeSource> {}

export const azureDiskVolumeSource = struct("io.k8s.api.core.v1.AzureDiskVolumeSource", {
  diskName: string(1, { doc: "The disk's name." }),
  diskURI: string(2, { doc: "The disk's address." }),
  cachingMode: oneOf(3, ["None", "ReadOnly", "ReadWrite"], {
    optional: true,
    pointer: true,
    doc: "How the host caches it.",
  }),
  fsType: string(4, {
    optional: true,
    pointer: true,
    default: "ext4",
    doc: "The filesystem to mount; the driver's default when left out.",
  }),
  readOnly: boolean(5, {
    optional: true,
    pointer: true,
    default: false,
    doc: "True: mounted so that nobody can write to it.",
  }),
  kind: oneOf(6, ["Shared", "Dedicated", "Managed"], { optional: true, pointer: true, doc: "How the disk is kept." }),
});
export interface AzureDiskVolumeSource extends TypeOf<typeof azureDiskVolumeSource> {}

export const photonPersistentDiskVolumeSource = struct("io.k8s.api.core.v1.PhotonPersistentDiskVolumeSource", {
  pdID: string(1, { doc: "The disk's id." }),
  fsType: string(2, { optional: true, doc: "The filesystem to mount; the driver's default when left out." }),
});
export interface PhotonPersistentDiskVolumeSource extends TypeOf<typeof photonPersistentDiskVolumeSource> {}

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

export const portworxVolumeSource = struct("io.k8s.api.core.v1.PortworxVolumeSource", {
  volumeID: string(1, { doc: "The volume's id." }),
  fsType: string(2, { optional: true, doc: "The filesystem to mount; the driver's default when left out." }),
  readOnly: boolean(3, { optional: true, doc: "True: mounted so that nobody can write to it." }),
});
export interface PortworxVolumeSource extends TypeOf<typeof portworxVolumeSource> {}

export const scaleIOVolumeSource = struct("io.k8s.api.core.v1.ScaleIOVolumeSource", {
  gateway: string(1, { doc: "The gateway's address." }),
  system: string(2, { doc: "The storage system's name." }),
  secretRef: message(3, localObjectReference, { pointer: true, doc: "The Secret with what is needed to log in." }),
  sslEnabled: boolean(4, { optional: true, doc: "True: the gateway is spoken to over TLS." }),
  protectionDomain: string(5, { optional: true, doc: "The protection domain." }),
  storagePool: string(6, { optional: true, doc: "The storage pool." }),
  storageMode: string(7, { optional: true, default: "ThinProvisioned", doc: "ThickProvisioned or ThinProvisioned." }),
  volumeName: string(8, { optional: true, doc: "The volume's name." }),
  fsType: string(9, {
    optional: true,
    default: "xfs",
    doc: "The filesystem to mount; the driver's default when left out.",
  }),
  readOnly: boolean(10, { optional: true, doc: "True: mounted so that nobody can write to it." }),
});
export interface ScaleIOVolumeSource extends TypeOf<typeof scaleIOVolumeSource> {}

export const storageOSVolumeSource = struct("io.k8s.api.core.v1.StorageOSVolumeSource", {
  volumeName: string(1, { optional: true, doc: "The volume's name." }),
  volumeNamespace: string(2, { optional: true, doc: "The namespace that the volume is in." }),
  fsType: string(3, { optional: true, doc: "The filesystem to mount; the driver's default when left out." }),
  readOnly: boolean(4, { optional: true, doc: "True: mounted so that nobody can write to it." }),
  secretRef: message(5, localObjectReference, {
    optional: true,
    pointer: true,
    doc: "The Secret with what is needed to log in.",
  }),
});
export interface StorageOSVolumeSource extends TypeOf<typeof storageOSVolumeSource> {}

export const csiVolumeSource = struct("io.k8s.api.core.v1.CSIVolumeSource", {
  driver: string(1, { doc: "The driver." }),
  readOnly: boolean(2, { optional: true, pointer: true, doc: "True: mounted so that nobody can write to it." }),
  fsType: string(3, {
    optional: true,
    pointer: true,
    doc: "The filesystem to mount; the driver's default when left out.",
  }),
  volumeAttributes: map(4, strings, { optional: true, doc: "What the driver is told." }),
  nodePublishSecretRef: message(5, localObjectReference, {
    optional: true,
    pointer: true,
    doc: "The Secret that the driver is given.",
  }),
});
export interface CSIVolumeSource extends TypeOf<typeof csiVolumeSource> {}

export const persistentVolumeClaimSpec = struct("io.k8s.api.core.v1.PersistentVolumeClaimSpec", {
  accessModes: list(1, strings, {
    optional: true,
    listType: "atomic",
    doc: "How many nodes and pods may use it, and for what.",
  }),
  selector: message(4, labelSelector, { optional: true, pointer: true, doc: "Which volumes may be bound." }),
  resources: message(2, volumeResourceRequirements, { optional: true, doc: "How much it must hold." }),
  volumeName: string(3, { optional: true, doc: "The volume that it is bound to." }),
  storageClassName: string(5, { optional: true, pointer: true, doc: "The class that volumes are made by." }),
  volumeMode: oneOf(6, ["Block", "Filesystem"], {
    optional: true,
    pointer: true,
    doc: "Whether it is a filesystem or a bare device.",
  }),
  dataSource: message(7, typedLocalObjectReference, { optional: true, pointer: true, doc: "What it is filled from." }),
  dataSourceRef: message(8, typedObjectReference, {
    optional: true,
    pointer: true,
    doc: "What it is filled from, also from another namespace.",
  }),
  volumeAttributesClassName: string(9, {
    optional: true,
    pointer: true,
    featureGate: "VolumeAttributesClass",
    doc: "The class of attributes that the volume has.",
  }),
});
export interface PersistentVolumeClaimSpec extends TypeOf<typeof persistentVolumeClaimSpec> {}

export const persistentVolumeClaimTemplate = struct("io.k8s.api.core.v1.PersistentVolumeClaimTemplate", {
  metadata: message(1, objectMeta, { doc: "Labels and annotations of the claim." }),
  spec: message(2, persistentVolumeClaimSpec, { doc: "The claim." }),
});
export interface PersistentVolumeClaimTemplate extends TypeOf<typeof persistentVolumeClaimTemplate> {}

export const ephemeralVolumeSource = struct("io.k8s.api.core.v1.EphemeralVolumeSource", {
  volumeClaimTemplate: message(1, persistentVolumeClaimTemplate, {
    optional: true,
    pointer: true,
    doc: "The claim that is made for the pod and goes with it.",
  }),
});
export interface EphemeralVolumeSource extends TypeOf<typeof ephemeralVolumeSource> {}

export const imageVolumeSource = struct("io.k8s.api.core.v1.ImageVolumeSource", {
  reference: string(1, { optional: true, doc: "The image, or another artifact of a registry." }),
  pullPolicy: oneOf(2, ["Always", "Never", "IfNotPresent"], { optional: true, doc: "When it is pulled." }),
});
export interface ImageVolumeSource extends TypeOf<typeof imageVolumeSource> {}

export const volumeSource = struct("io.k8s.api.core.v1.VolumeSource", {
  hostPath: message(1, hostPathVolumeSource, { optional: true, pointer: true, doc: "A file or folder of the node." }),
  emptyDir: message(2, emptyDirVolumeSource, {
    optional: true,
    pointer: true,
    doc: "A folder that lives as long as the pod.",
  }),
  gcePersistentDisk: message(3, gcePersistentDiskVolumeSource, {
    optional: true,
    pointer: true,
    doc: "A disk of Google Compute Engine.",
  }),
  awsElasticBlockStore: message(4, awsElasticBlockStoreVolumeSource, {
    optional: true,
    pointer: true,
    doc: "A volume of AWS Elastic Block Store.",
  }),
  gitRepo: message(5, gitRepoVolumeSource, { optional: true, pointer: true, doc: "A git repository; deprecated." }),
  secret: message(6, secretVolumeSource, { optional: true, pointer: true, doc: "The keys of a secret as files." }),
  nfs: message(7, nfsVolumeSource, { optional: true, pointer: true, doc: "A folder of an NFS server." }),
  iscsi: message(8, iscsiVolumeSource, { optional: true, pointer: true, doc: "An iSCSI target." }),
  glusterfs: message(9, glusterfsVolumeSource, {
    optional: true,
    pointer: true,
    doc: "A Glusterfs volume; deprecated.",
  }),
  persistentVolumeClaim: message(10, persistentVolumeClaimVolumeSource, {
    optional: true,
    pointer: true,
    doc: "A claim on lasting storage.",
  }),
  rbd: message(11, rbdVolumeSource, { optional: true, pointer: true, doc: "A Ceph block device; deprecated." }),
  flexVolume: message(12, flexVolumeSource, {
    optional: true,
    pointer: true,
    doc: "A volume of an exec driver; deprecated.",
  }),
  cinder: message(13, cinderVolumeSource, { optional: true, pointer: true, doc: "A volume of OpenStack Cinder." }),
  cephfs: message(14, cephFSVolumeSource, { optional: true, pointer: true, doc: "A Ceph filesystem; deprecated." }),
  flocker: message(15, flockerVolumeSource, { optional: true, pointer: true, doc: "A Flocker dataset; deprecated." }),
  downwardAPI: message(16, downwardAPIVolumeSource, {
    optional: true,
    pointer: true,
    doc: "Fields of the pod as files.",
  }),
  fc: message(17, fcVolumeSource, { optional: true, pointer: true, doc: "A Fibre Channel target." }),
  azureFile: message(18, azureFileVolumeSource, { optional: true, pointer: true, doc: "A share of Azure Files." }),
  configMap: message(19, configMapVolumeSource, {
    optional: true,
    pointer: true,
    doc: "The keys of a config map as files.",
  }),
  vsphereVolume: message(20, vsphereVirtualDiskVolumeSource, {
    optional: true,
    pointer: true,
    doc: "A virtual disk of vSphere.",
  }),
  quobyte: message(21, quobyteVolumeSource, { optional: true, pointer: true, doc: "A Quobyte volume; deprecated." }),
  azureDisk: message(22, azureDiskVolumeSource, { optional: true, pointer: true, doc: "A disk of Azure." }),
  photonPersistentDisk: message(23, photonPersistentDiskVolumeSource, {
    optional: true,
    pointer: true,
    doc: "A disk of the Photon platform; deprecated.",
  }),
  projected: message(26, projectedVolumeSource, {
    optional: true,
    pointer: true,
    doc: "Several sources in one folder.",
  }),
  portworxVolume: message(24, portworxVolumeSource, { optional: true, pointer: true, doc: "A volume of Portworx." }),
  scaleIO: message(25, scaleIOVolumeSource, { optional: true, pointer: true, doc: "A ScaleIO volume; deprecated." }),
  storageos: message(27, storageOSVolumeSource, {
    optional: true,
    pointer: true,
    doc: "A StorageOS volume; deprecated.",
  }),
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

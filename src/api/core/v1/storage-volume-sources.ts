import { boolean, int32, list, map, message, oneOf, string, strings, struct, type TypeOf } from "../../schema.ts";
import { localObjectReference } from "./reference.ts";

/** Volumes of storage systems outside of the node. */

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

import { labelSelector } from "../../meta/v1/label-selector.ts";
import { objectMeta } from "../../meta/v1/object-meta.ts";
import {
  boolean,
  inline,
  int32,
  list,
  message,
  oneOf,
  quantity,
  string,
  strings,
  struct,
  type TypeOf,
} from "../../schema.ts";
import {
  configMapVolumeSource,
  downwardAPIVolumeSource,
  projectedVolumeSource,
  secretVolumeSource,
} from "./projected-volume-sources.ts";
import { typedLocalObjectReference, typedObjectReference } from "./reference.ts";
import { volumeResourceRequirements } from "./resources.ts";
import {
  awsElasticBlockStoreVolumeSource,
  azureDiskVolumeSource,
  azureFileVolumeSource,
  cephFSVolumeSource,
  cinderVolumeSource,
  csiVolumeSource,
  fcVolumeSource,
  flexVolumeSource,
  flockerVolumeSource,
  gcePersistentDiskVolumeSource,
  glusterfsVolumeSource,
  iscsiVolumeSource,
  nfsVolumeSource,
  photonPersistentDiskVolumeSource,
  portworxVolumeSource,
  quobyteVolumeSource,
  rbdVolumeSource,
  scaleIOVolumeSource,
  storageOSVolumeSource,
  vsphereVirtualDiskVolumeSource,
} from "./storage-volume-sources.ts";

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

export const gitRepoVolumeSource = struct("io.k8s.api.core.v1.GitRepoVolumeSource", {
  repository: string(1, { doc: "The repository's address." }),
  revision: string(2, { optional: true, doc: "The commit." }),
  directory: string(3, { optional: true, doc: "The folder that it is put into." }),
});
export interface GitRepoVolumeSource extends TypeOf<typeof gitRepoVolumeSource> {}

export const persistentVolumeClaimVolumeSource = struct("io.k8s.api.core.v1.PersistentVolumeClaimVolumeSource", {
  claimName: string(1, { doc: "The claim, in the pod's namespace." }),
  readOnly: boolean(2, { optional: true, doc: "True: mounted so that nobody can write to it." }),
});
export interface PersistentVolumeClaimVolumeSource extends TypeOf<typeof persistentVolumeClaimVolumeSource> {}

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

import { defineResource, type KubernetesObject, type ResourceDefinition } from "../../resource.ts";
import {
  boolean,
  int32,
  int64,
  list,
  map,
  message,
  oneOf,
  quantities,
  string,
  strings,
  struct,
  type TypeOf,
  time,
} from "../../schema.ts";
import { nodeColumns } from "./node-columns.ts";
import { validateNode } from "./node-validation.ts";

export const taint = struct("io.k8s.api.core.v1.Taint", {
  key: string(1, { doc: "The taint's key." }),
  value: string(2, { optional: true, doc: "The taint's value." }),
  effect: oneOf(3, ["NoSchedule", "PreferNoSchedule", "NoExecute"], {
    doc: "What becomes of pods that do not tolerate it.",
  }),
  timeAdded: time(4, { optional: true, pointer: true, doc: "When it was added." }),
});
export interface Taint extends TypeOf<typeof taint> {}

export const configMapNodeConfigSource = struct("io.k8s.api.core.v1.ConfigMapNodeConfigSource", {
  namespace: string(1, { doc: "The ConfigMap's namespace." }),
  name: string(2, { doc: "The ConfigMap's name." }),
  uid: string(3, { optional: true, doc: "The ConfigMap's uid." }),
  resourceVersion: string(4, { optional: true, doc: "The ConfigMap's version." }),
  kubeletConfigKey: string(5, { doc: "The key that holds the configuration." }),
});
export interface ConfigMapNodeConfigSource extends TypeOf<typeof configMapNodeConfigSource> {}

export const nodeConfigSource = struct("io.k8s.api.core.v1.NodeConfigSource", {
  configMap: message(2, configMapNodeConfigSource, {
    optional: true,
    pointer: true,
    doc: "The ConfigMap that the configuration was in; no longer used.",
  }),
});
export interface NodeConfigSource extends TypeOf<typeof nodeConfigSource> {}

export const nodePodPreemptionPolicy = struct("io.k8s.api.core.v1.NodePodPreemptionPolicy", {
  disableResizePreemption: list(1, strings, {
    optional: true,
    listType: "set",
    doc: "Resources for which a pod that grows pushes no other away.",
  }),
});
export interface NodePodPreemptionPolicy extends TypeOf<typeof nodePodPreemptionPolicy> {}

export const nodeSpec = struct("io.k8s.api.core.v1.NodeSpec", {
  podCIDR: string(1, { optional: true, doc: "Addresses for the node's pods." }),
  podCIDRs: list(7, strings, {
    optional: true,
    listType: "set",
    patchStrategy: "merge",
    doc: "Addresses for the node's pods, one range for each IP family.",
  }),
  providerID: string(3, { optional: true, doc: "The node's id at its provider." }),
  unschedulable: boolean(4, { optional: true, doc: "True: no new pods." }),
  taints: list(5, taint, { optional: true, listType: "atomic", doc: "What keeps pods away that do not tolerate it." }),
  configSource: message(6, nodeConfigSource, {
    optional: true,
    pointer: true,
    doc: "Where the kubelet's configuration came from; no longer used.",
  }),
  externalID: string(2, { optional: true, doc: "No longer used." }),
  podPreemptionPolicy: message(8, nodePodPreemptionPolicy, {
    optional: true,
    pointer: true,
    featureGate: "InPlacePodVerticalScalingSchedulerPreemption",
    doc: "When pods of the node may push others away.",
  }),
});
export interface NodeSpec extends TypeOf<typeof nodeSpec> {}

export const nodeCondition = struct("io.k8s.api.core.v1.NodeCondition", {
  type: string(1, {
    doc: "What the condition is about: Ready, MemoryPressure, DiskPressure, PIDPressure, NetworkUnavailable.",
  }),
  status: string(2, { doc: "True, False or Unknown." }),
  lastHeartbeatTime: time(3, { optional: true, doc: "When the node last said so." }),
  lastTransitionTime: time(4, { optional: true, doc: "When the status last changed." }),
  reason: string(5, { optional: true, doc: "One word for why it is so." }),
  message: string(6, { optional: true, doc: "A sentence for people about why it is so." }),
});
export interface NodeCondition extends TypeOf<typeof nodeCondition> {}

export const nodeAddress = struct("io.k8s.api.core.v1.NodeAddress", {
  type: string(1, { doc: "InternalIP, ExternalIP, Hostname, InternalDNS or ExternalDNS." }),
  address: string(2, { doc: "The address or name." }),
});
export interface NodeAddress extends TypeOf<typeof nodeAddress> {}

export const daemonEndpoint = struct("io.k8s.api.core.v1.DaemonEndpoint", {
  Port: int32(1, { doc: "The port." }),
});
export interface DaemonEndpoint extends TypeOf<typeof daemonEndpoint> {}

export const nodeDaemonEndpoints = struct("io.k8s.api.core.v1.NodeDaemonEndpoints", {
  kubeletEndpoint: message(1, daemonEndpoint, { optional: true, doc: "Where the kubelet's API is." }),
});
export interface NodeDaemonEndpoints extends TypeOf<typeof nodeDaemonEndpoints> {}

export const nodeSwapStatus = struct("io.k8s.api.core.v1.NodeSwapStatus", {
  capacity: int64(1, { optional: true, pointer: true, doc: "Bytes of swap space." }),
});
export interface NodeSwapStatus extends TypeOf<typeof nodeSwapStatus> {}

export const nodeSystemInfo = struct("io.k8s.api.core.v1.NodeSystemInfo", {
  machineID: string(1, { doc: "The id in /etc/machine-id." }),
  systemUUID: string(2, { doc: "The id that the firmware tells." }),
  bootID: string(3, { doc: "An id that is new with every start of the machine." }),
  kernelVersion: string(4, { doc: "As `uname -r` tells it." }),
  osImage: string(5, { doc: "The operating system's full name." }),
  containerRuntimeVersion: string(6, { doc: "The container runtime and its version." }),
  kubeletVersion: string(7, { doc: "The kubelet's version." }),
  kubeProxyVersion: string(8, { doc: "No longer used." }),
  operatingSystem: string(9, { doc: "linux or windows." }),
  architecture: string(10, { doc: "The processor's architecture, such as amd64." }),
  swap: message(11, nodeSwapStatus, { optional: true, pointer: true, doc: "The node's swap space." }),
  runningInUserNamespace: boolean(12, {
    optional: true,
    pointer: true,
    featureGate: "KubeletInUserNamespace",
    doc: "True: the kubelet runs inside a user namespace.",
  }),
});
export interface NodeSystemInfo extends TypeOf<typeof nodeSystemInfo> {}

export const containerImage = struct("io.k8s.api.core.v1.ContainerImage", {
  names: list(1, strings, { listType: "atomic", doc: "The image's names, with tags and digests." }),
  sizeBytes: int64(2, { optional: true, doc: "Its size." }),
});
export interface ContainerImage extends TypeOf<typeof containerImage> {}

export const attachedVolume = struct("io.k8s.api.core.v1.AttachedVolume", {
  name: string(1, { doc: "The volume." }),
  devicePath: string(2, { doc: "Its device on the node." }),
});
export interface AttachedVolume extends TypeOf<typeof attachedVolume> {}

export const nodeConfigStatus = struct("io.k8s.api.core.v1.NodeConfigStatus", {
  assigned: message(1, nodeConfigSource, {
    optional: true,
    pointer: true,
    doc: "The configuration that the node is to use.",
  }),
  active: message(2, nodeConfigSource, { optional: true, pointer: true, doc: "The one it uses." }),
  lastKnownGood: message(3, nodeConfigSource, { optional: true, pointer: true, doc: "The one it goes back to." }),
  error: string(4, { optional: true, doc: "What is wrong with the assigned one." }),
});
export interface NodeConfigStatus extends TypeOf<typeof nodeConfigStatus> {}

export const nodeRuntimeHandlerFeatures = struct("io.k8s.api.core.v1.NodeRuntimeHandlerFeatures", {
  recursiveReadOnlyMounts: boolean(1, {
    optional: true,
    pointer: true,
    doc: "True: read-only mounts can be made so with all below them.",
  }),
  userNamespaces: boolean(2, { optional: true, pointer: true, doc: "True: pods can have a user namespace." }),
});
export interface NodeRuntimeHandlerFeatures extends TypeOf<typeof nodeRuntimeHandlerFeatures> {}

export const nodeRuntimeHandler = struct("io.k8s.api.core.v1.NodeRuntimeHandler", {
  name: string(1, { doc: "The handler's name; empty for the default one." }),
  features: message(2, nodeRuntimeHandlerFeatures, { optional: true, pointer: true, doc: "What it can do." }),
});
export interface NodeRuntimeHandler extends TypeOf<typeof nodeRuntimeHandler> {}

export const nodeFeatures = struct("io.k8s.api.core.v1.NodeFeatures", {
  supplementalGroupsPolicy: boolean(1, {
    optional: true,
    pointer: true,
    doc: "True: pods may say how their supplemental groups come about.",
  }),
});
export interface NodeFeatures extends TypeOf<typeof nodeFeatures> {}

export const nodeStatus = struct("io.k8s.api.core.v1.NodeStatus", {
  capacity: map(1, quantities, { optional: true, doc: "All the node has." }),
  allocatable: map(2, quantities, { optional: true, doc: "What pods may use of it." }),
  phase: oneOf(3, ["Pending", "Running", "Terminated"], { optional: true, doc: "No longer used." }),
  conditions: list(4, nodeCondition, {
    optional: true,
    listType: "map",
    mapKeys: ["type"],
    patchStrategy: "merge",
    mergeKey: "type",
    doc: "What holds of the node at present.",
  }),
  addresses: list(5, nodeAddress, {
    optional: true,
    listType: "map",
    mapKeys: ["type"],
    patchStrategy: "merge",
    mergeKey: "type",
    doc: "How the node is reached.",
  }),
  daemonEndpoints: message(6, nodeDaemonEndpoints, { optional: true, doc: "The kubelet's port." }),
  nodeInfo: message(7, nodeSystemInfo, { optional: true, doc: "Versions and ids." }),
  images: list(8, containerImage, { optional: true, listType: "atomic", doc: "Images that are on the node." }),
  volumesInUse: list(9, strings, { optional: true, listType: "atomic", doc: "Volumes that are mounted or attached." }),
  volumesAttached: list(10, attachedVolume, { optional: true, listType: "atomic", doc: "Volumes that are attached." }),
  config: message(11, nodeConfigStatus, {
    optional: true,
    pointer: true,
    doc: "The kubelet's configuration; no longer used.",
  }),
  runtimeHandlers: list(12, nodeRuntimeHandler, {
    optional: true,
    listType: "atomic",
    doc: "What the container runtime can do, by handler.",
  }),
  features: message(13, nodeFeatures, {
    optional: true,
    pointer: true,
    featureGate: "SupplementalGroupsPolicy",
    doc: "What the container runtime can do as a whole.",
  }),
  declaredFeatures: list(14, strings, {
    optional: true,
    listType: "atomic",
    featureGate: "NodeDeclaredFeatures",
    doc: "Features of the node that the scheduler may ask for.",
  }),
});
export interface NodeStatus extends TypeOf<typeof nodeStatus> {}

export interface Node extends KubernetesObject {
  readonly spec: NodeSpec;
  readonly status?: NodeStatus | undefined;
}

export const nodes: ResourceDefinition<Node> = defineResource({
  group: "",
  version: "v1",
  kind: "Node",
  plural: "nodes",
  shortNames: ["no"],
  scope: "Cluster",
  subresources: [
    { name: "proxy", kind: "NodeProxyOptions", verbs: ["create", "delete", "get", "patch", "update"] },
    "status",
  ],
  doc: "A machine on which pods run.",
  storagePrefix: "minions",

  spec: nodeSpec,
  status: nodeStatus,

  selectableFields: { "spec.unschedulable": node => String(node.spec?.unschedulable ?? false) },
  columns: nodeColumns,

  setDefaults(node) {
    if (node.status?.capacity && !node.status.allocatable) node.status.allocatable = { ...node.status.capacity };
  },
  validate: validateNode,
});

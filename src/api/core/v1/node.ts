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
  namespace: string(1),
  name: string(2),
  uid: string(3, { optional: true }),
  resourceVersion: string(4, { optional: true }),
  kubeletConfigKey: string(5),
});
export interface ConfigMapNodeConfigSource extends TypeOf<typeof configMapNodeConfigSource> {}

export const nodeConfigSource = struct("io.k8s.api.core.v1.NodeConfigSource", {
  configMap: message(2, configMapNodeConfigSource, { optional: true, pointer: true }),
});
export interface NodeConfigSource extends TypeOf<typeof nodeConfigSource> {}

export const nodePodPreemptionPolicy = struct("io.k8s.api.core.v1.NodePodPreemptionPolicy", {
  disableResizePreemption: list(1, strings, { optional: true, listType: "set" }),
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
  configSource: message(6, nodeConfigSource, { optional: true, pointer: true }),
  externalID: string(2, { optional: true }),
  podPreemptionPolicy: message(8, nodePodPreemptionPolicy, {
    optional: true,
    pointer: true,
    featureGate: "InPlacePodVerticalScalingSchedulerPreemption",
  }),
});
export interface NodeSpec extends TypeOf<typeof nodeSpec> {}

export const nodeCondition = struct("io.k8s.api.core.v1.NodeCondition", {
  type: string(1),
  status: string(2),
  lastHeartbeatTime: time(3, { optional: true }),
  lastTransitionTime: time(4, { optional: true }),
  reason: string(5, { optional: true }),
  message: string(6, { optional: true }),
});
export interface NodeCondition extends TypeOf<typeof nodeCondition> {}

export const nodeAddress = struct("io.k8s.api.core.v1.NodeAddress", {
  type: string(1),
  address: string(2),
});
export interface NodeAddress extends TypeOf<typeof nodeAddress> {}

export const daemonEndpoint = struct("io.k8s.api.core.v1.DaemonEndpoint", {
  Port: int32(1),
});
export interface DaemonEndpoint extends TypeOf<typeof daemonEndpoint> {}

export const nodeDaemonEndpoints = struct("io.k8s.api.core.v1.NodeDaemonEndpoints", {
  kubeletEndpoint: message(1, daemonEndpoint, { optional: true }),
});
export interface NodeDaemonEndpoints extends TypeOf<typeof nodeDaemonEndpoints> {}

export const nodeSwapStatus = struct("io.k8s.api.core.v1.NodeSwapStatus", {
  capacity: int64(1, { optional: true, pointer: true }),
});
export interface NodeSwapStatus extends TypeOf<typeof nodeSwapStatus> {}

export const nodeSystemInfo = struct("io.k8s.api.core.v1.NodeSystemInfo", {
  machineID: string(1),
  systemUUID: string(2),
  bootID: string(3),
  kernelVersion: string(4),
  osImage: string(5),
  containerRuntimeVersion: string(6),
  kubeletVersion: string(7),
  kubeProxyVersion: string(8),
  operatingSystem: string(9),
  architecture: string(10),
  swap: message(11, nodeSwapStatus, { optional: true, pointer: true }),
  runningInUserNamespace: boolean(12, { optional: true, pointer: true, featureGate: "KubeletInUserNamespace" }),
});
export interface NodeSystemInfo extends TypeOf<typeof nodeSystemInfo> {}

export const containerImage = struct("io.k8s.api.core.v1.ContainerImage", {
  names: list(1, strings, { listType: "atomic" }),
  sizeBytes: int64(2, { optional: true }),
});
export interface ContainerImage extends TypeOf<typeof containerImage> {}

export const attachedVolume = struct("io.k8s.api.core.v1.AttachedVolume", {
  name: string(1),
  devicePath: string(2),
});
export interface AttachedVolume extends TypeOf<typeof attachedVolume> {}

export const nodeConfigStatus = struct("io.k8s.api.core.v1.NodeConfigStatus", {
  assigned: message(1, nodeConfigSource, { optional: true, pointer: true }),
  active: message(2, nodeConfigSource, { optional: true, pointer: true }),
  lastKnownGood: message(3, nodeConfigSource, { optional: true, pointer: true }),
  error: string(4, { optional: true }),
});
export interface NodeConfigStatus extends TypeOf<typeof nodeConfigStatus> {}

export const nodeRuntimeHandlerFeatures = struct("io.k8s.api.core.v1.NodeRuntimeHandlerFeatures", {
  recursiveReadOnlyMounts: boolean(1, { optional: true, pointer: true }),
  userNamespaces: boolean(2, { optional: true, pointer: true }),
});
export interface NodeRuntimeHandlerFeatures extends TypeOf<typeof nodeRuntimeHandlerFeatures> {}

export const nodeRuntimeHandler = struct("io.k8s.api.core.v1.NodeRuntimeHandler", {
  name: string(1),
  features: message(2, nodeRuntimeHandlerFeatures, { optional: true, pointer: true }),
});
export interface NodeRuntimeHandler extends TypeOf<typeof nodeRuntimeHandler> {}

export const nodeFeatures = struct("io.k8s.api.core.v1.NodeFeatures", {
  supplementalGroupsPolicy: boolean(1, { optional: true, pointer: true }),
});
export interface NodeFeatures extends TypeOf<typeof nodeFeatures> {}

export const nodeStatus = struct("io.k8s.api.core.v1.NodeStatus", {
  capacity: map(1, quantities, { optional: true, doc: "All the node has." }),
  allocatable: map(2, quantities, { optional: true, doc: "What pods may use of it." }),
  phase: oneOf(3, ["Pending", "Running", "Terminated"], { optional: true }),
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
  volumesInUse: list(9, strings, { optional: true, listType: "atomic" }),
  volumesAttached: list(10, attachedVolume, { optional: true, listType: "atomic" }),
  config: message(11, nodeConfigStatus, { optional: true, pointer: true }),
  runtimeHandlers: list(12, nodeRuntimeHandler, { optional: true, listType: "atomic" }),
  features: message(13, nodeFeatures, { optional: true, pointer: true, featureGate: "SupplementalGroupsPolicy" }),
  declaredFeatures: list(14, strings, { optional: true, listType: "atomic", featureGate: "NodeDeclaredFeatures" }),
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

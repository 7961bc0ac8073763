import {
  boolean,
  int32,
  int64,
  int64s,
  list,
  map,
  message,
  oneOf,
  quantities,
  quantity,
  string,
  strings,
  struct,
  type TypeOf,
  time,
} from "../../schema.ts";
import { resourceRequirements } from "./resources.ts";
import { stopSignals } from "./stop-signals.ts";

export const podCondition = struct("io.k8s.api.core.v1.PodCondition", {
  type: string(1, {
    doc: "What the condition is about: PodScheduled, Initialized, ContainersReady, Ready, or a readiness gate.",
  }),
  observedGeneration: int64(7, { optional: true, doc: "The pod's generation that this was found for." }),
  status: string(2, { doc: "True, False or Unknown." }),
  lastProbeTime: time(3, { optional: true, doc: "When it was last looked at." }),
  lastTransitionTime: time(4, { optional: true, doc: "When the status last changed." }),
  reason: string(5, { optional: true, doc: "One word for why it is so." }),
  message: string(6, { optional: true, doc: "A sentence for people about why it is so." }),
});
export interface PodCondition extends TypeOf<typeof podCondition> {}

export const hostIP = struct("io.k8s.api.core.v1.HostIP", {
  ip: string(1, { doc: "The address." }),
});
export interface HostIP extends TypeOf<typeof hostIP> {}

export const podIP = struct("io.k8s.api.core.v1.PodIP", {
  ip: string(1, { doc: "The address." }),
});
export interface PodIP extends TypeOf<typeof podIP> {}

export const containerStateWaiting = struct("io.k8s.api.core.v1.ContainerStateWaiting", {
  reason: string(1, { optional: true, doc: "One word for why it does not run yet." }),
  message: string(2, { optional: true, doc: "A sentence for people about it." }),
});
export interface ContainerStateWaiting extends TypeOf<typeof containerStateWaiting> {}

export const containerStateRunning = struct("io.k8s.api.core.v1.ContainerStateRunning", {
  startedAt: time(1, { optional: true, doc: "Since when it runs." }),
});
export interface ContainerStateRunning extends TypeOf<typeof containerStateRunning> {}

export const containerStateTerminated = struct("io.k8s.api.core.v1.ContainerStateTerminated", {
  exitCode: int32(1, { doc: "The code it ended with." }),
  signal: int32(2, { optional: true, doc: "The signal that ended it." }),
  reason: string(3, { optional: true, doc: "One word for how it ended." }),
  message: string(4, { optional: true, doc: "What it left behind for people to read." }),
  startedAt: time(5, { optional: true, doc: "When it began." }),
  finishedAt: time(6, { optional: true, doc: "When it ended." }),
  containerID: string(7, { optional: true, doc: "The run that ended, as `<runtime>://<id>`." }),
});
export interface ContainerStateTerminated extends TypeOf<typeof containerStateTerminated> {}

export const containerState = struct("io.k8s.api.core.v1.ContainerState", {
  waiting: message(1, containerStateWaiting, {
    optional: true,
    pointer: true,
    doc: "It does not run yet, or not again yet.",
  }),
  running: message(2, containerStateRunning, { optional: true, pointer: true, doc: "It runs." }),
  terminated: message(3, containerStateTerminated, { optional: true, pointer: true, doc: "It has ended." }),
});
export interface ContainerState extends TypeOf<typeof containerState> {}

export const imageVolumeStatus = struct("io.k8s.api.core.v1.ImageVolumeStatus", {
  imageRef: string(1, { optional: true, doc: "The image that is mounted, by digest." }),
});
export interface ImageVolumeStatus extends TypeOf<typeof imageVolumeStatus> {}

export const volumeStatus = struct("io.k8s.api.core.v1.VolumeStatus", {
  image: message(1, imageVolumeStatus, {
    optional: true,
    pointer: true,
    featureGate: "ImageVolumeWithDigest",
    doc: "Of an image volume: which image it is.",
  }),
});
export interface VolumeStatus extends TypeOf<typeof volumeStatus> {}

export const volumeMountStatus = struct("io.k8s.api.core.v1.VolumeMountStatus", {
  name: string(1, { doc: "The volume." }),
  mountPath: string(2, { doc: "Where it is mounted." }),
  readOnly: boolean(3, { optional: true, doc: "Whether it is mounted read-only." }),
  recursiveReadOnly: string(4, {
    optional: true,
    pointer: true,
    doc: "Whether that holds for mounts below it: Disabled or Enabled.",
  }),
  volumeStatus: message(5, volumeStatus, { optional: true, pointer: true, doc: "What is known of the volume." }),
});
export interface VolumeMountStatus extends TypeOf<typeof volumeMountStatus> {}

export const linuxContainerUser = struct("io.k8s.api.core.v1.LinuxContainerUser", {
  uid: int64(1, { doc: "The user id of its first process." }),
  gid: int64(2, { doc: "The group id of its first process." }),
  supplementalGroups: list(3, int64s, { optional: true, listType: "atomic", doc: "Its further group ids." }),
});
export interface LinuxContainerUser extends TypeOf<typeof linuxContainerUser> {}

export const containerUser = struct("io.k8s.api.core.v1.ContainerUser", {
  linux: message(1, linuxContainerUser, { optional: true, pointer: true, doc: "Ids on Linux." }),
});
export interface ContainerUser extends TypeOf<typeof containerUser> {}

export const resourceHealth = struct("io.k8s.api.core.v1.ResourceHealth", {
  resourceID: string(1, { doc: "The device." }),
  health: string(2, { optional: true, doc: "Healthy, Unhealthy or Unknown." }),
  message: string(6, {
    optional: true,
    pointer: true,
    featureGate: "ResourceHealthStatusMessage",
    doc: "A sentence for people about it.",
  }),
});
export interface ResourceHealth extends TypeOf<typeof resourceHealth> {}

export const resourceStatus = struct("io.k8s.api.core.v1.ResourceStatus", {
  name: string(1, { doc: "The resource, or the claim it came by." }),
  resources: list(2, resourceHealth, {
    optional: true,
    listType: "map",
    mapKeys: ["resourceID"],
    doc: "How its devices are.",
  }),
});
export interface ResourceStatus extends TypeOf<typeof resourceStatus> {}

export const containerStatus = struct("io.k8s.api.core.v1.ContainerStatus", {
  name: string(1, { doc: "The container's name." }),
  state: message(2, containerState, { optional: true, doc: "How it is now." }),
  lastState: message(3, containerState, { optional: true, doc: "How it ended the time before." }),
  ready: boolean(4, { doc: "Whether it can take traffic." }),
  restartCount: int32(5, { doc: "How often it was started again." }),
  image: string(6, { doc: "The image it runs." }),
  imageID: string(7, { doc: "The image's digest." }),
  containerID: string(8, { optional: true, doc: "Its id in the runtime." }),
  started: boolean(9, { optional: true, pointer: true, doc: "Whether it has started as its startup probe sees it." }),
  allocatedResources: map(10, quantities, { optional: true, doc: "What the node has set aside for it." }),
  resources: message(11, resourceRequirements, {
    optional: true,
    pointer: true,
    featureGate: "InPlacePodVerticalScaling",
    doc: "Requests and limits that it runs with.",
  }),
  volumeMounts: list(12, volumeMountStatus, {
    optional: true,
    listType: "map",
    mapKeys: ["mountPath"],
    patchStrategy: "merge",
    mergeKey: "mountPath",
    doc: "How its volumes are mounted.",
  }),
  user: message(13, containerUser, {
    optional: true,
    pointer: true,
    featureGate: "SupplementalGroupsPolicy",
    doc: "Ids that its first process started with.",
  }),
  allocatedResourcesStatus: list(14, resourceStatus, {
    optional: true,
    listType: "map",
    mapKeys: ["name"],
    patchStrategy: "merge",
    mergeKey: "name",
    featureGate: "ResourceHealthStatus",
    doc: "How its devices are.",
  }),
  stopSignal: oneOf(15, stopSignals, {
    optional: true,
    pointer: true,
    featureGate: "ContainerStopSignals",
    doc: "The signal that asks it to stop.",
  }),
});
export interface ContainerStatus extends TypeOf<typeof containerStatus> {}

export const podResourceClaimStatus = struct("io.k8s.api.core.v1.PodResourceClaimStatus", {
  name: string(1, { doc: "The claim's name in the pod." }),
  resourceClaimName: string(2, { optional: true, pointer: true, doc: "The ResourceClaim made for it." }),
});
export interface PodResourceClaimStatus extends TypeOf<typeof podResourceClaimStatus> {}

export const containerExtendedResourceRequest = struct("io.k8s.api.core.v1.ContainerExtendedResourceRequest", {
  containerName: string(1, { doc: "The container that asks." }),
  resourceName: string(2, { doc: "The extended resource it asks for." }),
  requestName: string(3, { doc: "The request in the claim that stands for it." }),
});
export interface ContainerExtendedResourceRequest extends TypeOf<typeof containerExtendedResourceRequest> {}

export const podExtendedResourceClaimStatus = struct("io.k8s.api.core.v1.PodExtendedResourceClaimStatus", {
  requestMappings: list(1, containerExtendedResourceRequest, {
    listType: "atomic",
    doc: "Which request of the claim stands for which container's resource.",
  }),
  resourceClaimName: string(2, { doc: "The claim made for the pod's extended resources." }),
});
export interface PodExtendedResourceClaimStatus extends TypeOf<typeof podExtendedResourceClaimStatus> {}

export const nodeAllocatableMappedResources = struct("io.k8s.api.core.v1.NodeAllocatableMappedResources", {
  name: string(1, { doc: "The node's resource." }),
  quantity: quantity(2, { pointer: true, doc: "How much of it." }),
});
export interface NodeAllocatableMappedResources extends TypeOf<typeof nodeAllocatableMappedResources> {}

export const nodeAllocatableOverheadResources = struct("io.k8s.api.core.v1.NodeAllocatableOverheadResources", {
  name: string(1, { doc: "The node's resource." }),
  perPod: quantity(2, { optional: true, pointer: true, doc: "How much for the pod, once." }),
  perContainer: quantity(3, { optional: true, pointer: true, doc: "How much for each container." }),
});
export interface NodeAllocatableOverheadResources extends TypeOf<typeof nodeAllocatableOverheadResources> {}

export const nodeAllocatableResourceClaimStatus = struct("io.k8s.api.core.v1.NodeAllocatableResourceClaimStatus", {
  resourceClaimName: string(1, { doc: "The claim." }),
  containers: list(2, strings, { optional: true, listType: "set", doc: "Containers that use it." }),
  mapping: list(4, nodeAllocatableMappedResources, {
    optional: true,
    listType: "map",
    mapKeys: ["name"],
    patchStrategy: "merge",
    mergeKey: "name",
    doc: "What of the node's resources the claim stands for.",
  }),
  overhead: list(5, nodeAllocatableOverheadResources, {
    optional: true,
    listType: "map",
    mapKeys: ["name"],
    patchStrategy: "merge",
    mergeKey: "name",
    doc: "What its use costs beside that.",
  }),
});
export interface NodeAllocatableResourceClaimStatus extends TypeOf<typeof nodeAllocatableResourceClaimStatus> {}

export const volumeHealthCondition = struct("io.k8s.api.core.v1.VolumeHealthCondition", {
  status: oneOf(1, ["Inaccessible", "DataLoss", "Degraded"], { doc: "What is wrong with it." }),
  reason: string(2, { doc: "One word for why it is so." }),
  message: string(3, { optional: true, doc: "A sentence for people about why it is so." }),
});
export interface VolumeHealthCondition extends TypeOf<typeof volumeHealthCondition> {}

export const podVolumeHealth = struct("io.k8s.api.core.v1.PodVolumeHealth", {
  name: string(1, { doc: "The volume." }),
  healthConditions: list(2, volumeHealthCondition, {
    optional: true,
    listType: "map",
    mapKeys: ["status", "reason"],
    patchStrategy: "merge",
    mergeKey: "status",
    doc: "What is wrong with it; none when it is well.",
  }),
  lastTransitionTime: time(3, { optional: true, doc: "When that last changed." }),
});
export interface PodVolumeHealth extends TypeOf<typeof podVolumeHealth> {}

export const podStatus = struct("io.k8s.api.core.v1.PodStatus", {
  observedGeneration: int64(17, { optional: true, doc: "The generation the kubelet has seen." }),
  phase: oneOf(1, ["Pending", "Running", "Succeeded", "Failed", "Unknown"], {
    optional: true,
    doc: "Where in its life the pod is.",
  }),
  conditions: list(2, podCondition, {
    optional: true,
    listType: "map",
    mapKeys: ["type"],
    patchStrategy: "merge",
    mergeKey: "type",
    doc: "What holds of the pod at present.",
  }),
  message: string(3, { optional: true, doc: "Why it is so, for people." }),
  reason: string(4, { optional: true, doc: "Why it is so, in one word." }),
  nominatedNodeName: string(11, { optional: true, doc: "The node on which room is being made for the pod." }),
  hostIP: string(5, { optional: true, doc: "The node's address." }),
  hostIPs: list(16, hostIP, {
    optional: true,
    listType: "atomic",
    patchStrategy: "merge",
    mergeKey: "ip",
    doc: "The node's addresses.",
  }),
  podIP: string(6, { optional: true, doc: "The pod's address." }),
  podIPs: list(12, podIP, {
    optional: true,
    listType: "map",
    mapKeys: ["ip"],
    patchStrategy: "merge",
    mergeKey: "ip",
    doc: "The pod's addresses.",
  }),
  startTime: time(7, { optional: true, pointer: true, doc: "When the kubelet took the pod on." }),
  initContainerStatuses: list(10, containerStatus, {
    optional: true,
    listType: "atomic",
    doc: "How the init containers are.",
  }),
  containerStatuses: list(8, containerStatus, { optional: true, listType: "atomic", doc: "How the containers are." }),
  qosClass: oneOf(9, ["Guaranteed", "Burstable", "BestEffort"], {
    optional: true,
    doc: "Guaranteed, Burstable or BestEffort.",
  }),
  ephemeralContainerStatuses: list(13, containerStatus, {
    optional: true,
    listType: "atomic",
    doc: "How the ephemeral containers are.",
  }),
  resize: string(14, {
    optional: true,
    featureGate: "InPlacePodVerticalScaling",
    doc: "How far a change of its resources has come; no longer used.",
  }),
  resourceClaimStatuses: list(15, podResourceClaimStatus, {
    optional: true,
    listType: "map",
    mapKeys: ["name"],
    patchStrategy: "merge,retainKeys",
    mergeKey: "name",
    featureGate: "DynamicResourceAllocation",
    doc: "Claims made for the pod.",
  }),
  extendedResourceClaimStatus: message(18, podExtendedResourceClaimStatus, {
    optional: true,
    pointer: true,
    featureGate: "DRAExtendedResource",
    doc: "The claim made for its extended resources.",
  }),
  allocatedResources: map(19, quantities, {
    optional: true,
    featureGate: "InPlacePodLevelResourcesVerticalScaling",
    doc: "What the node has set aside for the pod as a whole.",
  }),
  resources: message(20, resourceRequirements, {
    optional: true,
    pointer: true,
    featureGate: "InPlacePodLevelResourcesVerticalScaling",
    doc: "Requests and limits of the pod as a whole.",
  }),
  nodeAllocatableResourceClaimStatuses: list(21, nodeAllocatableResourceClaimStatus, {
    optional: true,
    listType: "map",
    mapKeys: ["resourceClaimName"],
    patchStrategy: "merge",
    mergeKey: "resourceClaimName",
    featureGate: "DRANodeAllocatableResources",
    doc: "Claims that take of the node's own resources.",
  }),
  volumeHealth: list(22, podVolumeHealth, {
    optional: true,
    listType: "map",
    mapKeys: ["name"],
    featureGate: "CSIVolumeHealth",
    doc: "How its volumes are.",
  }),
});
export interface PodStatus extends TypeOf<typeof podStatus> {}

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

export const podCondition = struct("io.k8s.api.core.v1.PodCondition", {
  type: string(1),
  observedGeneration: int64(7, { optional: true }),
  status: string(2),
  lastProbeTime: time(3, { optional: true }),
  lastTransitionTime: time(4, { optional: true }),
  reason: string(5, { optional: true }),
  message: string(6, { optional: true }),
});
export interface PodCondition extends TypeOf<typeof podCondition> {}

export const hostIP = struct("io.k8s.api.core.v1.HostIP", {
  ip: string(1),
});
export interface HostIP extends TypeOf<typeof hostIP> {}

export const podIP = struct("io.k8s.api.core.v1.PodIP", {
  ip: string(1),
});
export interface PodIP extends TypeOf<typeof podIP> {}

export const containerStateWaiting = struct("io.k8s.api.core.v1.ContainerStateWaiting", {
  reason: string(1, { optional: true }),
  message: string(2, { optional: true }),
});
export interface ContainerStateWaiting extends TypeOf<typeof containerStateWaiting> {}

export const containerStateRunning = struct("io.k8s.api.core.v1.ContainerStateRunning", {
  startedAt: time(1, { optional: true }),
});
export interface ContainerStateRunning extends TypeOf<typeof containerStateRunning> {}

export const containerStateTerminated = struct("io.k8s.api.core.v1.ContainerStateTerminated", {
  exitCode: int32(1),
  signal: int32(2, { optional: true }),
  reason: string(3, { optional: true }),
  message: string(4, { optional: true }),
  startedAt: time(5, { optional: true }),
  finishedAt: time(6, { optional: true }),
  containerID: string(7, { optional: true }),
});
export interface ContainerStateTerminated extends TypeOf<typeof containerStateTerminated> {}

export const containerState = struct("io.k8s.api.core.v1.ContainerState", {
  waiting: message(1, containerStateWaiting, { optional: true, pointer: true }),
  running: message(2, containerStateRunning, { optional: true, pointer: true }),
  terminated: message(3, containerStateTerminated, { optional: true, pointer: true }),
});
export interface ContainerState extends TypeOf<typeof containerState> {}

export const imageVolumeStatus = struct("io.k8s.api.core.v1.ImageVolumeStatus", {
  imageRef: string(1, { optional: true }),
});
export interface ImageVolumeStatus extends TypeOf<typeof imageVolumeStatus> {}

export const volumeStatus = struct("io.k8s.api.core.v1.VolumeStatus", {
  image: message(1, imageVolumeStatus, { optional: true, pointer: true, featureGate: "ImageVolumeWithDigest" }),
});
export interface VolumeStatus extends TypeOf<typeof volumeStatus> {}

export const volumeMountStatus = struct("io.k8s.api.core.v1.VolumeMountStatus", {
  name: string(1),
  mountPath: string(2),
  readOnly: boolean(3, { optional: true }),
  recursiveReadOnly: string(4, { optional: true, pointer: true }),
  volumeStatus: message(5, volumeStatus, { optional: true, pointer: true }),
});
export interface VolumeMountStatus extends TypeOf<typeof volumeMountStatus> {}

export const linuxContainerUser = struct("io.k8s.api.core.v1.LinuxContainerUser", {
  uid: int64(1),
  gid: int64(2),
  supplementalGroups: list(3, int64s, { optional: true, listType: "atomic" }),
});
export interface LinuxContainerUser extends TypeOf<typeof linuxContainerUser> {}

export const containerUser = struct("io.k8s.api.core.v1.ContainerUser", {
  linux: message(1, linuxContainerUser, { optional: true, pointer: true }),
});
export interface ContainerUser extends TypeOf<typeof containerUser> {}

export const resourceHealth = struct("io.k8s.api.core.v1.ResourceHealth", {
  resourceID: string(1),
  health: string(2, { optional: true }),
  message: string(6, { optional: true, pointer: true, featureGate: "ResourceHealthStatusMessage" }),
});
export interface ResourceHealth extends TypeOf<typeof resourceHealth> {}

export const resourceStatus = struct("io.k8s.api.core.v1.ResourceStatus", {
  name: string(1),
  resources: list(2, resourceHealth, { optional: true, listType: "map", mapKeys: ["resourceID"] }),
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
  allocatedResources: map(10, quantities, { optional: true }),
  resources: message(11, resourceRequirements, {
    optional: true,
    pointer: true,
    featureGate: "InPlacePodVerticalScaling",
  }),
  volumeMounts: list(12, volumeMountStatus, {
    optional: true,
    listType: "map",
    mapKeys: ["mountPath"],
    patchStrategy: "merge",
    mergeKey: "mountPath",
  }),
  user: message(13, containerUser, { optional: true, pointer: true, featureGate: "SupplementalGroupsPolicy" }),
  allocatedResourcesStatus: list(14, resourceStatus, {
    optional: true,
    listType: "map",
    mapKeys: ["name"],
    patchStrategy: "merge",
    mergeKey: "name",
    featureGate: "ResourceHealthStatus",
  }),
  stopSignal: oneOf(
    15,
    [
      "SIGABRT",
      "SIGALRM",
      "SIGBUS",
      "SIGCHLD",
      "SIGCLD",
      "SIGCONT",
      "SIGFPE",
      "SIGHUP",
      "SIGILL",
      "SIGINT",
      "SIGIO",
      "SIGIOT",
      "SIGKILL",
      "SIGPIPE",
      "SIGPOLL",
      "SIGPROF",
      "SIGPWR",
      "SIGQUIT",
      "SIGSEGV",
      "SIGSTKFLT",
      "SIGSTOP",
      "SIGSYS",
      "SIGTERM",
      "SIGTRAP",
      "SIGTSTP",
      "SIGTTIN",
      "SIGTTOU",
      "SIGURG",
      "SIGUSR1",
      "SIGUSR2",
      "SIGVTALRM",
      "SIGWINCH",
      "SIGXCPU",
      "SIGXFSZ",
      "SIGRTMIN",
      "SIGRTMIN+1",
      "SIGRTMIN+2",
      "SIGRTMIN+3",
      "SIGRTMIN+4",
      "SIGRTMIN+5",
      "SIGRTMIN+6",
      "SIGRTMIN+7",
      "SIGRTMIN+8",
      "SIGRTMIN+9",
      "SIGRTMIN+10",
      "SIGRTMIN+11",
      "SIGRTMIN+12",
      "SIGRTMIN+13",
      "SIGRTMIN+14",
      "SIGRTMIN+15",
      "SIGRTMAX-14",
      "SIGRTMAX-13",
      "SIGRTMAX-12",
      "SIGRTMAX-11",
      "SIGRTMAX-10",
      "SIGRTMAX-9",
      "SIGRTMAX-8",
      "SIGRTMAX-7",
      "SIGRTMAX-6",
      "SIGRTMAX-5",
      "SIGRTMAX-4",
      "SIGRTMAX-3",
      "SIGRTMAX-2",
      "SIGRTMAX-1",
      "SIGRTMAX",
    ],
    { optional: true, pointer: true, featureGate: "ContainerStopSignals" },
  ),
});
export interface ContainerStatus extends TypeOf<typeof containerStatus> {}

export const podResourceClaimStatus = struct("io.k8s.api.core.v1.PodResourceClaimStatus", {
  name: string(1),
  resourceClaimName: string(2, { optional: true, pointer: true }),
});
export interface PodResourceClaimStatus extends TypeOf<typeof podResourceClaimStatus> {}

export const containerExtendedResourceRequest = struct("io.k8s.api.core.v1.ContainerExtendedResourceRequest", {
  containerName: string(1),
  resourceName: string(2),
  requestName: string(3),
});
export interface ContainerExtendedResourceRequest extends TypeOf<typeof containerExtendedResourceRequest> {}

export const podExtendedResourceClaimStatus = struct("io.k8s.api.core.v1.PodExtendedResourceClaimStatus", {
  requestMappings: list(1, containerExtendedResourceRequest, { listType: "atomic" }),
  resourceClaimName: string(2),
});
export interface PodExtendedResourceClaimStatus extends TypeOf<typeof podExtendedResourceClaimStatus> {}

export const nodeAllocatableMappedResources = struct("io.k8s.api.core.v1.NodeAllocatableMappedResources", {
  name: string(1),
  quantity: quantity(2, { pointer: true }),
});
export interface NodeAllocatableMappedResources extends TypeOf<typeof nodeAllocatableMappedResources> {}

export const nodeAllocatableOverheadResources = struct("io.k8s.api.core.v1.NodeAllocatableOverheadResources", {
  name: string(1),
  perPod: quantity(2, { optional: true, pointer: true }),
  perContainer: quantity(3, { optional: true, pointer: true }),
});
export interface NodeAllocatableOverheadResources extends TypeOf<typeof nodeAllocatableOverheadResources> {}

export const nodeAllocatableResourceClaimStatus = struct("io.k8s.api.core.v1.NodeAllocatableResourceClaimStatus", {
  resourceClaimName: string(1),
  containers: list(2, strings, { optional: true, listType: "set" }),
  mapping: list(4, nodeAllocatableMappedResources, {
    optional: true,
    listType: "map",
    mapKeys: ["name"],
    patchStrategy: "merge",
    mergeKey: "name",
  }),
  overhead: list(5, nodeAllocatableOverheadResources, {
    optional: true,
    listType: "map",
    mapKeys: ["name"],
    patchStrategy: "merge",
    mergeKey: "name",
  }),
});
export interface NodeAllocatableResourceClaimStatus extends TypeOf<typeof nodeAllocatableResourceClaimStatus> {}

export const volumeHealthCondition = struct("io.k8s.api.core.v1.VolumeHealthCondition", {
  status: oneOf(1, ["Inaccessible", "DataLoss", "Degraded"]),
  reason: string(2),
  message: string(3, { optional: true }),
});
export interface VolumeHealthCondition extends TypeOf<typeof volumeHealthCondition> {}

export const podVolumeHealth = struct("io.k8s.api.core.v1.PodVolumeHealth", {
  name: string(1),
  healthConditions: list(2, volumeHealthCondition, {
    optional: true,
    listType: "map",
    mapKeys: ["status", "reason"],
    patchStrategy: "merge",
    mergeKey: "status",
  }),
  lastTransitionTime: time(3, { optional: true }),
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
  resize: string(14, { optional: true, featureGate: "InPlacePodVerticalScaling" }),
  resourceClaimStatuses: list(15, podResourceClaimStatus, {
    optional: true,
    listType: "map",
    mapKeys: ["name"],
    patchStrategy: "merge,retainKeys",
    mergeKey: "name",
    featureGate: "DynamicResourceAllocation",
  }),
  extendedResourceClaimStatus: message(18, podExtendedResourceClaimStatus, {
    optional: true,
    pointer: true,
    featureGate: "DRAExtendedResource",
  }),
  allocatedResources: map(19, quantities, { optional: true, featureGate: "InPlacePodLevelResourcesVerticalScaling" }),
  resources: message(20, resourceRequirements, {
    optional: true,
    pointer: true,
    featureGate: "InPlacePodLevelResourcesVerticalScaling",
  }),
  nodeAllocatableResourceClaimStatuses: list(21, nodeAllocatableResourceClaimStatus, {
    optional: true,
    listType: "map",
    mapKeys: ["resourceClaimName"],
    patchStrategy: "merge",
    mergeKey: "resourceClaimName",
    featureGate: "DRANodeAllocatableResources",
  }),
  volumeHealth: list(22, podVolumeHealth, {
    optional: true,
    listType: "map",
    mapKeys: ["name"],
    featureGate: "CSIVolumeHealth",
  }),
});
export interface PodStatus extends TypeOf<typeof podStatus> {}

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
} from "../../schema.ts";
import { affinity, topologySpreadConstraint } from "./affinity.ts";
import { container, ephemeralContainer } from "./container.ts";
import { localObjectReference } from "./reference.ts";
import { resourceRequirements } from "./resources.ts";
import { podSecurityContext } from "./security-context.ts";
import { volume } from "./volume.ts";

export const toleration = struct("io.k8s.api.core.v1.Toleration", {
  key: string(1, { optional: true, doc: "The taint's key; empty: any." }),
  operator: oneOf(2, ["Exists", "Equal", "Lt", "Gt"], { optional: true, doc: "Exists or Equal." }),
  value: string(3, { optional: true, doc: "The taint's value." }),
  effect: oneOf(4, ["NoSchedule", "PreferNoSchedule", "NoExecute"], {
    optional: true,
    doc: "The taint's effect; empty: any.",
  }),
  tolerationSeconds: int64(5, { optional: true, pointer: true, doc: "How long a NoExecute taint is borne." }),
});
export interface Toleration extends TypeOf<typeof toleration> {}

export const hostAlias = struct("io.k8s.api.core.v1.HostAlias", {
  ip: string(1, { doc: "The address." }),
  hostnames: list(2, strings, { optional: true, listType: "atomic", doc: "Names for it." }),
});
export interface HostAlias extends TypeOf<typeof hostAlias> {}

export const podDNSConfigOption = struct("io.k8s.api.core.v1.PodDNSConfigOption", {
  name: string(1, { optional: true, doc: "The option's name, such as ndots." }),
  value: string(2, { optional: true, pointer: true, doc: "Its value, where it has one." }),
});
export interface PodDNSConfigOption extends TypeOf<typeof podDNSConfigOption> {}

export const podDNSConfig = struct("io.k8s.api.core.v1.PodDNSConfig", {
  nameservers: list(1, strings, {
    optional: true,
    listType: "atomic",
    doc: "Name servers to ask, after those that the policy gives.",
  }),
  searches: list(2, strings, {
    optional: true,
    listType: "atomic",
    doc: "Domains in which short names are looked up, after those that the policy gives.",
  }),
  options: list(3, podDNSConfigOption, {
    optional: true,
    listType: "atomic",
    doc: "Options of the resolver; one of a name replaces the policy's.",
  }),
});
export interface PodDNSConfig extends TypeOf<typeof podDNSConfig> {}

export const podReadinessGate = struct("io.k8s.api.core.v1.PodReadinessGate", {
  conditionType: string(1, { doc: "The condition of the pod that must be True for it to be ready." }),
});
export interface PodReadinessGate extends TypeOf<typeof podReadinessGate> {}

export const podOS = struct("io.k8s.api.core.v1.PodOS", {
  name: string(1, { doc: "linux or windows." }),
});
export interface PodOS extends TypeOf<typeof podOS> {}

export const podSchedulingGate = struct("io.k8s.api.core.v1.PodSchedulingGate", {
  name: string(1, { doc: "The gate; the pod is not scheduled while it has one." }),
});
export interface PodSchedulingGate extends TypeOf<typeof podSchedulingGate> {}

export const podResourceClaim = struct("io.k8s.api.core.v1.PodResourceClaim", {
  name: string(1, { doc: "How containers call the claim." }),
  resourceClaimName: string(3, { optional: true, pointer: true, doc: "A claim that exists." }),
  resourceClaimTemplateName: string(4, {
    optional: true,
    pointer: true,
    doc: "A template of which the pod gets a claim of its own.",
  }),
});
export interface PodResourceClaim extends TypeOf<typeof podResourceClaim> {}

export const podSchedulingGroup = struct("io.k8s.api.core.v1.PodSchedulingGroup", {
  podGroupName: string(1, { optional: true, pointer: true, doc: "The group of pods that are scheduled together." }),
});
export interface PodSchedulingGroup extends TypeOf<typeof podSchedulingGroup> {}

export const evictionResponder = struct(
  "io.k8s.api.core.v1.EvictionResponder",
  {
    name: string(1, { doc: "Who is asked when the pod is to be evicted." }),
    priority: int32(2, { pointer: true, doc: "Who is asked first: the highest." }),
  },
  { mapType: "atomic" },
);
export interface EvictionResponder extends TypeOf<typeof evictionResponder> {}

export const podSpec = struct("io.k8s.api.core.v1.PodSpec", {
  volumes: list(1, volume, {
    optional: true,
    listType: "map",
    mapKeys: ["name"],
    patchStrategy: "merge,retainKeys",
    mergeKey: "name",
    doc: "Volumes that containers may mount.",
  }),
  initContainers: list(20, container, {
    optional: true,
    listType: "map",
    mapKeys: ["name"],
    patchStrategy: "merge",
    mergeKey: "name",
    doc: "Containers that run one after another before the others start; with restartPolicy Always they stay.",
  }),
  containers: list(2, container, {
    listType: "map",
    mapKeys: ["name"],
    patchStrategy: "merge",
    mergeKey: "name",
    doc: "The containers; at least one.",
  }),
  ephemeralContainers: list(34, ephemeralContainer, {
    optional: true,
    listType: "map",
    mapKeys: ["name"],
    patchStrategy: "merge",
    mergeKey: "name",
    doc: "Containers added to a running pod for looking into it.",
  }),
  restartPolicy: oneOf(3, ["Always", "OnFailure", "Never"], {
    optional: true,
    default: "Always",
    doc: "When ended containers are started again.",
  }),
  terminationGracePeriodSeconds: int64(4, {
    optional: true,
    default: 30,
    pointer: true,
    doc: "Seconds the processes have to end before they are killed.",
  }),
  activeDeadlineSeconds: int64(5, {
    optional: true,
    pointer: true,
    doc: "Seconds after which the pod is ended as failed.",
  }),
  dnsPolicy: oneOf(6, ["ClusterFirstWithHostNet", "ClusterFirst", "Default", "None"], {
    optional: true,
    default: "ClusterFirst",
    doc: "Where the pod's names are resolved.",
  }),
  nodeSelector: map(7, strings, { optional: true, mapType: "atomic", doc: "Labels a node must have to run the pod." }),
  serviceAccountName: string(8, { optional: true, doc: "The identity under which the pod speaks to the API server." }),
  serviceAccount: string(9, { optional: true, doc: "Older name of serviceAccountName." }),
  automountServiceAccountToken: boolean(21, {
    optional: true,
    pointer: true,
    doc: "False: no token of the service account is mounted.",
  }),
  nodeName: string(10, { optional: true, doc: "The node the pod runs on; set by the scheduler." }),
  hostNetwork: boolean(11, { optional: true, doc: "True: the pod uses the node's network." }),
  hostPID: boolean(12, { optional: true, doc: "True: the pod sees the node's processes." }),
  hostIPC: boolean(13, { optional: true, doc: "True: the pod shares the node's inter-process communication." }),
  shareProcessNamespace: boolean(27, {
    optional: true,
    pointer: true,
    doc: "True: the containers see one another's processes.",
  }),
  securityContext: message(14, podSecurityContext, {
    optional: true,
    default: {},
    pointer: true,
    doc: "Users, groups and rights of all containers.",
  }),
  imagePullSecrets: list(15, localObjectReference, {
    optional: true,
    listType: "map",
    mapKeys: ["name"],
    patchStrategy: "merge",
    mergeKey: "name",
    doc: "Secrets for registries that want a password.",
  }),
  hostname: string(16, { optional: true, doc: "The pod's host name; else its own name." }),
  subdomain: string(17, {
    optional: true,
    doc: "With a headless service of this name the pod gets a DNS name of its own.",
  }),
  affinity: message(18, affinity, {
    optional: true,
    pointer: true,
    doc: "Which nodes and which neighbours the pod wants or shuns.",
  }),
  schedulerName: string(19, { optional: true, default: "default-scheduler", doc: "Who chooses the node." }),
  tolerations: list(22, toleration, {
    optional: true,
    listType: "atomic",
    doc: "Taints of nodes that do not keep the pod away.",
  }),
  hostAliases: list(23, hostAlias, {
    optional: true,
    listType: "map",
    mapKeys: ["ip"],
    patchStrategy: "merge",
    mergeKey: "ip",
    doc: "More lines for /etc/hosts.",
  }),
  priorityClassName: string(24, { optional: true, doc: "Name of the priority class." }),
  priority: int32(25, {
    optional: true,
    pointer: true,
    doc: "Pods of higher priority go first and may displace others.",
  }),
  dnsConfig: message(26, podDNSConfig, {
    optional: true,
    pointer: true,
    doc: "DNS servers, search paths and options of the pod's own.",
  }),
  readinessGates: list(28, podReadinessGate, {
    optional: true,
    listType: "atomic",
    doc: "Further conditions for the pod to be ready.",
  }),
  runtimeClassName: string(29, { optional: true, pointer: true, doc: "Which kind of runtime runs the pod." }),
  enableServiceLinks: boolean(30, {
    optional: true,
    pointer: true,
    doc: "False: no environment variables about services.",
  }),
  preemptionPolicy: oneOf(31, ["PreemptLowerPriority", "Never"], {
    optional: true,
    pointer: true,
    doc: "Whether the pod may displace others of lower priority.",
  }),
  overhead: map(32, quantities, { optional: true, doc: "What running the pod costs beside its containers." }),
  topologySpreadConstraints: list(33, topologySpreadConstraint, {
    optional: true,
    listType: "map",
    mapKeys: ["topologyKey", "whenUnsatisfiable"],
    patchStrategy: "merge",
    mergeKey: "topologyKey",
    doc: "How like pods are spread over zones and nodes.",
  }),
  setHostnameAsFQDN: boolean(35, { optional: true, pointer: true, doc: "True: the host name is the full DNS name." }),
  os: message(36, podOS, { optional: true, pointer: true, doc: "The operating system the containers are for." }),
  hostUsers: boolean(37, {
    optional: true,
    pointer: true,
    doc: "False: users in the pod are others than on the node.",
  }),
  schedulingGates: list(38, podSchedulingGate, {
    optional: true,
    listType: "map",
    mapKeys: ["name"],
    patchStrategy: "merge",
    mergeKey: "name",
    doc: "As long as there is one, the pod is not scheduled.",
  }),
  resourceClaims: list(39, podResourceClaim, {
    optional: true,
    listType: "map",
    mapKeys: ["name"],
    patchStrategy: "merge,retainKeys",
    mergeKey: "name",
    featureGate: "DynamicResourceAllocation",
    doc: "Claims on devices that containers may use.",
  }),
  resources: message(40, resourceRequirements, {
    optional: true,
    pointer: true,
    featureGate: "PodLevelResources",
    doc: "Requests and limits of the pod as a whole.",
  }),
  hostnameOverride: string(41, {
    optional: true,
    pointer: true,
    featureGate: "HostnameOverride",
    doc: "The host name, instead of what hostname and subdomain give.",
  }),
  schedulingGroup: message(43, podSchedulingGroup, {
    optional: true,
    pointer: true,
    featureGate: "GenericWorkload",
    doc: "The group of pods that it is scheduled with.",
  }),
  evictionResponders: list(44, evictionResponder, {
    optional: true,
    listType: "map",
    mapKeys: ["name"],
    patchStrategy: "merge",
    mergeKey: "name",
    featureGate: "EvictionRequestAPI",
    doc: "Who may act when the pod is to be evicted.",
  }),
});
export interface PodSpec extends TypeOf<typeof podSpec> {}

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
  key: string(1, { optional: true }),
  operator: oneOf(2, ["Exists", "Equal", "Lt", "Gt"], { optional: true }),
  value: string(3, { optional: true }),
  effect: oneOf(4, ["NoSchedule", "PreferNoSchedule", "NoExecute"], { optional: true }),
  tolerationSeconds: int64(5, { optional: true, pointer: true }),
});
export interface Toleration extends TypeOf<typeof toleration> {}

export const hostAlias = struct("io.k8s.api.core.v1.HostAlias", {
  ip: string(1),
  hostnames: list(2, strings, { optional: true, listType: "atomic" }),
});
export interface HostAlias extends TypeOf<typeof hostAlias> {}

export const podDNSConfigOption = struct("io.k8s.api.core.v1.PodDNSConfigOption", {
  name: string(1, { optional: true }),
  value: string(2, { optional: true, pointer: true }),
});
export interface PodDNSConfigOption extends TypeOf<typeof podDNSConfigOption> {}

export const podDNSConfig = struct("io.k8s.api.core.v1.PodDNSConfig", {
  nameservers: list(1, strings, { optional: true, listType: "atomic" }),
  searches: list(2, strings, { optional: true, listType: "atomic" }),
  options: list(3, podDNSConfigOption, { optional: true, listType: "atomic" }),
});
export interface PodDNSConfig extends TypeOf<typeof podDNSConfig> {}

export const podReadinessGate = struct("io.k8s.api.core.v1.PodReadinessGate", {
  conditionType: string(1),
});
export interface PodReadinessGate extends TypeOf<typeof podReadinessGate> {}

export const podOS = struct("io.k8s.api.core.v1.PodOS", {
  name: string(1),
});
export interface PodOS extends TypeOf<typeof podOS> {}

export const podSchedulingGate = struct("io.k8s.api.core.v1.PodSchedulingGate", {
  name: string(1),
});
export interface PodSchedulingGate extends TypeOf<typeof podSchedulingGate> {}

export const podResourceClaim = struct("io.k8s.api.core.v1.PodResourceClaim", {
  name: string(1),
  resourceClaimName: string(3, { optional: true, pointer: true }),
  resourceClaimTemplateName: string(4, { optional: true, pointer: true }),
});
export interface PodResourceClaim extends TypeOf<typeof podResourceClaim> {}

export const podSchedulingGroup = struct("io.k8s.api.core.v1.PodSchedulingGroup", {
  podGroupName: string(1, { optional: true, pointer: true }),
});
export interface PodSchedulingGroup extends TypeOf<typeof podSchedulingGroup> {}

export const evictionResponder = struct(
  "io.k8s.api.core.v1.EvictionResponder",
  {
    name: string(1),
    priority: int32(2, { pointer: true }),
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
  }),
  initContainers: list(20, container, {
    optional: true,
    listType: "map",
    mapKeys: ["name"],
    patchStrategy: "merge",
    mergeKey: "name",
  }),
  containers: list(2, container, { listType: "map", mapKeys: ["name"], patchStrategy: "merge", mergeKey: "name" }),
  ephemeralContainers: list(34, ephemeralContainer, {
    optional: true,
    listType: "map",
    mapKeys: ["name"],
    patchStrategy: "merge",
    mergeKey: "name",
  }),
  restartPolicy: oneOf(3, ["Always", "OnFailure", "Never"], { optional: true, default: "Always" }),
  terminationGracePeriodSeconds: int64(4, { optional: true, default: 30, pointer: true }),
  activeDeadlineSeconds: int64(5, { optional: true, pointer: true }),
  dnsPolicy: oneOf(6, ["ClusterFirstWithHostNet", "ClusterFirst", "Default", "None"], {
    optional: true,
    default: "ClusterFirst",
  }),
  nodeSelector: map(7, strings, { optional: true, mapType: "atomic" }),
  serviceAccountName: string(8, { optional: true }),
  serviceAccount: string(9, { optional: true }),
  automountServiceAccountToken: boolean(21, { optional: true, pointer: true }),
  nodeName: string(10, { optional: true }),
  hostNetwork: boolean(11, { optional: true }),
  hostPID: boolean(12, { optional: true }),
  hostIPC: boolean(13, { optional: true }),
  shareProcessNamespace: boolean(27, { optional: true, pointer: true }),
  securityContext: message(14, podSecurityContext, { optional: true, default: {}, pointer: true }),
  imagePullSecrets: list(15, localObjectReference, {
    optional: true,
    listType: "map",
    mapKeys: ["name"],
    patchStrategy: "merge",
    mergeKey: "name",
  }),
  hostname: string(16, { optional: true }),
  subdomain: string(17, { optional: true }),
  affinity: message(18, affinity, { optional: true, pointer: true }),
  schedulerName: string(19, { optional: true, default: "default-scheduler" }),
  tolerations: list(22, toleration, { optional: true, listType: "atomic" }),
  hostAliases: list(23, hostAlias, {
    optional: true,
    listType: "map",
    mapKeys: ["ip"],
    patchStrategy: "merge",
    mergeKey: "ip",
  }),
  priorityClassName: string(24, { optional: true }),
  priority: int32(25, { optional: true, pointer: true }),
  dnsConfig: message(26, podDNSConfig, { optional: true, pointer: true }),
  readinessGates: list(28, podReadinessGate, { optional: true, listType: "atomic" }),
  runtimeClassName: string(29, { optional: true, pointer: true }),
  enableServiceLinks: boolean(30, { optional: true, pointer: true }),
  preemptionPolicy: oneOf(31, ["PreemptLowerPriority", "Never"], { optional: true, pointer: true }),
  overhead: map(32, quantities, { optional: true }),
  topologySpreadConstraints: list(33, topologySpreadConstraint, {
    optional: true,
    listType: "map",
    mapKeys: ["topologyKey", "whenUnsatisfiable"],
    patchStrategy: "merge",
    mergeKey: "topologyKey",
  }),
  setHostnameAsFQDN: boolean(35, { optional: true, pointer: true }),
  os: message(36, podOS, { optional: true, pointer: true }),
  hostUsers: boolean(37, { optional: true, pointer: true }),
  schedulingGates: list(38, podSchedulingGate, {
    optional: true,
    listType: "map",
    mapKeys: ["name"],
    patchStrategy: "merge",
    mergeKey: "name",
  }),
  resourceClaims: list(39, podResourceClaim, {
    optional: true,
    listType: "map",
    mapKeys: ["name"],
    patchStrategy: "merge,retainKeys",
    mergeKey: "name",
    featureGate: "DynamicResourceAllocation",
  }),
  resources: message(40, resourceRequirements, { optional: true, pointer: true, featureGate: "PodLevelResources" }),
  hostnameOverride: string(41, { optional: true, pointer: true, featureGate: "HostnameOverride" }),
  schedulingGroup: message(43, podSchedulingGroup, { optional: true, pointer: true, featureGate: "GenericWorkload" }),
  evictionResponders: list(44, evictionResponder, {
    optional: true,
    listType: "map",
    mapKeys: ["name"],
    patchStrategy: "merge",
    mergeKey: "name",
    featureGate: "EvictionRequestAPI",
  }),
});
export interface PodSpec extends TypeOf<typeof podSpec> {}

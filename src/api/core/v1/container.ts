import {
  boolean,
  inline,
  int32,
  int32s,
  list,
  message,
  oneOf,
  string,
  strings,
  struct,
  type TypeOf,
} from "../../schema.ts";
import { lifecycle, probe } from "./probe.ts";
import {
  configMapKeySelector,
  localObjectReference,
  objectFieldSelector,
  resourceFieldSelector,
  secretKeySelector,
} from "./reference.ts";
import { resourceRequirements } from "./resources.ts";
import { securityContext } from "./security-context.ts";

export const containerPort = struct("io.k8s.api.core.v1.ContainerPort", {
  name: string(1, { optional: true }),
  hostPort: int32(2, { optional: true }),
  containerPort: int32(3),
  protocol: oneOf(4, ["TCP", "UDP", "SCTP"], { optional: true, default: "TCP" }),
  hostIP: string(5, { optional: true }),
});
export interface ContainerPort extends TypeOf<typeof containerPort> {}

export const configMapEnvSource = struct("io.k8s.api.core.v1.ConfigMapEnvSource", {
  localObjectReference: inline(1, localObjectReference, { protobufName: "localObjectReference" }),
  optional: boolean(2, { optional: true, pointer: true }),
});
export interface ConfigMapEnvSource extends TypeOf<typeof configMapEnvSource> {}

export const secretEnvSource = struct("io.k8s.api.core.v1.SecretEnvSource", {
  localObjectReference: inline(1, localObjectReference, { protobufName: "localObjectReference" }),
  optional: boolean(2, { optional: true, pointer: true }),
});
export interface SecretEnvSource extends TypeOf<typeof secretEnvSource> {}

export const envFromSource = struct("io.k8s.api.core.v1.EnvFromSource", {
  prefix: string(1, { optional: true }),
  configMapRef: message(2, configMapEnvSource, { optional: true, pointer: true }),
  secretRef: message(3, secretEnvSource, { optional: true, pointer: true }),
});
export interface EnvFromSource extends TypeOf<typeof envFromSource> {}

export const fileKeySelector = struct(
  "io.k8s.api.core.v1.FileKeySelector",
  {
    volumeName: string(1),
    path: string(2),
    key: string(3),
    optional: boolean(4, { optional: true, pointer: true, default: false }),
  },
  { mapType: "atomic" },
);
export interface FileKeySelector extends TypeOf<typeof fileKeySelector> {}

export const envVarSource = struct("io.k8s.api.core.v1.EnvVarSource", {
  fieldRef: message(1, objectFieldSelector, { optional: true, pointer: true }),
  resourceFieldRef: message(2, resourceFieldSelector, { optional: true, pointer: true }),
  configMapKeyRef: message(3, configMapKeySelector, { optional: true, pointer: true }),
  secretKeyRef: message(4, secretKeySelector, { optional: true, pointer: true }),
  fileKeyRef: message(5, fileKeySelector, { optional: true, pointer: true, featureGate: "EnvFiles" }),
});
export interface EnvVarSource extends TypeOf<typeof envVarSource> {}

export const envVar = struct("io.k8s.api.core.v1.EnvVar", {
  name: string(1),
  value: string(2, { optional: true }),
  valueFrom: message(3, envVarSource, { optional: true, pointer: true }),
});
export interface EnvVar extends TypeOf<typeof envVar> {}

export const containerResizePolicy = struct("io.k8s.api.core.v1.ContainerResizePolicy", {
  resourceName: string(1),
  restartPolicy: string(2),
});
export interface ContainerResizePolicy extends TypeOf<typeof containerResizePolicy> {}

export const containerRestartRuleOnExitCodes = struct("io.k8s.api.core.v1.ContainerRestartRuleOnExitCodes", {
  operator: string(1, { optional: true }),
  values: list(2, int32s, { optional: true, listType: "set" }),
});
export interface ContainerRestartRuleOnExitCodes extends TypeOf<typeof containerRestartRuleOnExitCodes> {}

export const containerRestartRule = struct("io.k8s.api.core.v1.ContainerRestartRule", {
  action: string(1, { optional: true }),
  exitCodes: message(2, containerRestartRuleOnExitCodes, { optional: true, pointer: true }),
});
export interface ContainerRestartRule extends TypeOf<typeof containerRestartRule> {}

export const volumeMount = struct("io.k8s.api.core.v1.VolumeMount", {
  name: string(1),
  readOnly: boolean(2, { optional: true }),
  recursiveReadOnly: string(7, { optional: true, pointer: true }),
  mountPath: string(3),
  subPath: string(4, { optional: true }),
  mountPropagation: oneOf(5, ["None", "HostToContainer", "Bidirectional"], { optional: true, pointer: true }),
  subPathExpr: string(6, { optional: true }),
  bindMountOptions: list(8, strings, { optional: true, listType: "set", featureGate: "VolumeBindMountOptions" }),
});
export interface VolumeMount extends TypeOf<typeof volumeMount> {}

export const volumeDevice = struct("io.k8s.api.core.v1.VolumeDevice", {
  name: string(1),
  devicePath: string(2),
});
export interface VolumeDevice extends TypeOf<typeof volumeDevice> {}

export const container = struct("io.k8s.api.core.v1.Container", {
  name: string(1),
  image: string(2, { optional: true }),
  command: list(3, strings, { optional: true, listType: "atomic" }),
  args: list(4, strings, { optional: true, listType: "atomic" }),
  workingDir: string(5, { optional: true }),
  ports: list(6, containerPort, {
    optional: true,
    listType: "map",
    mapKeys: ["containerPort", "protocol"],
    patchStrategy: "merge",
    mergeKey: "containerPort",
  }),
  envFrom: list(19, envFromSource, { optional: true, listType: "atomic" }),
  env: list(7, envVar, {
    optional: true,
    listType: "map",
    mapKeys: ["name"],
    patchStrategy: "merge",
    mergeKey: "name",
  }),
  resources: message(8, resourceRequirements, { optional: true }),
  resizePolicy: list(23, containerResizePolicy, {
    optional: true,
    listType: "atomic",
    featureGate: "InPlacePodVerticalScaling",
  }),
  restartPolicy: string(24, { optional: true, pointer: true }),
  restartPolicyRules: list(25, containerRestartRule, {
    optional: true,
    listType: "atomic",
    featureGate: "ContainerRestartRules",
  }),
  volumeMounts: list(9, volumeMount, {
    optional: true,
    listType: "map",
    mapKeys: ["mountPath"],
    patchStrategy: "merge",
    mergeKey: "mountPath",
  }),
  volumeDevices: list(21, volumeDevice, {
    optional: true,
    listType: "map",
    mapKeys: ["devicePath"],
    patchStrategy: "merge",
    mergeKey: "devicePath",
  }),
  livenessProbe: message(10, probe, { optional: true, pointer: true }),
  readinessProbe: message(11, probe, { optional: true, pointer: true }),
  startupProbe: message(22, probe, { optional: true, pointer: true }),
  lifecycle: message(12, lifecycle, { optional: true, pointer: true }),
  terminationMessagePath: string(13, { optional: true, default: "/dev/termination-log" }),
  terminationMessagePolicy: oneOf(20, ["File", "FallbackToLogsOnError"], { optional: true, default: "File" }),
  imagePullPolicy: oneOf(14, ["Always", "Never", "IfNotPresent"], { optional: true }),
  securityContext: message(15, securityContext, { optional: true, pointer: true }),
  stdin: boolean(16, { optional: true }),
  stdinOnce: boolean(17, { optional: true }),
  tty: boolean(18, { optional: true }),
});
export interface Container extends TypeOf<typeof container> {}

export const ephemeralContainerCommon = struct("io.k8s.api.core.v1.EphemeralContainerCommon", {
  name: string(1),
  image: string(2, { optional: true }),
  command: list(3, strings, { optional: true, listType: "atomic" }),
  args: list(4, strings, { optional: true, listType: "atomic" }),
  workingDir: string(5, { optional: true }),
  ports: list(6, containerPort, {
    optional: true,
    listType: "map",
    mapKeys: ["containerPort", "protocol"],
    patchStrategy: "merge",
    mergeKey: "containerPort",
  }),
  envFrom: list(19, envFromSource, { optional: true, listType: "atomic" }),
  env: list(7, envVar, {
    optional: true,
    listType: "map",
    mapKeys: ["name"],
    patchStrategy: "merge",
    mergeKey: "name",
  }),
  resources: message(8, resourceRequirements, { optional: true }),
  resizePolicy: list(23, containerResizePolicy, {
    optional: true,
    listType: "atomic",
    featureGate: "InPlacePodVerticalScaling",
  }),
  restartPolicy: string(24, { optional: true, pointer: true }),
  restartPolicyRules: list(25, containerRestartRule, {
    optional: true,
    listType: "atomic",
    featureGate: "ContainerRestartRules",
  }),
  volumeMounts: list(9, volumeMount, {
    optional: true,
    listType: "map",
    mapKeys: ["mountPath"],
    patchStrategy: "merge",
    mergeKey: "mountPath",
  }),
  volumeDevices: list(21, volumeDevice, {
    optional: true,
    listType: "map",
    mapKeys: ["devicePath"],
    patchStrategy: "merge",
    mergeKey: "devicePath",
  }),
  livenessProbe: message(10, probe, { optional: true, pointer: true }),
  readinessProbe: message(11, probe, { optional: true, pointer: true }),
  startupProbe: message(22, probe, { optional: true, pointer: true }),
  lifecycle: message(12, lifecycle, { optional: true, pointer: true }),
  terminationMessagePath: string(13, { optional: true, default: "/dev/termination-log" }),
  terminationMessagePolicy: oneOf(20, ["File", "FallbackToLogsOnError"], { optional: true, default: "File" }),
  imagePullPolicy: oneOf(14, ["Always", "Never", "IfNotPresent"], { optional: true }),
  securityContext: message(15, securityContext, { optional: true, pointer: true }),
  stdin: boolean(16, { optional: true }),
  stdinOnce: boolean(17, { optional: true }),
  tty: boolean(18, { optional: true }),
});
export interface EphemeralContainerCommon extends TypeOf<typeof ephemeralContainerCommon> {}

export const ephemeralContainer = struct("io.k8s.api.core.v1.EphemeralContainer", {
  ephemeralContainerCommon: inline(1, ephemeralContainerCommon, { protobufName: "ephemeralContainerCommon" }),
  targetContainerName: string(2, { optional: true }),
});
export interface EphemeralContainer extends TypeOf<typeof ephemeralContainer> {}

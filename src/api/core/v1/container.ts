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
  name: string(1, { optional: true, doc: "A name that services may use." }),
  hostPort: int32(2, { optional: true, doc: "The node's port that leads here." }),
  containerPort: int32(3, { doc: "The port it listens on." }),
  protocol: oneOf(4, ["TCP", "UDP", "SCTP"], { optional: true, default: "TCP", doc: "TCP, UDP or SCTP." }),
  hostIP: string(5, { optional: true, doc: "The node's address for hostPort." }),
});
export interface ContainerPort extends TypeOf<typeof containerPort> {}

export const configMapEnvSource = struct("io.k8s.api.core.v1.ConfigMapEnvSource", {
  localObjectReference: inline(1, localObjectReference, { protobufName: "localObjectReference" }),
  optional: boolean(2, { optional: true, pointer: true, doc: "True: nothing is wrong when it does not exist." }),
});
export interface ConfigMapEnvSource extends TypeOf<typeof configMapEnvSource> {}

export const secretEnvSource = struct("io.k8s.api.core.v1.SecretEnvSource", {
  localObjectReference: inline(1, localObjectReference, { protobufName: "localObjectReference" }),
  optional: boolean(2, { optional: true, pointer: true, doc: "True: nothing is wrong when it does not exist." }),
});
export interface SecretEnvSource extends TypeOf<typeof secretEnvSource> {}

export const envFromSource = struct("io.k8s.api.core.v1.EnvFromSource", {
  prefix: string(1, { optional: true, doc: "Put before each key." }),
  configMapRef: message(2, configMapEnvSource, {
    optional: true,
    pointer: true,
    doc: "The ConfigMap whose keys become variables.",
  }),
  secretRef: message(3, secretEnvSource, {
    optional: true,
    pointer: true,
    doc: "The Secret whose keys become variables.",
  }),
});
export interface EnvFromSource extends TypeOf<typeof envFromSource> {}

export const fileKeySelector = struct(
  "io.k8s.api.core.v1.FileKeySelector",
  {
    volumeName: string(1, { doc: "The volume that the file is in." }),
    path: string(2, { doc: "Where in the volume the file is." }),
    key: string(3, { doc: "The variable in the file." }),
    optional: boolean(4, {
      optional: true,
      pointer: true,
      default: false,
      doc: "True: nothing is wrong when file or key do not exist.",
    }),
  },
  { mapType: "atomic" },
);
export interface FileKeySelector extends TypeOf<typeof fileKeySelector> {}

export const envVarSource = struct("io.k8s.api.core.v1.EnvVarSource", {
  fieldRef: message(1, objectFieldSelector, { optional: true, pointer: true, doc: "A field of the pod." }),
  resourceFieldRef: message(2, resourceFieldSelector, {
    optional: true,
    pointer: true,
    doc: "A request or limit of a container.",
  }),
  configMapKeyRef: message(3, configMapKeySelector, { optional: true, pointer: true, doc: "A key of a config map." }),
  secretKeyRef: message(4, secretKeySelector, { optional: true, pointer: true, doc: "A key of a secret." }),
  fileKeyRef: message(5, fileKeySelector, {
    optional: true,
    pointer: true,
    featureGate: "EnvFiles",
    doc: "A key of a file.",
  }),
});
export interface EnvVarSource extends TypeOf<typeof envVarSource> {}

export const envVar = struct("io.k8s.api.core.v1.EnvVar", {
  name: string(1, { doc: "The variable's name." }),
  value: string(2, { optional: true, doc: "Its value; $(NAME) stands for other variables." }),
  valueFrom: message(3, envVarSource, { optional: true, pointer: true, doc: "Where its value comes from." }),
});
export interface EnvVar extends TypeOf<typeof envVar> {}

export const containerResizePolicy = struct("io.k8s.api.core.v1.ContainerResizePolicy", {
  resourceName: string(1, { doc: "cpu or memory." }),
  restartPolicy: string(2, { doc: "Whether the container starts anew when this resource is changed." }),
});
export interface ContainerResizePolicy extends TypeOf<typeof containerResizePolicy> {}

export const containerRestartRuleOnExitCodes = struct("io.k8s.api.core.v1.ContainerRestartRuleOnExitCodes", {
  operator: string(1, { optional: true, doc: "In or NotIn." }),
  values: list(2, int32s, { optional: true, listType: "set", doc: "The exit codes." }),
});
export interface ContainerRestartRuleOnExitCodes extends TypeOf<typeof containerRestartRuleOnExitCodes> {}

export const containerRestartRule = struct("io.k8s.api.core.v1.ContainerRestartRule", {
  action: string(1, { optional: true, doc: "What to do when the rule holds." }),
  exitCodes: message(2, containerRestartRuleOnExitCodes, {
    optional: true,
    pointer: true,
    doc: "The exit codes for which it holds.",
  }),
});
export interface ContainerRestartRule extends TypeOf<typeof containerRestartRule> {}

export const volumeMount = struct("io.k8s.api.core.v1.VolumeMount", {
  name: string(1, { doc: "The volume." }),
  readOnly: boolean(2, { optional: true, doc: "True: nothing can be written." }),
  recursiveReadOnly: string(7, {
    optional: true,
    pointer: true,
    doc: "Whether mounts below a read-only one are read-only too: Disabled, IfPossible or Enabled.",
  }),
  mountPath: string(3, { doc: "Where it appears in the container." }),
  subPath: string(4, { optional: true, doc: "The part of the volume that is mounted." }),
  mountPropagation: oneOf(5, ["None", "HostToContainer", "Bidirectional"], {
    optional: true,
    pointer: true,
    doc: "Whether later mounts are seen on the other side.",
  }),
  subPathExpr: string(6, { optional: true, doc: "Like subPath, with $(NAME) for environment variables." }),
  bindMountOptions: list(8, strings, {
    optional: true,
    listType: "set",
    featureGate: "VolumeBindMountOptions",
    doc: "Further options of the mount.",
  }),
});
export interface VolumeMount extends TypeOf<typeof volumeMount> {}

export const volumeDevice = struct("io.k8s.api.core.v1.VolumeDevice", {
  name: string(1, { doc: "The claim's volume in the pod." }),
  devicePath: string(2, { doc: "Where the device appears in the container." }),
});
export interface VolumeDevice extends TypeOf<typeof volumeDevice> {}

/** What containers of all three lists say alike. */
const containerFields = {
  name: string(1, { doc: "The container's name within the pod." }),
  image: string(2, { optional: true, doc: "The image to run." }),
  command: list(3, strings, {
    optional: true,
    listType: "atomic",
    doc: "The program to run instead of the image's entry point.",
  }),
  args: list(4, strings, { optional: true, listType: "atomic", doc: "Its arguments instead of the image's." }),
  workingDir: string(5, { optional: true, doc: "Where it starts." }),
  ports: list(6, containerPort, {
    optional: true,
    listType: "map",
    mapKeys: ["containerPort", "protocol"],
    patchStrategy: "merge",
    mergeKey: "containerPort",
    doc: "Ports it listens on, by number and name.",
  }),
  envFrom: list(19, envFromSource, {
    optional: true,
    listType: "atomic",
    doc: "Whole config maps and secrets as environment variables.",
  }),
  env: list(7, envVar, {
    optional: true,
    listType: "map",
    mapKeys: ["name"],
    patchStrategy: "merge",
    mergeKey: "name",
    doc: "Environment variables.",
  }),
  resources: message(8, resourceRequirements, { optional: true, doc: "What it needs and what it may use at most." }),
  resizePolicy: list(23, containerResizePolicy, {
    optional: true,
    listType: "atomic",
    featureGate: "InPlacePodVerticalScaling",
    doc: "Whether a change of its resources restarts it.",
  }),
  restartPolicy: string(24, {
    optional: true,
    pointer: true,
    doc: "For init containers: Always makes a sidecar that keeps running.",
  }),
  restartPolicyRules: list(25, containerRestartRule, {
    optional: true,
    listType: "atomic",
    featureGate: "ContainerRestartRules",
    doc: "What to do at certain exit codes.",
  }),
  volumeMounts: list(9, volumeMount, {
    optional: true,
    listType: "map",
    mapKeys: ["mountPath"],
    patchStrategy: "merge",
    mergeKey: "mountPath",
    doc: "Volumes and where they are mounted.",
  }),
  volumeDevices: list(21, volumeDevice, {
    optional: true,
    listType: "map",
    mapKeys: ["devicePath"],
    patchStrategy: "merge",
    mergeKey: "devicePath",
    doc: "Block devices and where they appear.",
  }),
  livenessProbe: message(10, probe, {
    optional: true,
    pointer: true,
    doc: "Asks whether it still works; if not, it is restarted.",
  }),
  readinessProbe: message(11, probe, { optional: true, pointer: true, doc: "Asks whether it can take traffic." }),
  startupProbe: message(22, probe, {
    optional: true,
    pointer: true,
    doc: "Asks whether it has started; until then the other probes wait.",
  }),
  lifecycle: message(12, lifecycle, {
    optional: true,
    pointer: true,
    doc: "What to do after its start and before its end.",
  }),
  terminationMessagePath: string(13, {
    optional: true,
    default: "/dev/termination-log",
    doc: "File from which its last message is read.",
  }),
  terminationMessagePolicy: oneOf(20, ["File", "FallbackToLogsOnError"], {
    optional: true,
    default: "File",
    doc: "Whether the log stands in for that file after a failure.",
  }),
  imagePullPolicy: oneOf(14, ["Always", "Never", "IfNotPresent"], { optional: true, doc: "When the image is pulled." }),
  securityContext: message(15, securityContext, { optional: true, pointer: true, doc: "Its user, group and rights." }),
  stdin: boolean(16, { optional: true, doc: "True: it has a standard input." }),
  stdinOnce: boolean(17, { optional: true, doc: "True: standard input closes after the first client." }),
  tty: boolean(18, { optional: true, doc: "True: it has a terminal." }),
};

export const container = struct("io.k8s.api.core.v1.Container", containerFields);
export interface Container extends TypeOf<typeof container> {}

export const ephemeralContainerCommon = struct("io.k8s.api.core.v1.EphemeralContainerCommon", containerFields);
export interface EphemeralContainerCommon extends TypeOf<typeof ephemeralContainerCommon> {}

export const ephemeralContainer = struct("io.k8s.api.core.v1.EphemeralContainer", {
  ephemeralContainerCommon: inline(1, ephemeralContainerCommon, { protobufName: "ephemeralContainerCommon" }),
  targetContainerName: string(2, { optional: true, doc: "The container whose processes it sees." }),
});
export interface EphemeralContainer extends TypeOf<typeof ephemeralContainer> {}

import { boolean, int64, int64s, list, message, oneOf, string, strings, struct, type TypeOf } from "../../schema.ts";

export const seLinuxOptions = struct("io.k8s.api.core.v1.SELinuxOptions", {
  user: string(1, { optional: true, doc: "The user part of the label." }),
  role: string(2, { optional: true, doc: "The role part of the label." }),
  type: string(3, { optional: true, doc: "The type part of the label." }),
  level: string(4, { optional: true, doc: "The level part of the label." }),
});
export interface SELinuxOptions extends TypeOf<typeof seLinuxOptions> {}

export const capabilities = struct("io.k8s.api.core.v1.Capabilities", {
  add: list(1, strings, { optional: true, listType: "atomic", doc: "Capabilities beyond the runtime's own list." }),
  drop: list(2, strings, { optional: true, listType: "atomic", doc: "Capabilities taken away; ALL for all." }),
});
export interface Capabilities extends TypeOf<typeof capabilities> {}

export const windowsSecurityContextOptions = struct("io.k8s.api.core.v1.WindowsSecurityContextOptions", {
  gmsaCredentialSpecName: string(1, {
    optional: true,
    pointer: true,
    doc: "The GMSA credential specification, by name.",
  }),
  gmsaCredentialSpec: string(2, { optional: true, pointer: true, doc: "The GMSA credential specification itself." }),
  runAsUserName: string(3, { optional: true, pointer: true, doc: "The Windows user that processes run as." }),
  hostProcess: boolean(4, { optional: true, pointer: true, doc: "True: the container runs on the host itself." }),
});
export interface WindowsSecurityContextOptions extends TypeOf<typeof windowsSecurityContextOptions> {}

export const seccompProfile = struct("io.k8s.api.core.v1.SeccompProfile", {
  type: oneOf(1, ["Unconfined", "RuntimeDefault", "Localhost"], { doc: "Where the profile comes from." }),
  localhostProfile: string(2, {
    optional: true,
    pointer: true,
    doc: "Of type Localhost: the file below the kubelet's seccomp folder.",
  }),
});
export interface SeccompProfile extends TypeOf<typeof seccompProfile> {}

export const appArmorProfile = struct("io.k8s.api.core.v1.AppArmorProfile", {
  type: oneOf(1, ["Unconfined", "RuntimeDefault", "Localhost"], { doc: "Where the profile comes from." }),
  localhostProfile: string(2, {
    optional: true,
    pointer: true,
    doc: "Of type Localhost: the profile loaded on the node.",
  }),
});
export interface AppArmorProfile extends TypeOf<typeof appArmorProfile> {}

export const securityContext = struct("io.k8s.api.core.v1.SecurityContext", {
  capabilities: message(1, capabilities, { optional: true, pointer: true, doc: "Capabilities given and taken." }),
  privileged: boolean(2, { optional: true, pointer: true, doc: "True: nearly the same as root on the node." }),
  seLinuxOptions: message(3, seLinuxOptions, {
    optional: true,
    pointer: true,
    doc: "The SELinux label of its processes.",
  }),
  windowsOptions: message(10, windowsSecurityContextOptions, {
    optional: true,
    pointer: true,
    doc: "Settings for Windows.",
  }),
  runAsUser: int64(4, { optional: true, pointer: true, doc: "The user id; the image's when left out." }),
  runAsGroup: int64(8, { optional: true, pointer: true, doc: "The group id; the runtime's default when left out." }),
  runAsNonRoot: boolean(5, { optional: true, pointer: true, doc: "True: it does not start as user 0." }),
  readOnlyRootFilesystem: boolean(6, {
    optional: true,
    pointer: true,
    doc: "True: its root filesystem cannot be written.",
  }),
  allowPrivilegeEscalation: boolean(7, {
    optional: true,
    pointer: true,
    doc: "False: no process can gain more rights than its parent has.",
  }),
  procMount: oneOf(9, ["Default", "Unmasked"], {
    optional: true,
    pointer: true,
    doc: "Whether the dangerous parts of /proc are hidden.",
  }),
  seccompProfile: message(11, seccompProfile, {
    optional: true,
    pointer: true,
    doc: "Which system calls it may make.",
  }),
  appArmorProfile: message(12, appArmorProfile, {
    optional: true,
    pointer: true,
    doc: "Which AppArmor profile it runs under.",
  }),
});
export interface SecurityContext extends TypeOf<typeof securityContext> {}

export const sysctl = struct("io.k8s.api.core.v1.Sysctl", {
  name: string(1, { doc: "The kernel parameter." }),
  value: string(2, { doc: "Its value." }),
});
export interface Sysctl extends TypeOf<typeof sysctl> {}

export const podSecurityContext = struct("io.k8s.api.core.v1.PodSecurityContext", {
  seLinuxOptions: message(1, seLinuxOptions, {
    optional: true,
    pointer: true,
    doc: "The SELinux label of all containers.",
  }),
  windowsOptions: message(8, windowsSecurityContextOptions, {
    optional: true,
    pointer: true,
    doc: "Settings for Windows.",
  }),
  runAsUser: int64(2, {
    optional: true,
    pointer: true,
    doc: "The user id of all containers; the images' when left out.",
  }),
  runAsGroup: int64(6, {
    optional: true,
    pointer: true,
    doc: "The group id of all containers; the runtime's default when left out.",
  }),
  runAsNonRoot: boolean(3, { optional: true, pointer: true, doc: "True: no container starts as user 0." }),
  supplementalGroups: list(4, int64s, {
    optional: true,
    listType: "atomic",
    doc: "Further group ids of all containers' first processes.",
  }),
  supplementalGroupsPolicy: oneOf(12, ["Merge", "Strict"], {
    optional: true,
    pointer: true,
    featureGate: "SupplementalGroupsPolicy",
    doc: "Whether groups that the image gives to the user are added.",
  }),
  fsGroup: int64(5, {
    optional: true,
    pointer: true,
    doc: "A group id that all containers are in and that owns the volumes that support it.",
  }),
  sysctls: list(7, sysctl, { optional: true, listType: "atomic", doc: "Kernel parameters of the pod's namespaces." }),
  fsGroupChangePolicy: oneOf(9, ["OnRootMismatch", "Always"], {
    optional: true,
    pointer: true,
    doc: "Whether volumes get that group always, or only when their root has another.",
  }),
  seccompProfile: message(10, seccompProfile, {
    optional: true,
    pointer: true,
    doc: "Which system calls the containers may make.",
  }),
  appArmorProfile: message(11, appArmorProfile, {
    optional: true,
    pointer: true,
    doc: "Which AppArmor profile the containers run under.",
  }),
  seLinuxChangePolicy: string(13, {
    optional: true,
    pointer: true,
    featureGate: "SELinuxChangePolicy",
    doc: "How volumes get the SELinux label: MountOption or Recursive.",
  }),
});
export interface PodSecurityContext extends TypeOf<typeof podSecurityContext> {}

import { boolean, int64, int64s, list, message, oneOf, string, strings, struct, type TypeOf } from "../../schema.ts";

export const seLinuxOptions = struct("io.k8s.api.core.v1.SELinuxOptions", {
  user: string(1, { optional: true }),
  role: string(2, { optional: true }),
  type: string(3, { optional: true }),
  level: string(4, { optional: true }),
});
export interface SELinuxOptions extends TypeOf<typeof seLinuxOptions> {}

export const capabilities = struct("io.k8s.api.core.v1.Capabilities", {
  add: list(1, strings, { optional: true, listType: "atomic" }),
  drop: list(2, strings, { optional: true, listType: "atomic" }),
});
export interface Capabilities extends TypeOf<typeof capabilities> {}

export const windowsSecurityContextOptions = struct("io.k8s.api.core.v1.WindowsSecurityContextOptions", {
  gmsaCredentialSpecName: string(1, { optional: true, pointer: true }),
  gmsaCredentialSpec: string(2, { optional: true, pointer: true }),
  runAsUserName: string(3, { optional: true, pointer: true }),
  hostProcess: boolean(4, { optional: true, pointer: true }),
});
export interface WindowsSecurityContextOptions extends TypeOf<typeof windowsSecurityContextOptions> {}

export const seccompProfile = struct("io.k8s.api.core.v1.SeccompProfile", {
  type: oneOf(1, ["Unconfined", "RuntimeDefault", "Localhost"]),
  localhostProfile: string(2, { optional: true, pointer: true }),
});
export interface SeccompProfile extends TypeOf<typeof seccompProfile> {}

export const appArmorProfile = struct("io.k8s.api.core.v1.AppArmorProfile", {
  type: oneOf(1, ["Unconfined", "RuntimeDefault", "Localhost"]),
  localhostProfile: string(2, { optional: true, pointer: true }),
});
export interface AppArmorProfile extends TypeOf<typeof appArmorProfile> {}

export const securityContext = struct("io.k8s.api.core.v1.SecurityContext", {
  capabilities: message(1, capabilities, { optional: true, pointer: true }),
  privileged: boolean(2, { optional: true, pointer: true }),
  seLinuxOptions: message(3, seLinuxOptions, { optional: true, pointer: true }),
  windowsOptions: message(10, windowsSecurityContextOptions, { optional: true, pointer: true }),
  runAsUser: int64(4, { optional: true, pointer: true }),
  runAsGroup: int64(8, { optional: true, pointer: true }),
  runAsNonRoot: boolean(5, { optional: true, pointer: true }),
  readOnlyRootFilesystem: boolean(6, { optional: true, pointer: true }),
  allowPrivilegeEscalation: boolean(7, { optional: true, pointer: true }),
  procMount: oneOf(9, ["Default", "Unmasked"], { optional: true, pointer: true }),
  seccompProfile: message(11, seccompProfile, { optional: true, pointer: true }),
  appArmorProfile: message(12, appArmorProfile, { optional: true, pointer: true }),
});
export interface SecurityContext extends TypeOf<typeof securityContext> {}

export const sysctl = struct("io.k8s.api.core.v1.Sysctl", {
  name: string(1),
  value: string(2),
});
export interface Sysctl extends TypeOf<typeof sysctl> {}

export const podSecurityContext = struct("io.k8s.api.core.v1.PodSecurityContext", {
  seLinuxOptions: message(1, seLinuxOptions, { optional: true, pointer: true }),
  windowsOptions: message(8, windowsSecurityContextOptions, { optional: true, pointer: true }),
  runAsUser: int64(2, { optional: true, pointer: true }),
  runAsGroup: int64(6, { optional: true, pointer: true }),
  runAsNonRoot: boolean(3, { optional: true, pointer: true }),
  supplementalGroups: list(4, int64s, { optional: true, listType: "atomic" }),
  supplementalGroupsPolicy: oneOf(12, ["Merge", "Strict"], {
    optional: true,
    pointer: true,
    featureGate: "SupplementalGroupsPolicy",
  }),
  fsGroup: int64(5, { optional: true, pointer: true }),
  sysctls: list(7, sysctl, { optional: true, listType: "atomic" }),
  fsGroupChangePolicy: oneOf(9, ["OnRootMismatch", "Always"], { optional: true, pointer: true }),
  seccompProfile: message(10, seccompProfile, { optional: true, pointer: true }),
  appArmorProfile: message(11, appArmorProfile, { optional: true, pointer: true }),
  seLinuxChangePolicy: string(13, { optional: true, pointer: true, featureGate: "SELinuxChangePolicy" }),
});
export interface PodSecurityContext extends TypeOf<typeof podSecurityContext> {}

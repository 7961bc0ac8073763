import type { Container } from "#api/core/v1/container.ts";
import type { Pod } from "#api/core/v1/pod.ts";
import type { SELinuxOptions, SeccompProfile } from "#api/core/v1/security-context.ts";
import type * as cri from "#cri/protocol/messages.ts";
import { ContainerConfigError } from "./errors.ts";

export interface ImageUser {
  readonly uid: number | undefined;
  readonly username: string;
}

/** An image that names no user runs as root. */
export function imageUserOf({ uid, username = "" }: cri.Image): ImageUser {
  if (uid !== undefined) return { uid: uid.value ?? 0, username: "" };
  return { uid: username === "" ? 0 : undefined, username };
}

const maskedPaths = [
  "/proc/asound",
  "/proc/acpi",
  "/proc/interrupts",
  "/proc/kcore",
  "/proc/keys",
  "/proc/latency_stats",
  "/proc/timer_list",
  "/proc/timer_stats",
  "/proc/sched_debug",
  "/proc/scsi",
  "/sys/firmware",
  "/sys/devices/virtual/powercap",
];
const readonlyPaths = ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"];

/** The namespaces that a pod's containers have in common, or share with the node. */
export function namespaceOptions(pod: Pod): cri.NamespaceOption {
  const { hostIPC, hostNetwork, hostPID, shareProcessNamespace } = pod.spec;
  return {
    network: hostNetwork ? "NODE" : "POD",
    ipc: hostIPC ? "NODE" : "POD",
    pid: hostPID ? "NODE" : shareProcessNamespace ? "POD" : "CONTAINER",
  };
}

export function sandboxSecurity(pod: Pod): cri.LinuxSandboxSecurityContext {
  const context = pod.spec.securityContext;
  return {
    namespaceOptions: namespaceOptions(pod),
    privileged: [...pod.spec.containers, ...(pod.spec.initContainers ?? [])].some(
      container => container.securityContext?.privileged,
    ),
    supplementalGroups: groupsOf(pod),
    seccomp: seccompOf(context?.seccompProfile),
    ...(context?.runAsUser === undefined ? {} : { runAsUser: { value: context.runAsUser } }),
    ...(context?.runAsGroup === undefined ? {} : { runAsGroup: { value: context.runAsGroup } }),
    ...selinuxOf(context?.seLinuxOptions),
  };
}

/** The container's security context over the pod's. */
export function containerSecurity(pod: Pod, container: Container, image: ImageUser): cri.LinuxContainerSecurityContext {
  const own = container.securityContext;
  const shared = pod.spec.securityContext;
  const privileged = own?.privileged ?? false;
  const runAsUser = own?.runAsUser ?? shared?.runAsUser;
  const runAsGroup = own?.runAsGroup ?? shared?.runAsGroup;
  const unmasked = privileged || own?.procMount === "Unmasked";
  checkNonRoot(pod, container, image, runAsUser);
  return {
    capabilities: { addCapabilities: own?.capabilities?.add ?? [], dropCapabilities: own?.capabilities?.drop ?? [] },
    privileged,
    namespaceOptions: namespaceOptions(pod),
    readonlyRootfs: own?.readOnlyRootFilesystem ?? false,
    noNewPrivs: own?.allowPrivilegeEscalation === false,
    supplementalGroups: groupsOf(pod),
    supplementalGroupsPolicy: shared?.supplementalGroupsPolicy ?? "Merge",
    seccomp: privileged ? { profileType: "Unconfined" } : seccompOf(own?.seccompProfile ?? shared?.seccompProfile),
    maskedPaths: unmasked ? [] : maskedPaths,
    readonlyPaths: unmasked ? [] : readonlyPaths,
    ...((own?.appArmorProfile ?? shared?.appArmorProfile)
      ? { apparmor: profileOf((own?.appArmorProfile ?? shared?.appArmorProfile)!) }
      : {}),
    ...userOf(runAsUser, image),
    ...(runAsGroup === undefined ? {} : { runAsGroup: { value: runAsGroup } }),
    ...selinuxOf(own?.seLinuxOptions ?? shared?.seLinuxOptions),
  };
}

function userOf(
  runAsUser: number | undefined,
  image: ImageUser,
): Pick<cri.LinuxContainerSecurityContext, "runAsUser" | "runAsUsername"> {
  if (runAsUser !== undefined) return { runAsUser: { value: runAsUser } };
  if (image.uid !== undefined) return { runAsUser: { value: image.uid } };
  return image.username === "" ? {} : { runAsUsername: image.username };
}

function checkNonRoot(pod: Pod, container: Container, image: ImageUser, runAsUser: number | undefined): void {
  const nonRoot = container.securityContext?.runAsNonRoot ?? pod.spec.securityContext?.runAsNonRoot ?? false;
  if (!nonRoot) return;
  const subject = `(pod: "${pod.metadata.name}_${pod.metadata.namespace}(${pod.metadata.uid})", container: ${container.name})`;
  if (runAsUser !== undefined) {
    if (runAsUser === 0) throw new ContainerConfigError(`container's runAsUser breaks non-root policy ${subject}`);
  } else if (image.uid === 0) {
    throw new ContainerConfigError(`container has runAsNonRoot and image will run as root ${subject}`);
  } else if (image.uid === undefined && image.username !== "") {
    throw new ContainerConfigError(
      `container has runAsNonRoot and image has non-numeric user (${image.username}), cannot verify user is non-root ${subject}`,
    );
  }
}

function groupsOf(pod: Pod): readonly number[] {
  const context = pod.spec.securityContext;
  const groups = [...(context?.supplementalGroups ?? [])];
  if (context?.fsGroup !== undefined) groups.push(context.fsGroup);
  return groups;
}

/** Nothing said means unconfined (SeccompDefault is off). */
function seccompOf(profile: SeccompProfile | undefined): cri.SecurityProfile {
  return profile === undefined ? { profileType: "Unconfined" } : profileOf(profile);
}

function profileOf(profile: SeccompProfile): cri.SecurityProfile {
  return { profileType: profile.type, ...(profile.localhostProfile ? { localhostRef: profile.localhostProfile } : {}) };
}

function selinuxOf(options: SELinuxOptions | undefined): { selinuxOptions?: cri.SELinuxOption } {
  return options === undefined ? {} : { selinuxOptions: options };
}

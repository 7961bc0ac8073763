import type * as cri from "../../protocol/messages.ts";

export interface OciMount {
  readonly destination: string;
  readonly type: string;
  readonly source: string;
  readonly options: readonly string[];
}

/** Files of the sandbox that every container of the pod sees, unless a mount of its own takes the place. */
export interface SandboxFiles {
  readonly resolvConf?: string;
  readonly hostname?: string;
  readonly shm: string;
}

const propagations = {
  PROPAGATION_PRIVATE: "rprivate",
  PROPAGATION_HOST_TO_CONTAINER: "rslave",
  PROPAGATION_BIDIRECTIONAL: "rshared",
} as const;

/** Everything mounted into a container, parents before what lies in them. */
export function containerMounts(container: cri.ContainerConfig, files: SandboxFiles, privileged: boolean): OciMount[] {
  const own = (container.mounts ?? []).map(bindMount);
  const taken = new Set(own.map(mount => mount.destination));
  const standard = [...kernelMounts(privileged), ...fileMounts(files, container)].filter(
    mount => !taken.has(mount.destination),
  );
  return [...standard, ...own].sort((a, b) => depth(a.destination) - depth(b.destination));
}

/** The root follows the strongest propagation that a mount asks for. */
export function rootPropagation(mounts: readonly cri.Mount[]): "rshared" | "rslave" | "rprivate" {
  const asked = new Set(mounts.map(mount => mount.propagation));
  if (asked.has("PROPAGATION_BIDIRECTIONAL")) return "rshared";
  return asked.has("PROPAGATION_HOST_TO_CONTAINER") ? "rslave" : "rprivate";
}

function kernelMounts(privileged: boolean): OciMount[] {
  const access = privileged ? "rw" : "ro";
  return [
    { destination: "/proc", type: "proc", source: "proc", options: ["nosuid", "noexec", "nodev"] },
    {
      destination: "/dev",
      type: "tmpfs",
      source: "tmpfs",
      options: ["nosuid", "strictatime", "mode=755", "size=65536k"],
    },
    {
      destination: "/dev/pts",
      type: "devpts",
      source: "devpts",
      options: ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5"],
    },
    { destination: "/dev/mqueue", type: "mqueue", source: "mqueue", options: ["nosuid", "noexec", "nodev"] },
    { destination: "/sys", type: "sysfs", source: "sysfs", options: ["nosuid", "noexec", "nodev", access] },
    {
      destination: "/sys/fs/cgroup",
      type: "cgroup",
      source: "cgroup",
      options: ["nosuid", "noexec", "nodev", "relatime", access],
    },
  ];
}

function fileMounts(files: SandboxFiles, container: cri.ContainerConfig): OciMount[] {
  const access = container.linux?.securityContext?.readonlyRootfs === true ? "ro" : "rw";
  const file = (destination: string, source: string | undefined): OciMount[] =>
    source === undefined ? [] : [{ destination, type: "bind", source, options: ["rbind", "rprivate", access] }];
  return [
    { destination: "/dev/shm", type: "bind", source: files.shm, options: ["rbind", "rprivate", "rw"] },
    ...file("/etc/resolv.conf", files.resolvConf),
    ...file("/etc/hostname", files.hostname),
  ];
}

function bindMount(mount: cri.Mount): OciMount {
  const access = mount.recursiveReadOnly ? ["ro", "rro"] : [mount.readonly ? "ro" : "rw"];
  const propagation = propagations[mount.propagation ?? "PROPAGATION_PRIVATE"];
  return {
    destination: normalise(mount.containerPath ?? ""),
    type: "bind",
    source: mount.hostPath ?? "",
    options: ["rbind", propagation, ...access, ...(mount.mountOptions ?? [])],
  };
}

function normalise(path: string): string {
  const parts = path.split("/").filter(part => part !== "" && part !== ".");
  return `/${parts.join("/")}`;
}

function depth(path: string): number {
  return path === "/" ? 0 : path.split("/").length - 1;
}

import type * as cri from "../../protocol/messages.ts";
import { CriError } from "../../services.ts";
import type { ImageConfig } from "../images/image-config.ts";
import { capabilitiesFor } from "./capabilities.ts";
import { containerMounts, type OciMount, rootPropagation, type SandboxFiles } from "./mounts.ts";
import { linuxResources } from "./resources.ts";
import { defaultSeccomp, type Seccomp } from "./seccomp.ts";
import type { ProcessUser } from "./user.ts";

export interface OciDevice {
  readonly path: string;
  readonly type: "c" | "b";
  readonly major: number;
  readonly minor: number;
  readonly permissions: string;
}

export interface OciInput {
  readonly container: cri.ContainerConfig;
  readonly sandbox: cri.PodSandboxConfig;
  readonly image: NonNullable<ImageConfig["config"]>;
  readonly user: ProcessUser;
  readonly rootfs: string;
  readonly cgroupsPath: string;
  readonly cgroupVersion: 1 | 2;
  readonly files: SandboxFiles;
  /** Files of the sandbox's namespaces to join; left out: the node's own. */
  readonly namespaces: {
    readonly network?: string;
    readonly ipc?: string;
    readonly uts?: string;
    readonly pid?: string;
  };
  readonly hostname: string;
  readonly devices: readonly OciDevice[];
  readonly availableCapabilities: readonly string[];
  /** A process may not lower its score below its parent's without a capability this one may lack. */
  readonly lowestOomScoreAdj: number;
  /** A profile read from a file, for `Localhost`. */
  readonly seccomp?: Seccomp;
}

/** What of it the runtime itself looks at; the rest is the OCI runtime's. */
export interface OciConfig extends Readonly<Record<string, unknown>> {
  readonly mounts: readonly OciMount[];
}

/** The OCI runtime configuration of a container: a pure function of what was asked and what the node has. */
export function ociConfig(input: OciInput): OciConfig {
  const { container, image } = input;
  const security = container.linux?.securityContext ?? {};
  const privileged = security.privileged === true;
  const capabilities = capabilitiesFor({
    privileged,
    add: security.capabilities?.addCapabilities ?? [],
    drop: security.capabilities?.dropCapabilities ?? [],
    available: input.availableCapabilities,
  });
  return {
    ociVersion: "1.0.2",
    process: {
      terminal: container.tty === true,
      user: input.user,
      args: processArguments(container, image),
      env: environment(input),
      cwd: container.workingDir || image.WorkingDir || "/",
      capabilities: { bounding: capabilities, effective: capabilities, permitted: capabilities },
      noNewPrivileges: security.noNewPrivs === true,
      oomScoreAdj: Math.max(container.linux?.resources?.oomScoreAdj ?? 0, input.lowestOomScoreAdj),
    },
    root: { path: input.rootfs, readonly: security.readonlyRootfs === true },
    mounts: containerMounts(container, input.files, privileged),
    linux: {
      namespaces: namespaces(input),
      cgroupsPath: input.cgroupsPath,
      resources: {
        ...linuxResources(container.linux?.resources ?? {}, input.cgroupVersion),
        devices: deviceRules(privileged, input.devices),
      },
      devices: input.devices.map(({ path, type, major, minor }) => ({
        path,
        type,
        major,
        minor,
        fileMode: 0o660,
        uid: 0,
        gid: 0,
      })),
      rootfsPropagation: rootPropagation(container.mounts ?? []),
      ...(privileged ? {} : { maskedPaths: security.maskedPaths ?? [], readonlyPaths: security.readonlyPaths ?? [] }),
      ...seccompOf(input, privileged, capabilities),
    },
    annotations: { ...container.annotations },
  };
}

/** The container's command replaces the image's entrypoint and its arguments; its arguments alone replace the image's. */
export function processArguments(container: cri.ContainerConfig, image: NonNullable<ImageConfig["config"]>): string[] {
  const command = container.command ?? [];
  const given = container.args ?? [];
  const args =
    command.length > 0
      ? [...command, ...given]
      : [...(image.Entrypoint ?? []), ...(given.length > 0 ? given : (image.Cmd ?? []))];
  if (args.length === 0) throw new CriError("InvalidArgument", "neither the container nor its image says what to run");
  return args;
}

function environment({ container, image, hostname }: OciInput): string[] {
  const variables = new Map<string, string>([
    ["PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"],
    ["HOSTNAME", hostname],
  ]);
  if (container.tty === true) variables.set("TERM", "xterm");
  for (const entry of image.Env ?? []) {
    const at = entry.indexOf("=");
    if (at > 0) variables.set(entry.slice(0, at), entry.slice(at + 1));
  }
  for (const { key, value } of container.envs ?? []) variables.set(key ?? "", Buffer.from(value ?? []).toString());
  return [...variables].map(([name, value]) => `${name}=${value}`);
}

function namespaces({ namespaces: joined, container, cgroupVersion }: OciInput): object[] {
  const list: object[] = [{ type: "mount" }];
  const pidMode = container.linux?.securityContext?.namespaceOptions?.pid ?? "POD";
  if (joined.pid !== undefined) list.push({ type: "pid", path: joined.pid });
  else if (pidMode !== "NODE") list.push({ type: "pid" });
  if (joined.network !== undefined) list.push({ type: "network", path: joined.network });
  if (joined.ipc !== undefined) list.push({ type: "ipc", path: joined.ipc });
  if (joined.uts !== undefined) list.push({ type: "uts", path: joined.uts });
  if (cgroupVersion === 2 && container.linux?.securityContext?.privileged !== true) list.push({ type: "cgroup" });
  return list;
}

/** Ordinary containers may use the standard devices (the OCI runtime adds them) and those they were given. */
function deviceRules(privileged: boolean, devices: readonly OciDevice[]): object[] {
  if (privileged) return [{ allow: true, access: "rwm" }];
  return [
    { allow: false, access: "rwm" },
    ...devices.map(({ type, major, minor, permissions }) => ({ allow: true, type, major, minor, access: permissions })),
  ];
}

function seccompOf(input: OciInput, privileged: boolean, capabilities: readonly string[]): { seccomp?: Seccomp } {
  const profile = input.container.linux?.securityContext?.seccomp?.profileType ?? "Unconfined";
  if (privileged || input.container.linux?.securityContext?.seccomp === undefined || profile === "Unconfined")
    return {};
  if (profile === "RuntimeDefault") return { seccomp: defaultSeccomp(capabilities) };
  if (input.seccomp === undefined) throw new CriError("InvalidArgument", "the seccomp profile was not read");
  return { seccomp: input.seccomp };
}

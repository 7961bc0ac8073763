import type { Container } from "#api/core/v1/container.ts";
import type { Pod } from "#api/core/v1/pod.ts";
import { messageOf } from "#base/error-message.ts";
import type * as cri from "#cri/protocol/messages.ts";
import type { KubeletHost } from "../host.ts";
import { hostsFile } from "../volumes/hosts-file.ts";
import type { VolumeManager } from "../volumes/volume-manager.ts";
import { ContainerConfigError } from "./errors.ts";
import { expandStrictly } from "./expansion.ts";

export interface MountInput {
  readonly pod: Pod;
  readonly container: Container;
  readonly restartCount: number;
  readonly environment: ReadonlyMap<string, string>;
}

export interface MountDeps {
  readonly host: KubeletHost;
  readonly volumes: VolumeManager;
}

type VolumeMount = NonNullable<Container["volumeMounts"]>[number];
type SubPathMount = Pick<VolumeMount, "subPath" | "subPathExpr">;

const propagations: Readonly<Record<string, cri.MountPropagation>> = {
  None: "PROPAGATION_PRIVATE",
  HostToContainer: "PROPAGATION_HOST_TO_CONTAINER",
  Bidirectional: "PROPAGATION_BIDIRECTIONAL",
};

/** A container's mounts: its volumes, the pod's hosts file, and the file for its last words. */
export async function containerMounts(deps: MountDeps, input: MountInput): Promise<cri.Mount[]> {
  const { pod, container } = input;
  const mounts: cri.Mount[] = [];
  for (const [index, mount] of (container.volumeMounts ?? []).entries()) {
    const source = deps.volumes.path(pod, mount.name);
    if (source === undefined)
      throw new ContainerConfigError(`cannot find volume "${mount.name}" to mount into container "${container.name}"`);
    const readonly = (mount.readOnly ?? false) || deps.volumes.isReadOnly(pod, mount.name);
    mounts.push({
      hostPath: await sourcePath(deps, input, source, mount, index),
      containerPath: mount.mountPath.startsWith("/") ? mount.mountPath : `/${mount.mountPath}`,
      readonly,
      propagation: propagations[mount.mountPropagation ?? "None"]!,
    });
  }
  if (!mounts.some(mount => mount.containerPath === "/etc/hosts")) mounts.push(await hostsMount(deps, pod));
  const words = await terminationMount(deps, input);
  if (words !== undefined) mounts.push(words);
  return mounts;
}

async function sourcePath(
  deps: MountDeps,
  input: MountInput,
  source: string,
  mount: VolumeMount,
  index: number,
): Promise<string> {
  const subPath = subPathOf(mount, input.environment);
  if (subPath === "") return source;
  const { pod, container } = input;
  const target = `${deps.volumes.podFolder(pod.metadata.uid ?? "")}/volume-subpaths/${mount.name}/${container.name}/${index}`;
  try {
    if (!(await deps.host.mounts.isMounted(target))) {
      await deps.host.mounts.bindSubPath(source, subPath, target, { readOnly: mount.readOnly ?? false });
    }
  } catch (error) {
    throw new ContainerConfigError(
      `failed to prepare subPath for volumeMount "${mount.name}" of container "${container.name}": ${messageOf(error)}`,
    );
  }
  return target;
}

/** Where in its volume a mount begins. Variables in it must have a value, and it must stay relative and go down only. */
export function subPathOf(mount: SubPathMount, environment: ReadonlyMap<string, string>): string {
  const subPath = mount.subPathExpr ? expandSubPath(mount.subPathExpr, environment) : (mount.subPath ?? "");
  if (subPath.startsWith("/"))
    throw new ContainerConfigError(`error SubPath \`${subPath}\` must not be an absolute path`);
  if (subPath.split("/").includes(".."))
    throw new ContainerConfigError(`unable to provision SubPath \`${subPath}\`: must not contain '..'`);
  return subPath;
}

function expandSubPath(expression: string, environment: ReadonlyMap<string, string>): string {
  const { text, missing } = expandStrictly(expression, name => environment.get(name) || undefined);
  if (missing.length > 0) throw new ContainerConfigError(`missing value for ${missing.join(", ")}`);
  return text;
}

/** The file has its place before the container is made, and its lines before anything runs: {@link writeHostsFile}. */
async function hostsMount({ host: { files }, volumes }: MountDeps, pod: Pod): Promise<cri.Mount> {
  const folder = volumes.podFolder(pod.metadata.uid ?? "");
  const path = hostsPath(folder);
  await files.makeFolder(folder, 0o750);
  if ((await files.type(path)) === undefined) await files.write(path, new Uint8Array(), { mode: 0o644 });
  return { hostPath: path, containerPath: "/etc/hosts", readonly: false, propagation: "PROPAGATION_PRIVATE" };
}

/** Writes the pod's hosts file, in place: containers have it mounted. */
export async function writeHostsFile(
  { host: { files }, volumes }: MountDeps,
  pod: Pod,
  podIps: readonly string[],
  options: { clusterDomain: string },
): Promise<void> {
  const own = pod.spec.hostNetwork ? await files.read("/etc/hosts") : undefined;
  const text = hostsFile(pod, podIps, { ...options, nodeHosts: new TextDecoder().decode(own) });
  const folder = volumes.podFolder(pod.metadata.uid ?? "");
  await files.makeFolder(folder, 0o750);
  await files.write(hostsPath(folder), new TextEncoder().encode(text), { mode: 0o644 });
}

const hostsPath = (podFolder: string) => `${podFolder}/etc-hosts`;

/** Each run of a container leaves its message in a file of its own. */
export function terminationMessageFile(podFolder: string, container: string, restartCount: number): string {
  return `${podFolder}/containers/${container}/${restartCount}`;
}

async function terminationMount(deps: MountDeps, input: MountInput): Promise<cri.Mount | undefined> {
  const { pod, container } = input;
  const containerPath = container.terminationMessagePath;
  if (!containerPath) return undefined;
  const folder = deps.volumes.podFolder(pod.metadata.uid ?? "");
  const path = terminationMessageFile(folder, container.name, input.restartCount);
  await deps.host.files.makeFolder(`${folder}/containers/${container.name}`, 0o755);
  await deps.host.files.write(path, new Uint8Array(), { mode: 0o666 });
  return { hostPath: path, containerPath, readonly: false, propagation: "PROPAGATION_PRIVATE" };
}

import type { Pod } from "#api/core/v1/pod.ts";
import type { Volume } from "#api/core/v1/volume.ts";
import type { Clock } from "#base/clock.ts";
import { messageOf } from "#base/error-message.ts";
import { quantityValue } from "#wire/quantity.ts";
import { MountError } from "../containers/errors.ts";
import type { KubeletHost } from "../host.ts";
import { writeAtomically } from "./atomic-writer.ts";
import { prepareHostPath } from "./host-path.ts";
import { type PayloadInput, volumePayload } from "./payload.ts";

export interface VolumeManagerDeps {
  readonly host: KubeletHost;
  readonly clock: Clock;
  readonly payloads: Omit<PayloadInput, "pod">;
}

export interface VolumeManagerOptions {
  readonly rootFolder: string;
}

/**
 * Where the volumes of pods are: as upstream lays them out below the kubelet's root, but that those which must not reach a
 * disk share one file system in memory, where upstream mounts one for each.
 *
 *     pods/UID/volumes/kubernetes.io~KIND/NAME      memory/UID/kubernetes.io~KIND/NAME
 */
export class VolumeManager {
  readonly #deps: VolumeManagerDeps;
  readonly #root: string;
  #memory: Promise<void> | undefined;
  #versions = 0;

  constructor(deps: VolumeManagerDeps, options: VolumeManagerOptions) {
    this.#deps = deps;
    this.#root = options.rootFolder;
  }

  podFolder(podUid: string): string {
    return `${this.#root}/pods/${podUid}`;
  }

  /** The path that a mount of this volume starts from; undefined when no volume has the name. */
  path(pod: Pod, name: string): string | undefined {
    const volume = pod.spec.volumes?.find(candidate => candidate.name === name);
    if (volume === undefined) return undefined;
    if (volume.hostPath) return volume.hostPath.path;
    const kind = kindOf(volume);
    if (kind === undefined) return undefined;
    const uid = pod.metadata.uid ?? "";
    const folder = isSecret(volume) ? this.#memoryFolder(uid) : `${this.podFolder(uid)}/volumes`;
    return `${folder}/kubernetes.io~${kind}/${name}`;
  }

  /** What is shown of API objects is written by the kubelet alone. */
  isReadOnly(pod: Pod, name: string): boolean {
    const volume = pod.spec.volumes?.find(candidate => candidate.name === name);
    return volume !== undefined && (isSecret(volume) || !!volume.configMap || !!volume.downwardAPI);
  }

  /** Makes every volume of the pod, and brings those made before up to date. Throws {@link MountError}. */
  async mount(pod: Pod): Promise<void> {
    const results = await Promise.allSettled((pod.spec.volumes ?? []).map(volume => this.#mountOne(pod, volume)));
    const failures = results.flatMap((result, index) =>
      result.status === "rejected" ? [{ name: pod.spec.volumes![index]!.name, message: messageOf(result.reason) }] : [],
    );
    const [first] = failures;
    if (first !== undefined)
      throw new MountError(`MountVolume.SetUp failed for volume "${first.name}" : ${first.message}`);
  }

  /** Removes all that {@link mount} made for the pod. */
  async unmount(podUid: string): Promise<void> {
    const { files, mounts } = this.#deps.host;
    const folder = this.podFolder(podUid);
    if ((await files.type(folder)) !== undefined) {
      await mounts.unmountAll(folder);
      await files.remove(folder);
    }
    await files.remove(this.#memoryFolder(podUid));
  }

  /** Uids of pods that have a folder here. */
  async podsOnDisk(): Promise<readonly string[]> {
    const { files } = this.#deps.host;
    const uids = await Promise.all(["pods", "memory"].map(name => files.list(`${this.#root}/${name}`)));
    return [...new Set(uids.flat())];
  }

  #memoryFolder(podUid: string): string {
    return `${this.#root}/memory/${podUid}`;
  }

  /** It goes with the node's mounts; a restarted kubelet finds it as it was. */
  #mountMemory(): Promise<void> {
    this.#memory ??= this.#makeMemory().catch((error: unknown) => {
      this.#memory = undefined;
      throw error;
    });
    return this.#memory;
  }

  async #makeMemory(): Promise<void> {
    const { files, mounts } = this.#deps.host;
    const folder = `${this.#root}/memory`;
    if (await mounts.isMounted(folder)) return;
    await files.makeFolder(folder, 0o750);
    await mounts.tmpfs(folder, { mode: 0o750 });
  }

  async #mountOne(pod: Pod, volume: Volume): Promise<void> {
    const { files } = this.#deps.host;
    if (volume.hostPath) return prepareHostPath(files, volume.hostPath);
    const path = this.path(pod, volume.name);
    if (path === undefined) throw new MountError(`no volume plugin matched for volume "${volume.name}"`);
    if (volume.emptyDir) return this.#mountEmptyDir(pod, volume, path);

    const payload = (await volumePayload({ ...this.#deps.payloads, pod }, volume))!;
    if (isSecret(volume)) await this.#mountMemory();
    await files.makeFolder(path, 0o777);
    await writeAtomically(files, path, payload, {
      version: this.#nextVersion(),
      gid: pod.spec.securityContext?.fsGroup,
    });
  }

  async #mountEmptyDir(pod: Pod, volume: Volume, path: string): Promise<void> {
    const { files, mounts } = this.#deps.host;
    const { medium, sizeLimit } = volume.emptyDir ?? {};
    const fresh = (await files.type(path)) === undefined;
    if (fresh) {
      await files.makeFolder(path, 0o777);
      await files.setAttributes(path, { mode: 0o777 });
    }
    if (medium === "Memory" && !(await mounts.isMounted(path))) {
      await mounts.tmpfs(path, { mode: 0o777, ...(sizeLimit ? { sizeBytes: quantityValue(sizeLimit) } : {}) });
    }
    const gid = pod.spec.securityContext?.fsGroup;
    if (fresh && gid !== undefined) await files.grantGroup(path, gid, { readOnly: false });
  }

  /** Names of versions sort by time and never repeat. */
  #nextVersion(): string {
    const time = new Date(this.#deps.clock.now()).toISOString().slice(0, 19).replace(/[-:T]/g, "_");
    return `${time}.${++this.#versions}`;
  }
}

/** Secrets and tokens stay in memory: they never reach a disk. */
function isSecret(volume: Volume): boolean {
  return volume.secret !== undefined || volume.projected !== undefined;
}

function kindOf(volume: Volume): string | undefined {
  if (volume.emptyDir) return "empty-dir";
  if (volume.configMap) return "configmap";
  if (volume.secret) return "secret";
  if (volume.downwardAPI) return "downward-api";
  if (volume.projected) return "projected";
  return undefined;
}

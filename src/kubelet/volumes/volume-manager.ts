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

/** Where the volumes of pods are, as upstream lays them out below the kubelet's root. */
export class VolumeManager {
  readonly #deps: VolumeManagerDeps;
  readonly #root: string;
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
    return kind && `${this.podFolder(pod.metadata.uid ?? "")}/volumes/kubernetes.io~${kind}/${name}`;
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
    const folder = this.podFolder(podUid);
    if ((await this.#deps.host.files.type(folder)) === undefined) return;
    await this.#deps.host.mounts.unmountAll(folder);
    await this.#deps.host.files.remove(folder);
  }

  /** Uids of pods that have a folder here. */
  async podsOnDisk(): Promise<readonly string[]> {
    return this.#deps.host.files.list(`${this.#root}/pods`);
  }

  async #mountOne(pod: Pod, volume: Volume): Promise<void> {
    const { files, mounts } = this.#deps.host;
    if (volume.hostPath) return prepareHostPath(files, volume.hostPath);
    const path = this.path(pod, volume.name);
    if (path === undefined) throw new MountError(`no volume plugin matched for volume "${volume.name}"`);
    if (volume.emptyDir) return this.#mountEmptyDir(pod, volume, path);

    const payload = (await volumePayload({ ...this.#deps.payloads, pod }, volume))!;
    // Secrets and tokens stay in memory: they never reach a disk.
    const secret = volume.secret !== undefined || volume.projected !== undefined;
    if (secret && !(await mounts.isMounted(path))) {
      await files.makeFolder(path, 0o755);
      await mounts.tmpfs(path, { mode: 0o777 });
    } else await files.makeFolder(path, 0o777);
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

function kindOf(volume: Volume): string | undefined {
  if (volume.emptyDir) return "empty-dir";
  if (volume.configMap) return "configmap";
  if (volume.secret) return "secret";
  if (volume.downwardAPI) return "downward-api";
  if (volume.projected) return "projected";
  return undefined;
}

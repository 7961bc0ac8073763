import type { Clock } from "#base/clock.ts";
import type * as cri from "#cri/protocol/messages.ts";
import { CriError, type ImageService } from "#cri/services.ts";
import type { ImageBehaviour, RuntimeDelays } from "./behaviours.ts";

export interface SimulatedImagesDeps {
  readonly clock: Clock;
}

export interface SimulatedImagesOptions {
  readonly behaviours: Readonly<Record<string, ImageBehaviour>>;
  readonly delays: RuntimeDelays;
  /** Images that are there from the start. */
  readonly present: readonly string[];
}

/** Every name can be pulled unless its behaviour says that it cannot. */
export class SimulatedImages implements ImageService {
  readonly #clock: Clock;
  readonly #options: SimulatedImagesOptions;
  readonly #images = new Map<string, cri.Image>();

  constructor(deps: SimulatedImagesDeps, options: SimulatedImagesOptions) {
    this.#clock = deps.clock;
    this.#options = options;
    for (const name of options.present) this.#add(name);
  }

  async listImages(): Promise<cri.ListImagesResponse> {
    return { images: [...this.#images.values()] };
  }

  async imageStatus(request: cri.ImageStatusRequest): Promise<cri.ImageStatusResponse> {
    const image = this.find(request.image?.image ?? "");
    return image === undefined ? {} : { image };
  }

  async pullImage(request: cri.PullImageRequest): Promise<cri.PullImageResponse> {
    const name = request.image?.image ?? "";
    const behaviour = this.behaviour(name);
    const failure = behaviour.pullError;
    const takesMs = behaviour.pullMs ?? this.#options.delays.pullMs;
    if (takesMs > 0) await this.#clock.sleep(takesMs);
    if (failure !== undefined) throw new CriError("NotFound", failure);
    return { imageRef: this.#add(name).id };
  }

  async removeImage(request: cri.RemoveImageRequest): Promise<cri.RemoveImageResponse> {
    const image = this.find(request.image?.image ?? "");
    if (image !== undefined) this.#images.delete(image.id!);
    return {};
  }

  async imageFsInfo(): Promise<cri.ImageFsInfoResponse> {
    const used = [...this.#images.values()].reduce((sum, image) => sum + (image.size ?? 0), 0);
    const usage: cri.FilesystemUsage = {
      timestamp: this.#clock.now() * 1e6,
      fsId: { mountpoint: "/var/lib/k8ts" },
      usedBytes: { value: used },
      inodesUsed: { value: this.#images.size },
    };
    return { imageFilesystems: [usage], containerFilesystems: [usage] };
  }

  /** Found under the name as it was given, or as its behaviour was declared (without the tag). */
  behaviour(name: string): ImageBehaviour {
    return this.#options.behaviours[name] ?? this.#options.behaviours[name.replace(/:latest$/, "")] ?? {};
  }

  /** By id or by any of its tags. */
  find(reference: string): cri.Image | undefined {
    return (
      this.#images.get(reference) ??
      [...this.#images.values()].find(image => image.repoTags!.includes(withTag(reference)))
    );
  }

  #add(name: string): cri.Image {
    const tag = withTag(name);
    const id = `sha256:${hashText(tag)}`;
    const behaviour = this.behaviour(name);
    const image: cri.Image = {
      id,
      repoTags: [tag],
      repoDigests: [`${tag.replace(/:[^:/]*$/, "")}@${id}`],
      size: behaviour.sizeBytes ?? 1_000_000,
      ...(behaviour.username !== undefined ? { username: behaviour.username } : { uid: { value: behaviour.uid ?? 0 } }),
    };
    this.#images.set(id, image);
    return image;
  }
}

function withTag(name: string): string {
  return name.includes("@") || /:[^:/]*$/.test(name) ? name : `${name}:latest`;
}

/** 64 hexadecimal digits that differ for different names; no secrecy is asked of them. */
function hashText(text: string): string {
  let hex = "";
  for (let round = 0; round < 8; round++) {
    let hash = 0x811c9dc5 ^ round;
    for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193) >>> 0;
    hex += hash.toString(16).padStart(8, "0");
  }
  return hex;
}

import type { Clock } from "#base/clock.ts";
import type { Log } from "#base/log.ts";
import type { Recorder } from "#journey/span.ts";
import type * as cri from "../../protocol/messages.ts";
import { type CallContext, CriError, type ImageService } from "../../services.ts";
import type { FetchImage } from "./fetch-image.ts";
import type { Image, ImageStore } from "./image-store.ts";
import type { LayerMeasure } from "./import-archive.ts";
import { pullImage } from "./pull-image.ts";

export interface ImageServiceDeps {
  readonly store: ImageStore;
  readonly clock: Clock;
  readonly log: Log;
  readonly recorder: Recorder;
  /** The node's name. */
  readonly node: string;
  /** How registries are reached; over this process's network when left out. */
  readonly fetch?: FetchImage;
}

/** CRI's ImageService over a store. */
export function createImageService(deps: ImageServiceDeps): ImageService {
  const { store, clock, log, fetch } = deps;
  const nameOf = (spec: cri.ImageSpec | undefined) => spec?.image ?? "";
  return {
    async listImages({ filter }) {
      const wanted = nameOf(filter?.image);
      if (wanted === "") return { images: (await store.list()).map(message) };
      const image = await store.find(wanted);
      return { images: image === undefined ? [] : [message(image)] };
    },
    async imageStatus({ image, verbose }) {
      const found = await store.find(nameOf(image));
      if (found === undefined) return { info: {} };
      const info: Record<string, string> = verbose ? { info: JSON.stringify({ imageSpec: found.config }) } : {};
      return { image: message(found), info };
    },
    async pullImage({ image, auth }, context) {
      if (nameOf(image) === "") throw new CriError("InvalidArgument", "the image's name is missing");
      const measure: LayerMeasure = (layer, step) => measured(deps, "import layer", { layer }, context, step);
      const imageRef = await measured(deps, "PullImage", { image: nameOf(image) }, context, () =>
        pullImage({ store, log, measure, ...(fetch && { fetch }) }, nameOf(image), auth, context),
      );
      return { imageRef };
    },
    async removeImage({ image }) {
      await store.remove(nameOf(image));
      return {};
    },
    async imageFsInfo() {
      const { bytes, files } = await store.usage();
      const usage = {
        timestamp: Math.round(clock.now() * 1e6),
        fsId: { mountpoint: store.folder },
        usedBytes: { value: bytes },
        inodesUsed: { value: files },
      };
      return { imageFilesystems: [usage], containerFilesystems: [usage] };
    },
  };
}

/** Runs `step` and records how long it took. */
async function measured<T>(
  { clock, recorder, node }: ImageServiceDeps,
  name: string,
  attributes: Readonly<Record<string, string>>,
  { cause }: CallContext,
  step: () => Promise<T>,
): Promise<T> {
  const startMs = clock.now();
  const start = clock.monotonic();
  let error: string | undefined;
  try {
    return await step();
  } catch (thrown) {
    error = thrown instanceof Error ? thrown.message : String(thrown);
    throw thrown;
  } finally {
    const durationMs = clock.monotonic() - start;
    const why = { ...(cause === undefined ? {} : { cause }), ...(error === undefined ? {} : { error }) };
    recorder.record({ component: "cri", node, name, startMs, durationMs, attributes, ...why });
  }
}

function message(image: Image): cri.Image {
  const [user = ""] = (image.config.config?.User ?? "").split(":");
  const numeric = /^\d+$/.test(user);
  return {
    id: image.id,
    repoTags: image.repoTags,
    repoDigests: image.repoDigests,
    size: image.size,
    ...(numeric ? { uid: { value: Number(user) }, username: "" } : { username: user }),
    spec: { image: image.id },
    pinned: false,
  };
}

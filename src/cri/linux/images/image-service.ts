import type { Clock } from "#base/clock.ts";
import type { Log } from "#base/log.ts";
import type * as cri from "../../protocol/messages.ts";
import { CriError, type ImageService } from "../../services.ts";
import type { Image, ImageStore } from "./image-store.ts";
import { pullImage } from "./pull-image.ts";

export interface ImageServiceDeps {
  readonly store: ImageStore;
  readonly clock: Clock;
  readonly log: Log;
}

/** CRI's ImageService over a store. */
export function createImageService({ store, clock, log }: ImageServiceDeps): ImageService {
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
      return { imageRef: await pullImage({ store, log }, nameOf(image), auth, context) };
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

import { readFile, rm } from "node:fs/promises";
import type { Log } from "#base/log.ts";
import type * as cri from "../../protocol/messages.ts";
import type { CallContext } from "../../services.ts";
import { configFile, type FetchImage, fetchImage, layerFile, requireReference } from "./fetch-image.ts";
import type { ImageStore } from "./image-store.ts";
import { addImage, type LayerMeasure } from "./import-archive.ts";
import type { ImageReference } from "./reference.ts";

export interface PullDeps {
  readonly store: ImageStore;
  readonly log: Log;
  readonly measure?: LayerMeasure;
  /** {@link fetchImage} over this process's network when left out. */
  readonly fetch?: FetchImage;
}

/** Fetches an image from its registry, less the layers that are here already; answers with the image's id. */
export async function pullImage(
  { store, log, measure, fetch = fetchImage }: PullDeps,
  name: string,
  auth: cri.AuthConfig | undefined,
  context: CallContext,
): Promise<string> {
  const reference = requireReference(name);
  const folder = await store.makeTemporary();
  try {
    const job = { image: name, folder, knownLayers: await store.layers(), ...(auth && { auth }) };
    const { digest, layerCount } = await fetch(job, context.signal);
    // A layer that is here already has no file: it is never read.
    const layers = Array.from({ length: layerCount }, (_, index) => layerFile(folder, index));
    const config = await readFile(configFile(folder));
    const imported = await addImage(store, config, layers, namesOf(reference, digest), measure);
    log.info("image pulled", { image: name, digest });
    return imported.id;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function namesOf(reference: ImageReference, digest: string): string[] {
  const name = `${reference.registry}/${reference.repository}`;
  return [...(reference.tag === undefined ? [] : [`${name}:${reference.tag}`]), `${name}@${digest}`];
}

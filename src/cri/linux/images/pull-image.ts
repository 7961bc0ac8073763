import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Log } from "#base/log.ts";
import type * as cri from "../../protocol/messages.ts";
import { type CallContext, CriError } from "../../services.ts";
import {
  chooseManifest,
  type Descriptor,
  type ImageConfig,
  type ImageIndex,
  isIndex,
  type Manifest,
} from "./image-config.ts";
import type { ImageStore } from "./image-store.ts";
import { addImage, digestOf, type LayerMeasure } from "./import-archive.ts";
import { type ImageReference, parseReference } from "./reference.ts";
import { RegistryClient } from "./registry-client.ts";

const manifestTypes = [
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
  "application/vnd.docker.distribution.manifest.v2+json",
];
const manifestLimitBytes = 4 << 20;

export interface PullDeps {
  readonly store: ImageStore;
  readonly log: Log;
  readonly measure?: LayerMeasure;
}

/** Fetches an image from its registry unless its layers are here already; answers with the reference to start it by. */
export async function pullImage(
  { store, log, measure }: PullDeps,
  name: string,
  auth: cri.AuthConfig | undefined,
  context: CallContext,
): Promise<string> {
  const reference = parseReference(name);
  if (reference === undefined) throw new CriError("InvalidArgument", `${JSON.stringify(name)} is no image reference`);
  const registry = new RegistryClient(reference, auth, context.signal);
  const top = await fetchManifest(registry, reference.digest ?? reference.tag!);
  const { manifest } = await forThisMachine(registry, top.content, name);
  const config = await registry
    .blob(manifest.config.digest)
    .then(response => readChecked(response, manifest.config.digest));
  const temporary = await store.makeTemporary();
  try {
    const layers = await fetchLayers(registry, store, manifest, config, temporary);
    const imported = await addImage(store, config, layers, namesOf(reference, top.digest), measure);
    log.info("image pulled", { image: name, digest: top.digest });
    return imported.id;
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

function namesOf(reference: ImageReference, digest: string): string[] {
  const name = `${reference.registry}/${reference.repository}`;
  return [...(reference.tag === undefined ? [] : [`${name}:${reference.tag}`]), `${name}@${digest}`];
}

async function fetchManifest(registry: RegistryClient, tagOrDigest: string) {
  const response = await registry.manifest(tagOrDigest, manifestTypes);
  const bytes = await readLimited(response, manifestLimitBytes);
  const digest = digestOf(bytes);
  if (tagOrDigest.startsWith("sha256:") && tagOrDigest !== digest) {
    throw new CriError("Unknown", `the registry's manifest should be ${tagOrDigest} and is ${digest}`);
  }
  return { digest, content: JSON.parse(bytes.toString()) as Manifest | ImageIndex };
}

async function forThisMachine(
  registry: RegistryClient,
  content: Manifest | ImageIndex,
  name: string,
): Promise<{ manifest: Manifest }> {
  if (!isIndex(content)) return { manifest: content };
  const chosen = chooseManifest(content);
  if (chosen === undefined)
    throw new CriError("NotFound", `${name} has no image for this machine (linux, ${process.arch})`);
  const fetched = await fetchManifest(registry, chosen.digest);
  if (isIndex(fetched.content)) throw new CriError("Unknown", `${name}: an index inside an index`);
  return { manifest: fetched.content };
}

/** Fetches the layers that the store lacks, three at once; a layer it has becomes an empty path, never read. */
async function fetchLayers(
  registry: RegistryClient,
  store: ImageStore,
  manifest: Manifest,
  config: Buffer,
  folder: string,
): Promise<string[]> {
  const diffIds = (JSON.parse(config.toString()) as ImageConfig).rootfs.diff_ids;
  const paths = manifest.layers.map((_, index) => join(folder, `${index}`));
  const waiting = [...manifest.layers.entries()];
  const fetchNext = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [index, layer] = next;
      const diffId = diffIds[index];
      if (diffId === undefined || !(await store.hasLayer(diffId))) await fetchBlob(registry, layer, paths[index]!);
    }
  };
  await Promise.all([fetchNext(), fetchNext(), fetchNext()]);
  return paths;
}

async function fetchBlob(registry: RegistryClient, { digest }: Descriptor, path: string): Promise<void> {
  const hash = createHash("sha256");
  const response = await registry.blob(digest);
  const measure = new Transform({
    transform(chunk: Buffer, _, done) {
      hash.update(chunk);
      done(null, chunk);
    },
  });
  await pipeline(
    Readable.fromWeb(response.body! as Parameters<typeof Readable.fromWeb>[0]),
    measure,
    createWriteStream(path),
  );
  checkDigest(`sha256:${hash.digest("hex")}`, digest);
}

async function readChecked(response: Response, digest: string): Promise<Buffer> {
  const bytes = await readLimited(response, manifestLimitBytes);
  checkDigest(digestOf(bytes), digest);
  return bytes;
}

function checkDigest(is: string, should: string): void {
  if (is !== should) throw new CriError("Unknown", `the registry sent ${is} where ${should} was asked for`);
}

async function readLimited(response: Response, limitBytes: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body!) {
    length += chunk.length;
    if (length > limitBytes) throw new CriError("ResourceExhausted", "the registry's answer is too long");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

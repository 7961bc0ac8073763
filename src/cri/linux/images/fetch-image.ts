import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import type * as cri from "../../protocol/messages.ts";
import { CriError } from "../../services.ts";
import {
  chooseManifest,
  type Descriptor,
  type ImageConfig,
  type ImageIndex,
  isIndex,
  type Manifest,
} from "./image-config.ts";
import { digestOf } from "./import-archive.ts";
import { type ImageReference, parseReference } from "./reference.ts";
import { RegistryClient } from "./registry-client.ts";

const manifestTypes = [
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
  "application/vnd.docker.distribution.manifest.v2+json",
];
const manifestLimitBytes = 4 << 20;

/** What is to be fetched, and where to: plain data, so that another process can be asked for it. */
export interface FetchJob {
  readonly image: string;
  readonly auth?: cri.AuthConfig;
  /** An empty folder: gets `config` and the layers under their numbers. */
  readonly folder: string;
  /** diff ids that the store has: these layers are not fetched, and their files stay missing. */
  readonly knownLayers: readonly string[];
}

export interface FetchedImage {
  /** Of the manifest or index that the reference stands for. */
  readonly digest: string;
  readonly layerCount: number;
}

/** Fetches an image's parts from its registry; every part is held against its digest. */
export type FetchImage = (job: FetchJob, signal: AbortSignal | undefined) => Promise<FetchedImage>;

/** {@link FetchImage} in this process, over its own network. */
export const fetchImage: FetchImage = async (job, signal) => {
  const reference = requireReference(job.image);
  const registry = new RegistryClient(reference, job.auth, signal);
  const top = await fetchManifest(registry, reference.digest ?? reference.tag!);
  const manifest = await forThisMachine(registry, top.content, job.image);
  const config = await readChecked(await registry.blob(manifest.config.digest), manifest.config.digest);
  await writeFile(configFile(job.folder), config);
  await fetchLayers(registry, manifest, config, job);
  return { digest: top.digest, layerCount: manifest.layers.length };
};

export const configFile = (folder: string) => join(folder, "config");
export const layerFile = (folder: string, index: number) => join(folder, `${index}`);

export function requireReference(name: string): ImageReference {
  const reference = parseReference(name);
  if (reference === undefined) throw new CriError("InvalidArgument", `${JSON.stringify(name)} is no image reference`);
  return reference;
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
): Promise<Manifest> {
  if (!isIndex(content)) return content;
  const chosen = chooseManifest(content);
  if (chosen === undefined)
    throw new CriError("NotFound", `${name} has no image for this machine (linux, ${process.arch})`);
  const fetched = await fetchManifest(registry, chosen.digest);
  if (isIndex(fetched.content)) throw new CriError("Unknown", `${name}: an index inside an index`);
  return fetched.content;
}

/** Three at once. */
async function fetchLayers(
  registry: RegistryClient,
  manifest: Manifest,
  config: Buffer,
  { folder, knownLayers }: FetchJob,
): Promise<void> {
  const diffIds = (JSON.parse(config.toString()) as ImageConfig).rootfs.diff_ids;
  const known = new Set(knownLayers);
  const waiting = [...manifest.layers.entries()];
  const fetchNext = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [index, layer] = next;
      const diffId = diffIds[index];
      if (diffId === undefined || !known.has(diffId)) await fetchBlob(registry, layer, layerFile(folder, index));
    }
  };
  await Promise.all([fetchNext(), fetchNext(), fetchNext()]);
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

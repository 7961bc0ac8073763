import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { readdir, readFile, rm, stat } from "node:fs/promises";
import { dirname, join, posix } from "node:path";
import { pipeline } from "node:stream/promises";
import { CriError } from "../../services.ts";
import { chooseManifest, type ImageConfig, type ImageIndex, isIndex, type Manifest } from "./image-config.ts";
import type { ImageStore } from "./image-store.ts";
import { normaliseReference, parseReference } from "./reference.ts";
import { readTar } from "./tar.ts";

export interface ImportedImage {
  readonly id: string;
  readonly names: readonly string[];
}

/**
 * Imports `docker save`'s archive, an OCI archive (either may be compressed) or the folder of an OCI layout. Answers with
 * the images it held for this machine.
 */
export async function importImage(store: ImageStore, archivePath: string): Promise<ImportedImage[]> {
  if ((await stat(archivePath)).isDirectory()) return importMembers(store, await folderMembers(archivePath));
  const temporary = await store.makeTemporary();
  try {
    return await importMembers(store, await spread(archivePath, temporary));
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

/** The archive's files: name in the archive to path on disk. */
type Members = ReadonlyMap<string, string>;

async function importMembers(store: ImageStore, members: Members): Promise<ImportedImage[]> {
  const docker = members.get("manifest.json");
  // docker writes both forms: its own names every tag, the index adds the manifests' digests.
  if (docker !== undefined) return importDocker(store, members, await readJson<DockerManifest[]>(docker));
  const index = members.get("index.json");
  if (index !== undefined) return importIndex(store, members, await readJson<ImageIndex>(index));
  throw new CriError("InvalidArgument", "the archive has neither manifest.json nor index.json: no image archive");
}

interface DockerManifest {
  readonly Config: string;
  readonly RepoTags: readonly string[] | null;
  readonly Layers: readonly string[];
}

async function importDocker(store: ImageStore, members: Members, manifests: readonly DockerManifest[]) {
  const imported: ImportedImage[] = [];
  for (const manifest of manifests) {
    const config = await readFile(member(members, manifest.Config));
    const layers = manifest.Layers.map(name => member(members, name));
    const names = (manifest.RepoTags ?? []).map(normaliseReference).filter(name => name !== undefined);
    imported.push(await addImage(store, config, layers, names));
  }
  return imported;
}

async function importIndex(store: ImageStore, members: Members, index: ImageIndex): Promise<ImportedImage[]> {
  const imported: ImportedImage[] = [];
  for (const descriptor of index.manifests) {
    let digest = descriptor.digest;
    let content = await readJson<Manifest | ImageIndex>(blob(members, digest));
    if (isIndex(content)) {
      const chosen = chooseManifest(content);
      if (chosen === undefined || !members.has(blobName(chosen.digest))) continue;
      digest = chosen.digest;
      content = await readJson<Manifest>(blob(members, digest));
    }
    if (isIndex(content) || content.layers.some(layer => !layer.mediaType?.includes("tar"))) continue; // an attestation
    const layers = content.layers.map(layer => blob(members, layer.digest));
    const names = namesOf(descriptor.annotations ?? {}, descriptor.digest);
    imported.push(await addImage(store, await readFile(blob(members, content.config.digest)), layers, names));
  }
  if (imported.length === 0) throw new CriError("NotFound", "the archive has no image for this machine");
  return imported;
}

/** The full name stands in containerd's annotation; OCI's own may be only a tag, which names nothing by itself. */
function namesOf(annotations: Readonly<Record<string, string>>, digest: string): string[] {
  const text = annotations["io.containerd.image.name"] ?? annotations["org.opencontainers.image.ref.name"] ?? "";
  const reference = /[/:]/.test(text) ? parseReference(text) : undefined;
  if (reference === undefined) return [];
  const name = `${reference.registry}/${reference.repository}`;
  return [...(reference.tag === undefined ? [] : [`${name}:${reference.tag}`]), `${name}@${digest}`];
}

/** Runs a step that adds a layer, and may note how long it took. */
export type LayerMeasure = (diffId: string, step: () => Promise<void>) => Promise<void>;

/** Adds the layers that the store lacks, then the image. `layers` are tar files in the order of the configuration. */
export async function addImage(
  store: ImageStore,
  config: Buffer,
  layers: readonly string[],
  names: readonly string[],
  measure: LayerMeasure = (_, step) => step(),
): Promise<ImportedImage> {
  const diffIds = (JSON.parse(config.toString()) as ImageConfig).rootfs.diff_ids;
  if (diffIds.length !== layers.length) {
    throw new CriError(
      "InvalidArgument",
      `the image's configuration has ${diffIds.length} layers, its manifest ${layers.length}`,
    );
  }
  const add = async () => {
    for (const [index, diffId] of diffIds.entries()) {
      await measure(diffId, () => store.addLayer(diffId, layers[index]!));
    }
    return { id: await store.addImage(config, names), names };
  };
  try {
    return await add();
  } catch (error) {
    // Another process removed the last other image that had one of the layers, just now.
    if (error instanceof CriError && error.code === "Unavailable") return add();
    throw error;
  }
}

function blobName(digest: string): string {
  return `blobs/${digest.replace(":", "/")}`;
}

function blob(members: Members, digest: string): string {
  return member(members, blobName(digest));
}

function member(members: Members, name: string): string {
  const path = members.get(posix.normalize(name));
  if (path === undefined) throw new CriError("InvalidArgument", `the archive has no ${name}`);
  return path;
}

/** Writes the archive's files side by side under numbers: a name in it never becomes a path. */
async function spread(archivePath: string, folder: string): Promise<Members> {
  const members = new Map<string, string>();
  const links = new Map<string, string>();
  await readTar(archivePath, {
    async entry({ name, type, linkname }, content) {
      if (type === "file") {
        const path = join(folder, `${members.size}`);
        members.set(posix.normalize(name), path);
        await pipeline(content, createWriteStream(path));
      }
      // Older docker names a layer that several images share once, and links to it.
      if (type === "symlink") links.set(posix.normalize(name), posix.join(dirname(name), linkname ?? ""));
      if (type === "link") links.set(posix.normalize(name), posix.normalize(linkname ?? ""));
    },
  });
  for (const [name, target] of links) if (members.has(target)) members.set(name, members.get(target)!);
  return members;
}

async function folderMembers(folder: string): Promise<Members> {
  const files = await readdir(folder, { recursive: true, withFileTypes: true });
  return new Map(
    files
      .filter(file => file.isFile())
      .map(file => join(file.parentPath, file.name))
      .map(path => [path.slice(folder.length).replace(/^\/+/, ""), path]),
  );
}

async function readJson<T>(path: string): Promise<T> {
  return JSON.parse(await readFile(path, "utf8")) as T;
}

/** `sha256:...` of bytes. */
export function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}

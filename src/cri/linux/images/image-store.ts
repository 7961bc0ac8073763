import { createHash, randomBytes } from "node:crypto";
import { mkdir, readdir, readFile, readlink, rename, rm, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Helper } from "#base/helper.ts";
import { CriError } from "../../services.ts";
import type { ImageConfig } from "./image-config.ts";
import { imageFile } from "./image-file.ts";
import { normaliseReference, parseImageId } from "./reference.ts";
import { unpackLayer } from "./unpack-layer.ts";

/** An image as the store keeps it; written once, never changed. */
export interface StoredImage {
  /** `sha256:...` of the configuration: the image's id. */
  readonly id: string;
  readonly config: ImageConfig;
  readonly size: number;
}

export interface Image extends StoredImage {
  readonly repoTags: readonly string[];
  readonly repoDigests: readonly string[];
}

/** Longer files are read each time. */
const keptFileLength = 64 * 1024;

interface LayerRecord {
  readonly bytes: number;
  readonly files: number;
}

/**
 * The images of a cluster, in one folder that any number of processes use at once: everything is made aside and renamed
 * into place, and every question is answered from the folder.
 *
 *     images/HEX.json    the image with this id        names/HEX.json   a name and the id it stands for
 *     layers/HEX/fs      an unpacked layer             l/SHORT          a short link to it, for mount's options
 *     leases/ID.json     a container that uses an image                 tmp/       things half made
 *
 * Invariant: an image file is there only while all its layers are.
 */
export class ImageStore {
  readonly folder: string;
  readonly #helper: Helper;
  readonly #images = new Map<string, StoredImage>();
  readonly #layers = new Map<string, LayerRecord>();
  /** By "<image id>/<name>". */
  readonly #files = new Map<string, string>();

  private constructor(helper: Helper, folder: string) {
    this.#helper = helper;
    this.folder = folder;
  }

  static async open(helper: Helper, folder: string): Promise<ImageStore> {
    for (const name of ["images", "names", "layers", "l", "leases", "tmp"]) {
      await mkdir(join(folder, name), { recursive: true, mode: 0o711 });
    }
    return new ImageStore(helper, folder);
  }

  /** A new folder for things half made; the caller removes it. */
  async makeTemporary(): Promise<string> {
    const path = join(this.folder, "tmp", randomBytes(8).toString("hex"));
    await mkdir(path, { mode: 0o700 });
    return path;
  }

  async list(): Promise<Image[]> {
    const [files, names] = await Promise.all([readdir(join(this.folder, "images")), this.#names()]);
    const stored = await Promise.all(files.filter(isRecord).map(file => this.#read(`sha256:${file.slice(0, -5)}`)));
    return stored.filter(image => image !== undefined).map(image => withNames(image, names));
  }

  /** The image of an id, a name or a name with digest; undefined when the store has none. */
  async find(reference: string): Promise<Image | undefined> {
    const names = await this.#names();
    const id = parseImageId(reference) ?? names.get(normaliseReference(reference) ?? "");
    const image = id === undefined ? undefined : await this.#read(id);
    return image && withNames(image, names);
  }

  async hasLayer(diffId: string): Promise<boolean> {
    return (await this.#layer(diffId)) !== undefined;
  }

  /** The diff ids of all layers that are here. */
  async layers(): Promise<string[]> {
    const ids = (await readdir(join(this.folder, "layers"))).map(hex => `sha256:${hex}`);
    const found = await Promise.all(ids.map(id => this.hasLayer(id)));
    return ids.filter((_, index) => found[index]);
  }

  /** Unpacks a layer's tar unless the store has it; throws when its content is not what `diffId` promises. */
  async addLayer(diffId: string, tarPath: string): Promise<void> {
    if (await this.hasLayer(diffId)) return;
    const temporary = await this.makeTemporary();
    try {
      await mkdir(join(temporary, "fs"), { mode: 0o755 });
      const unpacked = await unpackLayer(this.#helper, tarPath, join(temporary, "fs"));
      if (unpacked.diffId !== diffId) {
        throw new CriError("InvalidArgument", `a layer should be ${diffId} and is ${unpacked.diffId}`);
      }
      await writeFile(join(temporary, "layer.json"), JSON.stringify({ bytes: unpacked.bytes, files: unpacked.files }));
      await renameUnlessThere(temporary, join(this.folder, "layers", hexOf(diffId)));
      await this.#linkShort(diffId);
    } finally {
      await rm(temporary, { recursive: true, force: true });
    }
  }

  /** Makes an image whose layers are all there, under these full names. */
  async addImage(configBytes: Uint8Array, names: readonly string[]): Promise<string> {
    const id = `sha256:${createHash("sha256").update(configBytes).digest("hex")}`;
    const config = JSON.parse(Buffer.from(configBytes).toString()) as ImageConfig;
    let size = configBytes.length;
    for (const diffId of config.rootfs.diff_ids) {
      const layer = await this.#layer(diffId);
      if (layer === undefined) throw new CriError("Unavailable", `layer ${diffId} is gone; try again`);
      size += layer.bytes;
    }
    const image: StoredImage = { id, config, size };
    await this.#write(join("images", `${hexOf(id)}.json`), image);
    for (const name of names) await this.#write(nameFile(name), { name, id });
    return id;
  }

  /**
   * Takes an image away: by its id with all names, by a name only that name, and the image with its last name.
   * Layers that a container uses stay until its lease ends.
   */
  async remove(reference: string): Promise<void> {
    const image = await this.find(reference);
    if (image === undefined) return;
    const all = [...image.repoTags, ...image.repoDigests];
    const name = normaliseReference(reference);
    const byName = parseImageId(reference) === undefined && name !== undefined;
    for (const each of byName ? [name] : all) await rm(join(this.folder, nameFile(each)), { force: true });
    if (byName && image.repoTags.some(tag => tag !== name)) return;
    if (byName) for (const each of all) await rm(join(this.folder, nameFile(each)), { force: true });
    await rm(join(this.folder, "images", `${hexOf(image.id)}.json`), { force: true });
    this.#images.delete(image.id);
    for (const key of this.#files.keys()) if (key.startsWith(`${image.id}/`)) this.#files.delete(key);
    await this.collectLayers({ among: image.config.rootfs.diff_ids });
  }

  /** Keeps the image's layers while the folder `holder` exists and {@link release} was not called. */
  async lease(leaseId: string, image: Image, holder: string): Promise<void> {
    await this.#write(join("leases", `${leaseId}.json`), { layers: image.config.rootfs.diff_ids, holder });
  }

  async release(leaseId: string): Promise<void> {
    await rm(join(this.folder, "leases", `${leaseId}.json`), { force: true });
  }

  /** Overlayfs' `lowerdir` option, topmost first, relative to {@link linkFolder} (mount's options have one page). */
  lowerDirs(image: Image): string {
    return image.config.rootfs.diff_ids.map(shortOf).reverse().join(":");
  }

  get linkFolder(): string {
    return join(this.folder, "l");
  }

  /** Text of a small file as the image shows it; empty when there is none. Every container of an image asks for the same. */
  async file({ id, config }: Image, name: string): Promise<string> {
    const key = `${id}/${name}`;
    const known = this.#files.get(key);
    if (known !== undefined) return known;
    const layers = config.rootfs.diff_ids.map(diffId => join(this.folder, "layers", hexOf(diffId), "fs")).reverse();
    const text = await imageFile(layers, name);
    if (text.length <= keptFileLength) this.#files.set(key, text);
    return text;
  }

  /** What all layers take: bytes and files. */
  async usage(): Promise<LayerRecord> {
    const layers = await Promise.all(
      (await readdir(join(this.folder, "layers"))).map(hex => this.#layer(`sha256:${hex}`)),
    );
    let [bytes, files] = [0, 0];
    for (const layer of layers) {
      bytes += layer?.bytes ?? 0;
      files += layer?.files ?? 0;
    }
    return { bytes, files };
  }

  /**
   * Removes layers that no image and no lease has. Moves each aside first and looks again, as another process may just have
   * taken it. A layer younger than `leastAgeMs` may belong to an image that is still being imported.
   */
  async collectLayers(
    options: { readonly among?: readonly string[]; readonly leastAgeMs?: number } = {},
  ): Promise<void> {
    const { among, leastAgeMs = 0 } = options;
    const used = await this.#usedLayers();
    for (const hex of await readdir(join(this.folder, "layers"))) {
      const id = `sha256:${hex}`;
      if (used.has(id) || among?.includes(id) === false) continue;
      const made = await stat(join(this.folder, "layers", hex, "layer.json")).catch(() => undefined);
      if (made === undefined || Date.now() - made.mtimeMs < leastAgeMs) continue;
      const aside = join(this.folder, "tmp", randomBytes(8).toString("hex"));
      const moved = await rename(join(this.folder, "layers", hex), aside).then(
        () => true,
        () => false, // another process was faster
      );
      if (!moved) continue;
      this.#layers.delete(`sha256:${hex}`);
      if ((await this.#usedLayers()).has(`sha256:${hex}`)) {
        await renameUnlessThere(aside, join(this.folder, "layers", hex));
        continue;
      }
      await rm(join(this.folder, "l", shortOf(`sha256:${hex}`)), { force: true });
      await rm(aside, { recursive: true, force: true });
    }
  }

  /** Removes what a process that was killed left half made: nothing is in the making for longer than `leastAgeMs`. */
  async collectTemporary(leastAgeMs: number): Promise<void> {
    for (const name of await readdir(join(this.folder, "tmp"))) {
      const path = join(this.folder, "tmp", name);
      const made = await stat(path).catch(() => undefined);
      if (made !== undefined && Date.now() - made.mtimeMs >= leastAgeMs)
        await rm(path, { recursive: true, force: true });
    }
  }

  async #usedLayers(): Promise<Set<string>> {
    const used = new Set<string>();
    for (const image of await this.list()) for (const id of image.config.rootfs.diff_ids) used.add(id);
    for (const file of (await readdir(join(this.folder, "leases"))).filter(isRecord)) {
      const lease = await readJson<{ layers: string[]; holder: string }>(join(this.folder, "leases", file));
      if (lease === undefined) continue;
      if (await stat(lease.holder).catch(() => undefined)) for (const id of lease.layers) used.add(id);
      else await rm(join(this.folder, "leases", file), { force: true });
    }
    return used;
  }

  async #names(): Promise<Map<string, string>> {
    const files = (await readdir(join(this.folder, "names"))).filter(isRecord);
    const records = await Promise.all(
      files.map(file => readJson<{ name: string; id: string }>(join(this.folder, "names", file))),
    );
    return new Map(records.filter(record => record !== undefined).map(({ name, id }) => [name, id]));
  }

  async #read(id: string): Promise<StoredImage | undefined> {
    const path = join(this.folder, "images", `${hexOf(id)}.json`);
    const known = this.#images.get(id);
    // The file never changes, but another process may have removed it.
    if (known !== undefined) return (await stat(path).catch(() => undefined)) && known;
    const image = await readJson<StoredImage>(path);
    if (image !== undefined) this.#images.set(id, image);
    return image;
  }

  async #layer(diffId: string): Promise<LayerRecord | undefined> {
    const path = join(this.folder, "layers", hexOf(diffId), "layer.json");
    const known = this.#layers.get(diffId);
    if (known !== undefined) return (await stat(path).catch(() => undefined)) && known;
    const layer = await readJson<LayerRecord>(path);
    if (layer === undefined) return undefined;
    this.#layers.set(diffId, layer);
    await this.#linkShort(diffId);
    return layer;
  }

  async #linkShort(diffId: string): Promise<void> {
    const link = join(this.folder, "l", shortOf(diffId));
    const target = join("..", "layers", hexOf(diffId), "fs");
    try {
      await symlink(target, link);
    } catch {
      const existing = await readlink(link);
      if (existing !== target) throw new CriError("Unknown", `${link} stands for another layer`);
    }
  }

  async #write(name: string, record: object): Promise<void> {
    const temporary = join(this.folder, "tmp", randomBytes(8).toString("hex"));
    await writeFile(temporary, JSON.stringify(record));
    await rename(temporary, join(this.folder, name));
  }
}

function withNames(image: StoredImage, names: ReadonlyMap<string, string>): Image {
  const own = [...names].filter(([, id]) => id === image.id).map(([name]) => name);
  own.sort();
  return {
    ...image,
    repoTags: own.filter(name => !name.includes("@")),
    repoDigests: own.filter(name => name.includes("@")),
  };
}

function nameFile(name: string): string {
  return join("names", `${createHash("sha256").update(name).digest("hex")}.json`);
}

function hexOf(digest: string): string {
  const id = parseImageId(digest);
  if (id === undefined) throw new CriError("InvalidArgument", `${JSON.stringify(digest)} is no SHA-256 digest`);
  return id.slice("sha256:".length);
}

function shortOf(diffId: string): string {
  return hexOf(diffId).slice(0, 12);
}

function isRecord(file: string): boolean {
  return file.endsWith(".json");
}

async function readJson<T>(path: string): Promise<T | undefined> {
  try {
    return JSON.parse(await readFile(path, "utf8")) as T;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/** Several processes may make the same thing at once: the first one's stays. */
async function renameUnlessThere(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "ENOTEMPTY" && code !== "EEXIST") throw error;
    await rm(from, { recursive: true, force: true });
  }
}

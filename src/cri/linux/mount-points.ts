import { createHash, randomBytes } from "node:crypto";
import { mkdir, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join, posix } from "node:path";
import type { OciMount } from "./oci/mounts.ts";

/** More sets than this are not kept: the OCI runtime then makes the places in the container's own layer. */
const setLimit = 100;
const setName = /^[0-9a-f]{16}$/;

interface Place {
  readonly path: string;
  readonly isFile: boolean;
}

/**
 * Empty files and folders for a container's mounts to lie on, as a layer below the image's. Most images lack them, and the
 * OCI runtime would make the same ten for every container anew, on the disk. One folder for each set of places that
 * occurs, made aside and renamed, never changed: containers share it.
 */
export class MountPoints {
  readonly #folder: string;
  readonly #sets = new Map<string, Promise<string>>();

  private constructor(folder: string) {
    this.#folder = folder;
  }

  static async open(folder: string): Promise<MountPoints> {
    await mkdir(folder, { recursive: true, mode: 0o711 });
    const points = new MountPoints(folder);
    for (const name of await readdir(folder)) {
      if (setName.test(name)) points.#sets.set(name, Promise.resolve(join(folder, name)));
      else await rm(join(folder, name), { recursive: true, force: true }); // Half made.
    }
    return points;
  }

  /** The layer for these mounts, whose sources must be there; undefined when there are too many different ones. */
  async layerFor(mounts: readonly OciMount[]): Promise<string | undefined> {
    const places = await Promise.all(outermost(mounts).map(placeOf));
    const name = createHash("sha256").update(JSON.stringify(places)).digest("hex").slice(0, 16);
    const known = this.#sets.get(name);
    if (known !== undefined) return known;
    if (this.#sets.size >= setLimit) return undefined;
    const making = this.#make(name, places);
    this.#sets.set(name, making);
    making.catch(() => this.#sets.delete(name));
    return making;
  }

  async #make(name: string, places: readonly Place[]): Promise<string> {
    const aside = join(this.#folder, `new-${randomBytes(8).toString("hex")}`);
    await mkdir(aside, { mode: 0o755 });
    for (const { path, isFile } of places) {
      const place = join(aside, path);
      await mkdir(isFile ? dirname(place) : place, { recursive: true, mode: 0o755 });
      if (isFile) await writeFile(place, "", { mode: 0o755 });
    }
    const layer = join(this.#folder, name);
    await rename(aside, layer);
    return layer;
  }
}

/** Mounts that do not lie in another: those get their place in the other's source. */
function outermost(mounts: readonly OciMount[]): OciMount[] {
  const paths = mounts.map(({ destination }) => posix.normalize(`/${destination}/`));
  const isInner = (path: string) => paths.some(other => other !== path && path.startsWith(other));
  return mounts.filter((_, at) => paths[at] !== "/" && !isInner(paths[at]!));
}

/** Normalised from the root on, so that no path leads out of the layer. */
async function placeOf({ destination, type, source }: OciMount): Promise<Place> {
  const isFile = type === "bind" && !(await stat(source)).isDirectory();
  return { path: posix.normalize(`/${destination}`), isFile };
}

import { createHash } from "node:crypto";
import {
  chmodSync,
  createWriteStream,
  lchownSync,
  linkSync,
  lstatSync,
  lutimesSync,
  mkdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Header } from "tar-stream";
import type { Helper } from "#base/helper.ts";
import { CriError } from "../../services.ts";
import { makeSpecialFiles, opaqueMark, type SpecialFile, whiteout } from "./special-files.ts";
import { readTar } from "./tar.ts";

export interface UnpackedLayer {
  /** SHA-256 of the uncompressed tar: the layer's diff id. */
  readonly diffId: string;
  readonly bytes: number;
  readonly files: number;
}

/** Files up to this size are collected and written in one call. */
const smallFileBytes = 1 << 20;

/**
 * Unpacks a layer's tar (plain, gzip or zstd) into an empty folder in overlayfs' form: whiteouts become 0/0 devices,
 * opaque directories carry the attribute. Nothing is written outside the folder, whatever the tar says.
 */
export async function unpackLayer(helper: Helper, tarPath: string, folder: string): Promise<UnpackedLayer> {
  const hash = createHash("sha256");
  const writer = new LayerWriter(folder);
  await readTar(tarPath, {
    bytes: chunk => hash.update(chunk),
    entry: (header, content) => writer.write(header, content),
  });
  await makeSpecialFiles(helper, writer.specials);
  writer.finish();
  return { diffId: `sha256:${hash.digest("hex")}`, bytes: writer.bytes, files: writer.files };
}

class LayerWriter {
  readonly specials: SpecialFile[] = [];
  bytes = 0;
  files = 0;
  readonly #folder: string;
  /** Folders known to be real ones inside the layer (no symbolic link on the way). */
  readonly #folders = new Set<string>([""]);
  /** A folder's times are set last: writing into it changes them. */
  readonly #folderTimes: (readonly [path: string, mtime: Date])[] = [];
  /** Owner and mode of device nodes, which exist only after {@link makeSpecialFiles}. */
  readonly #late: (() => void)[] = [];

  constructor(folder: string) {
    this.#folder = folder;
  }

  async write(header: Header, content: Readable): Promise<void> {
    const name = safeName(header.name);
    this.files++;
    if (name !== "") this.#makeParents(dirnameOf(name));
    const base = basename(name);
    if (base === ".wh..wh..opq") this.specials.push(opaqueMark(join(this.#folder, dirnameOf(name))));
    else if (base.startsWith(".wh..wh.")) {
      // aufs' own bookkeeping: nothing that the image has.
    } else if (base.startsWith(".wh."))
      this.specials.push(whiteout(join(this.#folder, dirnameOf(name), base.slice(".wh.".length))));
    else await this.#writeEntry(name, header, content);
  }

  finish(): void {
    for (const step of this.#late) step();
    for (const [path, mtime] of this.#folderTimes.reverse()) lutimesSync(path, mtime, mtime);
  }

  async #writeEntry(name: string, header: Header, content: Readable): Promise<void> {
    const path = join(this.#folder, name);
    if (name !== "" && header.type !== "directory") this.#replace(path);
    switch (header.type) {
      case "directory":
        this.#makeFolder(name, path);
        break;
      case "file":
      case "contiguous-file":
        await this.#writeFile(path, header.size ?? 0, content);
        break;
      case "symlink":
        symlinkSync(header.linkname ?? "", path);
        break;
      case "link":
        return this.#link(path, header.linkname ?? "");
      case "character-device":
      case "block-device":
      case "fifo":
        this.specials.push(deviceOf(path, header));
        this.#late.push(() => setOwnerAndMode(path, header));
        return;
      default:
        throw new CriError("InvalidArgument", `layer entry ${header.name} has the unknown type ${header.type}`);
    }
    setOwnerAndMode(path, header);
    this.#keepAttributes(path, header);
    if (header.type === "directory") this.#folderTimes.push([path, header.mtime ?? new Date(0)]);
    else lutimesSync(path, header.mtime ?? new Date(0), header.mtime ?? new Date(0));
  }

  async #writeFile(path: string, size: number, content: Readable): Promise<void> {
    this.bytes += size;
    if (size > smallFileBytes) return pipeline(content, createWriteStream(path, { flags: "wx" }));
    const chunks: Uint8Array[] = [];
    for await (const chunk of content) chunks.push(chunk as Uint8Array);
    writeFileSync(path, Buffer.concat(chunks), { flag: "wx" });
  }

  #makeFolder(name: string, path: string): void {
    if (this.#folders.has(name)) return;
    if (lstatSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) {
      this.#replace(path);
      mkdirSync(path);
    }
    this.#folders.add(name);
  }

  /** A hard link's target is a path from the layer's root; no component of it may be a symbolic link. */
  #link(path: string, target: string): void {
    const name = safeName(target);
    this.#makeParents(dirnameOf(name));
    linkSync(join(this.#folder, name), path);
  }

  #makeParents(name: string): void {
    if (this.#folders.has(name)) return;
    this.#makeParents(dirnameOf(name));
    const path = join(this.#folder, name);
    const stats = lstatSync(path, { throwIfNoEntry: false });
    if (stats === undefined) mkdirSync(path, { mode: 0o755 });
    else if (!stats.isDirectory())
      throw new CriError("InvalidArgument", `layer entries pass through ${name}, which is no directory`);
    this.#folders.add(name);
  }

  /** A later entry of the same name wins. */
  #replace(path: string): void {
    const stats = lstatSync(path, { throwIfNoEntry: false });
    if (stats === undefined) return;
    if (stats.isDirectory()) {
      const name = path.slice(this.#folder.length + 1);
      for (const known of this.#folders)
        if (known === name || known.startsWith(`${name}/`)) this.#folders.delete(known);
    }
    rmSync(path, { recursive: true });
  }

  #keepAttributes(path: string, header: Header): void {
    for (const [key, value] of Object.entries((header.pax ?? {}) as Record<string, string>)) {
      if (!key.startsWith("SCHILY.xattr.")) continue;
      const name = key.slice("SCHILY.xattr.".length);
      // An overlay attribute would change what the layers below mean.
      if (name.startsWith("trusted.overlay.") || name.startsWith("user.overlay.")) continue;
      // tar-stream reads pax values as UTF-8: a binary value that is none is lost, and a wrong one must not be set.
      if (!value.includes("\ufffd")) this.specials.push({ act: "xattr", path, name, value: Buffer.from(value) });
    }
  }
}

/** The name inside the layer, without leading `./` or `/`; refused when a component is `..`. */
export function safeName(name: string): string {
  const parts = name.split("/").filter(part => part !== "" && part !== ".");
  if (parts.includes("..") || name.includes("\0"))
    throw new CriError("InvalidArgument", `layer entry ${JSON.stringify(name)} leaves its folder`);
  return parts.join("/");
}

function dirnameOf(name: string): string {
  const parent = dirname(name);
  return parent === "." ? "" : parent;
}

function setOwnerAndMode(path: string, header: Header): void {
  lchownSync(path, header.uid ?? 0, header.gid ?? 0);
  // After the owner: a change of owner takes set-user-id bits away.
  if (header.type !== "symlink" && header.mode !== undefined) chmodSync(path, header.mode & 0o7777);
}

function deviceOf(path: string, header: Header): SpecialFile {
  const mode = (header.mode ?? 0) & 0o7777;
  if (header.type === "fifo") return { act: "fifo", path, mode };
  const act = header.type === "block-device" ? "block" : "char";
  return { act, path, mode, major: header.devmajor ?? 0, minor: header.devminor ?? 0 };
}

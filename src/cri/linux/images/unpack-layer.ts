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
  await makeSpecialFiles(helper, [...writer.specials.values()].flat());
  writer.finish();
  return { diffId: `sha256:${hash.digest("hex")}`, bytes: writer.bytes, files: writer.files };
}

class LayerWriter {
  /**
   * By path. What is made last is made where it stood in the layer: an entry that replaces it, or a folder above it by
   * a symbolic link, takes it out of here, or the link would lead it anywhere.
   */
  readonly specials = new Map<string, SpecialFile[]>();
  bytes = 0;
  files = 0;
  readonly #folder: string;
  /** Folders known to be real ones inside the layer (no symbolic link on the way). */
  readonly #folders = new Set<string>([""]);
  /** A folder's times are set last: writing into it changes them. */
  readonly #folderTimes = new Map<string, Date>();
  /** Device nodes by path: their owner and mode can be set only after {@link makeSpecialFiles}. */
  readonly #late = new Map<string, Header>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  async write(header: Header, content: Readable): Promise<void> {
    const name = safeName(header.name);
    this.files++;
    if (name !== "") this.#makeParents(dirnameOf(name));
    const base = basename(name);
    if (base === ".wh..wh..opq") this.#special(opaqueMark(join(this.#folder, dirnameOf(name))));
    else if (base.startsWith(".wh..wh.")) {
      // aufs' own bookkeeping: nothing that the image has.
    } else if (base.startsWith(".wh.")) {
      const hidden = safeName(base.slice(".wh.".length));
      if (hidden === "") throw new CriError("InvalidArgument", `layer entry ${header.name} hides nothing`);
      this.#special(whiteout(join(this.#folder, dirnameOf(name), hidden)));
    } else await this.#writeEntry(name, header, content);
  }

  finish(): void {
    for (const [path, header] of this.#late) setOwnerAndMode(path, header);
    for (const [path, mtime] of [...this.#folderTimes].reverse()) lutimesSync(path, mtime, mtime);
  }

  #special(file: SpecialFile): void {
    const known = this.specials.get(file.path);
    if (known === undefined) this.specials.set(file.path, [file]);
    else known.push(file);
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
        this.#special(deviceOf(path, header));
        this.#late.set(path, header);
        return;
      default:
        throw new CriError("InvalidArgument", `layer entry ${header.name} has the unknown type ${header.type}`);
    }
    setOwnerAndMode(path, header);
    this.#keepAttributes(path, header);
    if (header.type === "directory") this.#folderTimes.set(path, header.mtime ?? new Date(0));
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
    this.specials.delete(path);
    this.#late.delete(path);
    const stats = lstatSync(path, { throwIfNoEntry: false });
    if (stats === undefined) return;
    if (stats.isDirectory()) this.#forgetFolder(path);
    rmSync(path, { recursive: true });
  }

  #forgetFolder(path: string): void {
    const name = path.slice(this.#folder.length + 1);
    for (const known of this.#folders) if (known === name || known.startsWith(`${name}/`)) this.#folders.delete(known);
    for (const later of [this.specials, this.#late, this.#folderTimes])
      for (const known of later.keys()) if (known === path || known.startsWith(`${path}/`)) later.delete(known);
  }

  #keepAttributes(path: string, header: Header): void {
    for (const [key, value] of Object.entries((header.pax ?? {}) as Record<string, string>)) {
      if (!key.startsWith("SCHILY.xattr.")) continue;
      const name = key.slice("SCHILY.xattr.".length);
      // An overlay attribute would change what the layers below mean.
      if (name.startsWith("trusted.overlay.") || name.startsWith("user.overlay.")) continue;
      // tar-stream reads pax values as UTF-8: a binary value that is none is lost, and a wrong one must not be set.
      if (!value.includes("\ufffd")) this.#special({ act: "xattr", path, name, value: Buffer.from(value) });
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

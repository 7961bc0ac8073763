import { type Stats, watch } from "node:fs";
import * as fs from "node:fs/promises";
import { dirname } from "node:path";
import type { FileOwner, FileType, HostFiles } from "../host.ts";

/** {@link HostFiles} on the machine's own file system, as this process sees it. */
export function linuxFiles(): HostFiles {
  return {
    read: path => orUndefined(fs.readFile(path)),
    readRange,
    size: async path => (await orUndefined(fs.stat(path)))?.size,
    async write(path, bytes, options) {
      await fs.writeFile(path, bytes, { mode: options.mode });
      await setAttributes(path, options);
    },
    async makeFolder(path, mode) {
      await fs.mkdir(path, { recursive: true, mode });
    },
    setAttributes,
    grantGroup,
    async remove(path) {
      await fs.rm(path, { recursive: true, force: true });
    },
    list: async path => (await orUndefined(fs.readdir(path)))?.sort() ?? [],
    rename: (from, to) => fs.rename(from, to),
    symlink: (target, path) => fs.symlink(target, path),
    readLink: path => orUndefined(fs.readlink(path)),
    type: async path => {
      const stat = await orUndefined(fs.stat(path));
      return stat && typeOf(stat);
    },
    watch: watchFile,
  };
}

async function readRange(path: string, offset: number, length: number): Promise<Uint8Array | undefined> {
  const file = await orUndefined(fs.open(path, "r"));
  if (file === undefined) return undefined;
  try {
    const { bytesRead, buffer } = await file.read(new Uint8Array(length), 0, length, offset);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

async function setAttributes(path: string, { mode, uid, gid }: { mode?: number } & FileOwner): Promise<void> {
  if (uid !== undefined || gid !== undefined) await fs.chown(path, uid ?? -1, gid ?? -1);
  if (mode !== undefined) await fs.chmod(path, mode);
}

const setGroupId = 0o2000;

async function grantGroup(path: string, gid: number, options: { readOnly: boolean }): Promise<void> {
  const stat = await fs.lstat(path);
  if (stat.isSymbolicLink()) return;
  const folder = stat.isDirectory();
  const bits = (options.readOnly ? 0o440 : 0o660) | (folder ? setGroupId | 0o110 : 0);
  await fs.chown(path, stat.uid, gid);
  await fs.chmod(path, (stat.mode & 0o7777) | bits);
  if (folder) for (const name of await fs.readdir(path)) await grantGroup(`${path}/${name}`, gid, options);
}

function typeOf(stat: Stats): FileType {
  if (stat.isFile()) return "file";
  if (stat.isDirectory()) return "folder";
  if (stat.isSocket()) return "socket";
  if (stat.isCharacterDevice()) return "characterDevice";
  if (stat.isBlockDevice()) return "blockDevice";
  return "other";
}

/** The folder is watched too: a rotated log is a new file. */
function watchFile(path: string, changed: () => void): Disposable {
  const watchers = [path, dirname(path)].flatMap(target => {
    try {
      const watcher = watch(target, { persistent: false }, () => changed());
      watcher.on("error", () => watcher.close());
      return [watcher];
    } catch {
      return [];
    }
  });
  return {
    [Symbol.dispose]() {
      for (const watcher of watchers) watcher.close();
    },
  };
}

async function orUndefined<T>(action: Promise<T>): Promise<T | undefined> {
  try {
    return await action;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === "ENOENT" || code === "ENOTDIR" || code === "EINVAL") return undefined;
    throw error;
  }
}

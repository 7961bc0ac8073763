import type { HostFiles } from "../host.ts";
import type { Payload } from "./payload.ts";

const dataLink = "..data";

/**
 * Shows a set of files so that a reader sees either all of the old ones or all of the new:
 *
 * ```
 * key        -> ..data/key          one link per first path part
 * ..data     -> ..2026_11_21_1      replaced by a rename
 * ..2026_11_21_1/key                the files; the folder before it is removed afterwards
 * ```
 *
 * Answers whether anything changed.
 */
export async function writeAtomically(
  files: HostFiles,
  folder: string,
  payload: Payload,
  options: { readonly version: string; readonly gid?: number | undefined },
): Promise<boolean> {
  const current = await files.readLink(`${folder}/${dataLink}`);
  if (current !== undefined && (await holds(files, `${folder}/${current}`, payload))) return false;
  const fresh = `..${options.version}`;
  await writeAll(files, `${folder}/${fresh}`, payload, options.gid);
  await files.remove(`${folder}/..data_tmp`);
  await files.symlink(fresh, `${folder}/..data_tmp`);
  await files.rename(`${folder}/..data_tmp`, `${folder}/${dataLink}`);
  await linkNames(files, folder, payload);
  if (current !== undefined) await files.remove(`${folder}/${current}`);
  return true;
}

async function writeAll(files: HostFiles, folder: string, payload: Payload, gid: number | undefined): Promise<void> {
  await files.makeFolder(folder, 0o755);
  for (const [path, { bytes, mode, uid }] of payload) {
    const parent = path.slice(0, Math.max(0, path.lastIndexOf("/")));
    if (parent !== "") await files.makeFolder(`${folder}/${parent}`, 0o755);
    const readable = gid === undefined ? mode : mode | 0o040;
    const owner = { ...(uid === undefined ? {} : { uid }), ...(gid === undefined ? {} : { gid }) };
    await files.write(`${folder}/${path}`, bytes, { mode: readable, ...owner });
  }
}

/** Links for the new names, and none for those that are gone. */
async function linkNames(files: HostFiles, folder: string, payload: Payload): Promise<void> {
  const wanted = new Set(Array.from(payload.keys(), path => path.split("/")[0]!));
  const present = new Set(await files.list(folder));
  for (const name of wanted) if (!present.has(name)) await files.symlink(`${dataLink}/${name}`, `${folder}/${name}`);
  for (const name of present) if (!name.startsWith("..") && !wanted.has(name)) await files.remove(`${folder}/${name}`);
}

/** Whether the folder has exactly these files. */
async function holds(files: HostFiles, folder: string, payload: Payload): Promise<boolean> {
  if ((await countFiles(files, folder)) !== payload.size) return false;
  for (const [path, { bytes }] of payload) {
    const present = await files.read(`${folder}/${path}`);
    if (present === undefined || !equalBytes(present, bytes)) return false;
  }
  return true;
}

async function countFiles(files: HostFiles, folder: string): Promise<number> {
  let count = 0;
  for (const name of await files.list(folder)) {
    const path = `${folder}/${name}`;
    count += (await files.type(path)) === "folder" ? await countFiles(files, path) : 1;
  }
  return count;
}

function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, at) => byte === b[at]);
}

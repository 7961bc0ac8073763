import type { HostPathVolumeSource } from "#api/core/v1/volume.ts";
import { MountError } from "../containers/errors.ts";
import type { FileType, HostFiles } from "../host.ts";

const wanted: Readonly<Record<string, { readonly type: FileType; readonly noun: string }>> = {
  Directory: { type: "folder", noun: "directory" },
  File: { type: "file", noun: "file" },
  Socket: { type: "socket", noun: "socket file" },
  CharDevice: { type: "characterDevice", noun: "character device" },
  BlockDevice: { type: "blockDevice", noun: "block device" },
};

/** Sees to it that the path is what the volume says it is, making it where the type asks for that. */
export async function prepareHostPath(files: HostFiles, source: HostPathVolumeSource): Promise<void> {
  const { path, type = "" } = source;
  const found = await files.type(path);
  if (type === "") return;
  if (type === "DirectoryOrCreate") {
    if (found === undefined) await files.makeFolder(path, 0o755);
    else if (found !== "folder") throw wrongType(path, "directory");
  } else if (type === "FileOrCreate") {
    if (found === undefined) await files.write(path, new Uint8Array(), { mode: 0o644 });
    else if (found !== "file") throw wrongType(path, "file");
  } else if (wanted[type] !== undefined && found !== wanted[type].type) throw wrongType(path, wanted[type].noun);
}

function wrongType(path: string, noun: string): MountError {
  return new MountError(`hostPath type check failed: ${path} is not a ${noun}`);
}

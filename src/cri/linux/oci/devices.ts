import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import type * as cri from "../../protocol/messages.ts";
import { CriError } from "../../services.ts";
import type { OciDevice } from "./config.ts";

/** The devices that a container was given by path; a folder stands for every device in it. */
export async function requestedDevices(devices: readonly cri.Device[]): Promise<OciDevice[]> {
  const found: OciDevice[] = [];
  for (const { hostPath = "", containerPath, permissions } of devices) {
    const list = await devicesAt(hostPath, containerPath || hostPath, permissions || "rwm");
    if (list.length === 0) throw new CriError("InvalidArgument", `${hostPath} is no device`);
    found.push(...list);
  }
  return found;
}

/** Every device of the machine, for a privileged container. */
export async function hostDevices(): Promise<OciDevice[]> {
  return (await devicesAt("/dev", "/dev", "rwm")).filter(device => !runtimeOwn.has(device.path));
}

/** Made by the OCI runtime or by mounts in every container. */
const runtimeOwn = new Set(
  ["null", "zero", "full", "tty", "random", "urandom", "console", "ptmx"].map(name => `/dev/${name}`),
);
const skippedFolders = new Set(["pts", "shm", "fd", "mqueue", ".lxc", ".lxd-mounts"]);

async function devicesAt(hostPath: string, containerPath: string, permissions: string): Promise<OciDevice[]> {
  const stats = await stat(hostPath).catch(() => undefined);
  if (stats === undefined) return [];
  if (stats.isDirectory()) {
    const names = (await readdir(hostPath)).filter(name => !skippedFolders.has(name));
    return (
      await Promise.all(names.map(name => devicesAt(join(hostPath, name), join(containerPath, name), permissions)))
    ).flat();
  }
  if (!stats.isCharacterDevice() && !stats.isBlockDevice()) return [];
  const { major, minor } = numbersOf(stats.rdev);
  return [{ path: containerPath, type: stats.isBlockDevice() ? "b" : "c", major, minor, permissions }];
}

/** The kernel's encoding of a device number, as glibc's major() and minor() take it apart. */
export function numbersOf(rdev: number): { major: number; minor: number } {
  const device = BigInt(rdev);
  const major = ((device >> 8n) & 0xfffn) | ((device >> 32n) & 0xfffff000n);
  const minor = (device & 0xffn) | ((device >> 12n) & 0xffffff00n);
  return { major: Number(major), minor: Number(minor) };
}

import { statfs } from "node:fs/promises";
import type { Helper } from "#base/helper.ts";
import type { Log } from "#base/log.ts";
import type { DiskUsage, KubeletHost } from "../host.ts";
import { linuxCgroups } from "./linux-cgroups.ts";
import { linuxFiles } from "./linux-files.ts";
import { linuxMounts } from "./linux-mounts.ts";
import { linuxNetwork } from "./linux-network.ts";
import { readMachine, readMemoryAvailable } from "./machine.ts";

export interface LinuxHostDeps {
  /** Runs in the same mount namespace as this process. */
  readonly helper: Helper;
  readonly log: Log;
}

/** The machine this process runs on. */
export async function createLinuxHost({ helper, log }: LinuxHostDeps): Promise<KubeletHost> {
  return {
    machine: await readMachine(),
    cgroups: linuxCgroups(),
    files: linuxFiles(),
    mounts: linuxMounts(helper),
    network: linuxNetwork(log),
    diskUsage,
    memoryAvailableBytes: readMemoryAvailable,
  };
}

async function diskUsage(path: string): Promise<DiskUsage> {
  const { bsize, blocks, bavail, files, ffree } = await statfs(path);
  return { capacityBytes: bsize * blocks, availableBytes: bsize * bavail, inodes: files, inodesFree: ffree };
}

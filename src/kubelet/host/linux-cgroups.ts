import * as fs from "node:fs/promises";
import { join } from "node:path";
import { cgroupFolder, cgroupMount, cgroupTrees, cgroupUsage, cgroupVersion } from "#base/host/cgroups.ts";
import type { CgroupLimits, HostCgroups } from "../host.ts";

/** {@link HostCgroups} by the kernel's files. */
export function linuxCgroups(): HostCgroups {
  const version = cgroupVersion();
  return {
    apply: version === 2 ? applyUnified : applySeparate,
    async remove(path) {
      await Promise.all(cgroupTrees(version).map(tree => removeTree(join(tree, path))));
    },
    usage: async path => cgroupUsage(version, path),
  };
}

async function applySeparate(path: string, limits: CgroupLimits): Promise<void> {
  const cpu = cgroupFolder(1, "cpu", path);
  const memory = cgroupFolder(1, "memory", path);
  const pids = cgroupFolder(1, "pids", path);
  for (const folder of [cpu, memory, pids]) await fs.mkdir(folder, { recursive: true });
  await writeSome(cpu, {
    "cpu.shares": limits.cpuShares,
    "cpu.cfs_period_us": limits.cpuPeriodUs,
    "cpu.cfs_quota_us": limits.cpuQuotaUs,
  });
  await writeSome(memory, { "memory.limit_in_bytes": limits.memoryBytes });
  await writeSome(pids, { "pids.max": limits.pids });
}

async function applyUnified(path: string, limits: CgroupLimits): Promise<void> {
  const folder = cgroupFolder(2, "", path);
  await fs.mkdir(folder, { recursive: true });
  await delegate(path);
  await writeSome(folder, {
    "cpu.weight": limits.cpuShares === undefined ? undefined : weightOf(limits.cpuShares),
    "cpu.max": limits.cpuQuotaUs === undefined ? undefined : `${limits.cpuQuotaUs} ${limits.cpuPeriodUs ?? 100_000}`,
    "memory.max": limits.memoryBytes,
    "pids.max": limits.pids,
  });
}

/** Shares of 2 to 262144 on v2's scale of 1 to 10000. */
function weightOf(shares: number): number {
  return 1 + Math.floor(((shares - 2) * 9999) / 262_142);
}

async function writeSome(
  folder: string,
  values: Readonly<Record<string, CgroupLimits[keyof CgroupLimits] | string>>,
): Promise<void> {
  for (const [file, value] of Object.entries(values)) {
    if (value !== undefined) await fs.writeFile(`${folder}/${file}`, String(value));
  }
}

/** On v2 a group has a controller's files only when every group above it hands the controller down. */
async function delegate(path: string): Promise<void> {
  const parts = path.split("/").slice(1);
  for (let depth = 0; depth < parts.length; depth++) {
    const folder = [cgroupMount, ...parts.slice(0, depth)].join("/");
    // Refused where somebody else governs the group and has done so already, or where it holds processes of its own.
    await fs.writeFile(`${folder}/cgroup.subtree_control`, "+cpu +memory +pids").catch(() => {});
  }
}

/** Groups are removed from the leaves up; one that still has a process stays, and one that is gone is no error. */
async function removeTree(folder: string): Promise<void> {
  const entries = await fs.readdir(folder, { withFileTypes: true }).catch(() => []);
  for (const entry of entries) if (entry.isDirectory()) await removeTree(`${folder}/${entry.name}`);
  await fs.rmdir(folder).catch(() => {});
}

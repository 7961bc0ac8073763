import { mkdirSync, writeFileSync } from "node:fs";
import * as fs from "node:fs/promises";
import { join } from "node:path";
import { cgroupFolder, cgroupMount, cgroupTrees, cgroupUsage, cgroupVersion } from "#base/host/cgroups.ts";
import type { CgroupLimits, HostCgroups } from "../host.ts";

/**
 * {@link HostCgroups} by the kernel's files. A group is made at once: these files are no disk's, and to hand each of a dozen
 * calls to another thread takes longer than the calls.
 */
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
  for (const folder of [cpu, memory, pids]) mkdirSync(folder, { recursive: true });
  writeSome(cpu, {
    "cpu.shares": limits.cpuShares,
    "cpu.cfs_period_us": limits.cpuPeriodUs,
    "cpu.cfs_quota_us": limits.cpuQuotaUs,
  });
  writeSome(memory, { "memory.limit_in_bytes": limits.memoryBytes });
  writeSome(pids, { "pids.max": limits.pids });
}

async function applyUnified(path: string, limits: CgroupLimits): Promise<void> {
  const folder = cgroupFolder(2, "", path);
  mkdirSync(folder, { recursive: true });
  delegate(path);
  writeSome(folder, {
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

function writeSome(folder: string, values: Readonly<Record<string, CgroupLimits[keyof CgroupLimits] | string>>): void {
  for (const [file, value] of Object.entries(values)) {
    if (value !== undefined) writeFileSync(`${folder}/${file}`, String(value));
  }
}

/** On v2 a group has a controller's files only when every group above it hands the controller down. */
function delegate(path: string): void {
  const parts = path.split("/").slice(1);
  for (let depth = 0; depth < parts.length; depth++) {
    const folder = [cgroupMount, ...parts.slice(0, depth)].join("/");
    try {
      writeFileSync(`${folder}/cgroup.subtree_control`, "+cpu +memory +pids");
    } catch {
      // Refused where somebody else governs the group and has done so already, or where it holds processes of its own.
    }
  }
}

/** Groups are removed from the leaves up; one that still has a process stays, and one that is gone is no error. */
async function removeTree(folder: string): Promise<void> {
  const entries = await fs.readdir(folder, { withFileTypes: true }).catch(() => []);
  for (const entry of entries) if (entry.isDirectory()) await removeTree(`${folder}/${entry.name}`);
  await fs.rmdir(folder).catch(() => {});
}

import * as fs from "node:fs/promises";
import type { CgroupLimits, CgroupUsage, HostCgroups } from "../host.ts";

const root = "/sys/fs/cgroup";
const v1Controllers = ["cpu", "memory", "pids"] as const;

/** {@link HostCgroups} by the kernel's files: one hierarchy (v2) or one for each controller (v1, hybrid). */
export async function linuxCgroups(): Promise<HostCgroups> {
  return (await isUnified()) ? unified() : separate();
}

async function isUnified(): Promise<boolean> {
  return fs.access(`${root}/cgroup.controllers`).then(
    () => true,
    () => false,
  );
}

function separate(): HostCgroups {
  const folder = (controller: string, path: string) => `${root}/${controller}${path}`;
  return {
    async apply(path, limits) {
      for (const controller of v1Controllers) {
        await fs.mkdir(folder(controller, path), { recursive: true });
      }
      await writeSome(folder("cpu", path), {
        "cpu.shares": limits.cpuShares,
        "cpu.cfs_period_us": limits.cpuPeriodUs,
        "cpu.cfs_quota_us": limits.cpuQuotaUs,
      });
      await writeSome(folder("memory", path), { "memory.limit_in_bytes": limits.memoryBytes });
      await writeSome(folder("pids", path), { "pids.max": limits.pids });
    },
    async remove(path) {
      const controllers = await fs.readdir(root);
      await Promise.all(controllers.map(controller => removeTree(folder(controller, path))));
    },
    async usage(path) {
      const [cpu, memory, stat, processes] = await Promise.all([
        readNumber(`${folder("cpuacct", path)}/cpuacct.usage`),
        readNumber(`${folder("memory", path)}/memory.usage_in_bytes`),
        readTable(`${folder("memory", path)}/memory.stat`),
        readNumber(`${folder("pids", path)}/pids.current`),
      ]);
      if (memory === undefined) return undefined;
      const inactive = stat.get("total_inactive_file") ?? 0;
      return usageOf(cpu, memory, inactive, stat.get("total_rss"), processes);
    },
  };
}

function unified(): HostCgroups {
  return {
    async apply(path, limits) {
      await fs.mkdir(root + path, { recursive: true });
      await delegate(path);
      await writeSome(root + path, {
        "cpu.weight": limits.cpuShares === undefined ? undefined : weightOf(limits.cpuShares),
        "cpu.max":
          limits.cpuQuotaUs === undefined ? undefined : `${limits.cpuQuotaUs} ${limits.cpuPeriodUs ?? 100_000}`,
        "memory.max": limits.memoryBytes,
        "pids.max": limits.pids,
      });
    },
    remove: path => removeTree(root + path),
    async usage(path) {
      const [cpu, memory, stat, processes] = await Promise.all([
        readTable(`${root}${path}/cpu.stat`),
        readNumber(`${root}${path}/memory.current`),
        readTable(`${root}${path}/memory.stat`),
        readNumber(`${root}${path}/pids.current`),
      ]);
      if (memory === undefined) return undefined;
      return usageOf(
        (cpu.get("usage_usec") ?? 0) * 1000,
        memory,
        stat.get("inactive_file") ?? 0,
        stat.get("anon"),
        processes,
      );
    },
  };
}

function usageOf(
  cpu: number | undefined,
  memory: number,
  inactive: number,
  rss: number | undefined,
  processes: number | undefined,
): CgroupUsage {
  return {
    cpuNanoseconds: cpu ?? 0,
    memoryBytes: memory,
    workingSetBytes: Math.max(0, memory - inactive),
    rssBytes: rss ?? 0,
    processes: processes ?? 0,
  };
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
    const folder = [root, ...parts.slice(0, depth)].join("/");
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

async function readNumber(path: string): Promise<number | undefined> {
  const text = await fs.readFile(path, "utf8").catch(() => undefined);
  return text === undefined ? undefined : Number(text);
}

async function readTable(path: string): Promise<ReadonlyMap<string, number>> {
  const text = await fs.readFile(path, "utf8").catch(() => "");
  return new Map(
    text
      .split("\n")
      .filter(line => line.includes(" "))
      .map(line => line.split(" ") as [string, string])
      .map(([key, value]) => [key, Number(value)]),
  );
}

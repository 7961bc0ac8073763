import { readdirSync, readFileSync, statfsSync } from "node:fs";
import { join } from "node:path";

/** Control groups as this machine has them: one tree (2) or one for each controller (1, also in hybrid form). */
export type CgroupVersion = 1 | 2;

export interface CgroupUsage {
  readonly cpuNanoseconds: number;
  readonly memoryBytes: number;
  readonly workingSetBytes: number;
  readonly rssBytes: number;
  readonly pageFaults: number;
  readonly majorPageFaults: number;
  readonly memoryLimitBytes: number | undefined;
  readonly processes: number;
}

export const cgroupMount = "/sys/fs/cgroup";
const cgroup2Magic = 0x63677270;

export function cgroupVersion(): CgroupVersion {
  return statfsSync(cgroupMount).type === cgroup2Magic ? 2 : 1;
}

/** Where the machine's trees are: a group is at the same path in each. */
export function cgroupTrees(version: CgroupVersion): readonly string[] {
  if (version === 2) return [cgroupMount];
  // Controllers that share a tree are links to it.
  const entries = readdirSync(cgroupMount, { withFileTypes: true }).filter(entry => entry.isDirectory());
  return entries.map(({ name }) => join(cgroupMount, name));
}

/** Where a controller has its files of the group. */
export function cgroupFolder(version: CgroupVersion, controller: string, path: string): string {
  return version === 2 ? join(cgroupMount, path) : join(cgroupMount, controller, path);
}

/**
 * What the group and all below it used so far; undefined when it is not there. Reads a handful of kernel files:
 * microseconds.
 */
export function cgroupUsage(version: CgroupVersion, path: string): CgroupUsage | undefined {
  const memory = cgroupFolder(version, "memory", path);
  const bytes = readNumber(join(memory, version === 2 ? "memory.current" : "memory.usage_in_bytes"));
  if (bytes === undefined) return undefined;
  // On v1 the tree's own numbers have no prefix: without it they are those of the group's own processes.
  const stat = readTable(join(memory, "memory.stat"));
  const total = (name: string) => stat[version === 2 ? name : `total_${name}`] ?? 0;
  return {
    cpuNanoseconds: cpuNanoseconds(version, path),
    memoryBytes: bytes,
    workingSetBytes: Math.max(0, bytes - total("inactive_file")),
    rssBytes: total(version === 2 ? "anon" : "rss"),
    pageFaults: total("pgfault"),
    majorPageFaults: total("pgmajfault"),
    memoryLimitBytes: version === 2 ? readNumber(join(memory, "memory.max")) : limitOf(stat),
    processes: readNumber(join(cgroupFolder(version, "pids", path), "pids.current")) ?? 0,
  };
}

function cpuNanoseconds(version: CgroupVersion, path: string): number {
  if (version === 1) return readNumber(join(cgroupFolder(1, "cpuacct", path), "cpuacct.usage")) ?? 0;
  return (readTable(join(cgroupFolder(2, "cpu", path), "cpu.stat"))["usage_usec"] ?? 0) * 1000;
}

/** The kernel says "none" by a number near 2^63. */
function limitOf(stat: Readonly<Record<string, number>>): number | undefined {
  const limit = stat["hierarchical_memory_limit"] ?? 0;
  return limit > 0 && limit < 2 ** 60 ? limit : undefined;
}

/** Undefined: there is no such file, or it says `max`. */
function readNumber(file: string): number | undefined {
  const text = read(file);
  return text === undefined || text.trim() === "max" ? undefined : Number(text);
}

/** Lines of "name number". */
function readTable(file: string): Readonly<Record<string, number>> {
  const table: Record<string, number> = {};
  for (const line of (read(file) ?? "").split("\n")) {
    const [name, value] = line.split(" ");
    if (name && value !== undefined) table[name] = Number(value);
  }
  return table;
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // ENODEV: the group went while its file was open.
    if (code === "ENOENT" || code === "ENODEV") return undefined;
    throw error;
  }
}

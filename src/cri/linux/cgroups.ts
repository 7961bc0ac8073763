import { readdirSync, readFileSync, rmdirSync, statfsSync } from "node:fs";
import { dirname, join } from "node:path";

const mountPoint = "/sys/fs/cgroup";
const cgroup2Magic = 0x63677270;

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

/** Control groups as this machine has them: one tree (v2) or one for each controller (v1, also in hybrid form). */
export class Cgroups {
  readonly version: 1 | 2;

  constructor(version?: 1 | 2) {
    this.version = version ?? (statfsSync(mountPoint).type === cgroup2Magic ? 2 : 1);
  }

  /** What the group used so far; undefined when it is gone. Reads a handful of kernel files: microseconds. */
  usage(path: string): CgroupUsage | undefined {
    try {
      return this.version === 2 ? usageV2(path) : usageV1(path);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === "ENOENT" || code === "ENODEV") return undefined;
      throw error;
    }
  }

  /** Every process in the group itself. */
  processes(path: string): number[] {
    const file =
      this.version === 2 ? join(mountPoint, path, "cgroup.procs") : join(mountPoint, "pids", path, "cgroup.procs");
    try {
      return readFileSync(file, "utf8").split("\n").filter(Boolean).map(Number);
    } catch {
      return []; // The group is gone, and every process of it.
    }
  }

  /** Removes the group and the groups above it, as far as they are empty, up to `end` (which stays). */
  removeEmpty(path: string, end: string): void {
    for (const tree of this.#trees()) {
      for (let each = path; each !== end && each.startsWith(`${end}/`); each = dirname(each)) {
        try {
          rmdirSync(join(tree, each));
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code !== "ENOENT") break; // still in use
        }
      }
    }
  }

  #trees(): string[] {
    if (this.version === 2) return [mountPoint];
    return readdirSync(mountPoint).map(name => join(mountPoint, name));
  }
}

function usageV1(path: string): CgroupUsage {
  const memory = join(mountPoint, "memory", path);
  const stat = readTable(join(memory, "memory.stat"));
  const usage = readNumber(join(memory, "memory.usage_in_bytes"));
  const limit = stat["hierarchical_memory_limit"] ?? 0;
  return {
    cpuNanoseconds: readNumber(join(mountPoint, "cpuacct", path, "cpuacct.usage")),
    memoryBytes: usage,
    workingSetBytes: Math.max(0, usage - (stat["total_inactive_file"] ?? 0)),
    rssBytes: stat["total_rss"] ?? 0,
    pageFaults: stat["total_pgfault"] ?? 0,
    majorPageFaults: stat["total_pgmajfault"] ?? 0,
    memoryLimitBytes: limit > 0 && limit < 2 ** 60 ? limit : undefined,
    processes: readNumber(join(mountPoint, "pids", path, "pids.current")),
  };
}

function usageV2(path: string): CgroupUsage {
  const folder = join(mountPoint, path);
  const stat = readTable(join(folder, "memory.stat"));
  const usage = readNumber(join(folder, "memory.current"));
  const limit = readFileSync(join(folder, "memory.max"), "utf8").trim();
  return {
    cpuNanoseconds: (readTable(join(folder, "cpu.stat"))["usage_usec"] ?? 0) * 1000,
    memoryBytes: usage,
    workingSetBytes: Math.max(0, usage - (stat["inactive_file"] ?? 0)),
    rssBytes: stat["anon"] ?? 0,
    pageFaults: stat["pgfault"] ?? 0,
    majorPageFaults: stat["pgmajfault"] ?? 0,
    memoryLimitBytes: limit === "max" ? undefined : Number(limit),
    processes: readNumber(join(folder, "pids.current")),
  };
}

function readNumber(path: string): number {
  return Number(readFileSync(path, "utf8"));
}

/** Lines of "name number". */
function readTable(path: string): Record<string, number> {
  const table: Record<string, number> = {};
  for (const line of readFileSync(path, "utf8").split("\n")) {
    const [name, value] = line.split(" ");
    if (name && value !== undefined) table[name] = Number(value);
  }
  return table;
}

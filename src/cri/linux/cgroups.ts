import { readFileSync, rmdirSync } from "node:fs";
import { dirname, join } from "node:path";
import {
  type CgroupUsage,
  type CgroupVersion,
  cgroupFolder,
  cgroupTrees,
  cgroupUsage,
  cgroupVersion,
} from "#base/host/cgroups.ts";

/** The control groups of containers, which runc makes. */
export class Cgroups {
  readonly version: CgroupVersion = cgroupVersion();

  /** What the group used so far; undefined when it is gone. */
  usage(path: string): CgroupUsage | undefined {
    return cgroupUsage(this.version, path);
  }

  /** Every process in the group itself. */
  processes(path: string): number[] {
    const file = join(cgroupFolder(this.version, "pids", path), "cgroup.procs");
    try {
      return readFileSync(file, "utf8").split("\n").filter(Boolean).map(Number);
    } catch {
      return []; // The group is gone, and every process of it.
    }
  }

  /** Removes the group and the groups above it, as far as they are empty, up to `end` (which stays). */
  removeEmpty(path: string, end: string): void {
    for (const tree of cgroupTrees(this.version)) {
      for (let each = path; each !== end && each.startsWith(`${end}/`); each = dirname(each)) {
        try {
          rmdirSync(join(tree, each));
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code !== "ENOENT") break; // still in use
        }
      }
    }
  }
}

import { readFile } from "node:fs/promises";
import { cgroupFolder, cgroupVersion } from "#base/host/cgroups.ts";
import { processesOf } from "#cluster/cgroups.ts";
import type { ClusterPlan } from "#cluster/plan.ts";

const ticksPerSecond = 100;

/** Supervisors, server, agents and helpers: everything that runs for the cluster. */
export async function clusterProcesses(plan: ClusterPlan): Promise<readonly number[]> {
  return processesOf(cgroupFolder(cgroupVersion(), "pids", plan.cgroup));
}

/** Proportional set size: a page that several processes share counts once in their sum. */
export async function memoryMb(pids: readonly number[]): Promise<number> {
  const sizes = await Promise.all(
    pids.map(async pid => {
      const rollup = await readFile(`/proc/${pid}/smaps_rollup`, "utf8").catch(() => "");
      return Number(/^Pss:\s+(\d+) kB/m.exec(rollup)?.[1] ?? 0);
    }),
  );
  return sizes.reduce((sum, kilobytes) => sum + kilobytes, 0) / 1024;
}

/** Processor time of these processes so far, that of their ended children included. */
export async function processorSeconds(pids: readonly number[]): Promise<number> {
  const times = await Promise.all(
    pids.map(async pid => {
      const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => ") ");
      const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      return [11, 12, 13, 14].reduce((sum, at) => sum + Number(fields[at] ?? 0), 0);
    }),
  );
  return times.reduce((sum, ticks) => sum + ticks, 0) / ticksPerSecond;
}

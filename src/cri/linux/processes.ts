import { readFileSync } from "node:fs";
import type { Clock } from "#base/clock.ts";
import { processesWhoseCommand } from "#base/host/process-table.ts";

/** When a process started, in clock ticks since the machine's start; undefined when it is gone or a zombie. */
export function startTimeOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" || fields[0] === "X" ? undefined : fields[19];
  } catch {
    return undefined;
  }
}

/** Whether `pid` is still the process that started then. */
export function isAlive(pid: number | undefined, startTime: string | undefined): pid is number {
  return pid !== undefined && startTime !== undefined && startTimeOf(pid) === startTime;
}

/** Sends a signal; false when the process is gone. */
export function signalProcess(pid: number, signal: NodeJS.Signals | number): boolean {
  try {
    process.kill(pid, signal);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return false;
    throw error;
  }
}

/** How often, and after what pauses, processes are looked for that have been killed. */
const killTries = 100;
const killPauseMs = 20;

/** Kills the processes whose command, as a list of words, is one of these; false when some are not gone even so. For rare use. */
export async function killByCommand(clock: Clock, matches: (words: readonly string[]) => boolean): Promise<boolean> {
  for (let tries = 0; tries < killTries; tries++) {
    const found = await processesWhoseCommand(matches);
    if (found.length === 0) return true;
    for (const pid of found) signalProcess(pid, "SIGKILL");
    await clock.sleep(killPauseMs);
  }
  return false;
}

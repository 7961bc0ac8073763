import { readFileSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";

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

/** The living processes whose command, as a list of words, is one of these. Reads the whole process table: for rare use. */
export async function processesWhoseCommand(matches: (words: readonly string[]) => boolean): Promise<number[]> {
  const pids = (await readdir("/proc")).filter(name => /^\d+$/.test(name)).map(Number);
  const found = await Promise.all(
    pids.map(async pid => {
      const command = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => ""); // It ended meanwhile.
      return matches(command.split("\0")) ? pid : undefined;
    }),
  );
  return found.filter(pid => pid !== undefined);
}

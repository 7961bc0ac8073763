import { readdirSync, readFileSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";

/** Sends a signal to every process below `pid`, not to itself. Reads the whole process table: for rare use. */
export function signalDescendants(pid: number, signal: NodeJS.Signals): void {
  const children = Map.groupBy(processes(), each => each.parent);
  const below = [pid];
  for (let at = 0; at < below.length; at++) below.push(...(children.get(below[at]!) ?? []).map(each => each.pid));
  for (const each of below.slice(1)) {
    try {
      process.kill(each, signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error; // It ended meanwhile.
    }
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

function processes(): { readonly pid: number; readonly parent: number }[] {
  return readdirSync("/proc")
    .filter(name => /^\d+$/.test(name))
    .flatMap(name => {
      try {
        // "PID (NAME) STATE PARENT ...": the name may hold anything, so the last bracket counts.
        const stat = readFileSync(`/proc/${name}/stat`, "latin1");
        return [{ pid: Number(name), parent: Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]) }];
      } catch {
        return []; // It ended meanwhile.
      }
    });
}

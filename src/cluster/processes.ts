import { spawn } from "node:child_process";
import { mkdir, open, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { cgroupVersion } from "#base/host/cgroups.ts";
import { joinCgroupScript } from "./cgroups.ts";
import { enterNode } from "./network.ts";
import type { ClusterPaths } from "./paths.ts";
import { word } from "./shell.ts";

/** A server or agent under its supervising loop. */
export interface SupervisedProcess {
  /** `server` or `agent-NODE`: names the log and the pid files. */
  readonly name: string;
  readonly node: string;
  /** The cgroup whose `system` part holds the supervisor and all it starts. */
  readonly cgroup: string;
  /** "network": only the node's network; "all": its mounts too. */
  readonly inside: "network" | "all";
  readonly argv: readonly string[];
}

/**
 * Starts its command anew whenever it ends, after 0.1 s doubling to 10 s (back to 0.1 s once it ran for 10 s). TERM ends
 * both. A process bounds its own log; one that dies before it can has that done here. The pid files hold "PID START-TIME",
 * so that a number used again by the kernel is never taken for ours. Each command that the shell need not start is a
 * millisecond or two sooner.
 */
const supervise = `pidfile=$1 log=$2; shift 2
note() { line=; read -r line <"/proc/$2/stat"; set -- "$1" "$2" \${line##*) }; echo "$2 \${22}" >"$pidfile.$1"; }
seconds() { read -r uptime _ </proc/uptime; uptime=\${uptime%%.*}; }
note supervisor $$
stopping= delay=1
trap 'stopping=1; kill -TERM $child 2>/dev/null' TERM
while :; do
  [ ! -s "$log" ] || [ "$(stat -c %s "$log")" -lt 10485760 ] || { mv -f "$log" "$log.1"; (umask 077; : >"$log"); }
  seconds; before=$uptime
  "$@" >>"$log" 2>&1 </dev/null & child=$!
  note process $child
  while :; do wait $child; [ -e /proc/$child ] || break; [ -n "$stopping" ] || break; done
  [ -z "$stopping" ] || break
  seconds; [ $((uptime - before)) -lt 10 ] || delay=1
  sleep $((delay / 10)).$((delay % 10)) & child=$!; wait $child
  [ -z "$stopping" ] || break
  delay=$((delay * 2)); [ $delay -le 100 ] || delay=100
done
rm -f "$pidfile.supervisor" "$pidfile.process"`;

const pidFile = (paths: ClusterPaths, name: string) => join(paths.run, name);
export const logFile = (paths: ClusterPaths, name: string) => join(paths.logs, `${name}.log`);
/** The log and the one before it, which exists once the log was full. */
export const logFiles = (paths: ClusterPaths, name: string) =>
  [logFile(paths, name), `${logFile(paths, name)}.1`] as const;

/** Starts it unless it runs already; true: it was started. One that lost its supervisor is ended first: nothing would bring it back. */
export async function startProcess(paths: ClusterPaths, it: SupervisedProcess): Promise<boolean> {
  if ((await supervisorPid(paths, it.name)) !== undefined) return false;
  await stopProcess(paths, it.name);
  const log = logFile(paths, it.name);
  await mkdir(dirname(log), { recursive: true, mode: 0o700 });
  const enter = enterNode(paths, it.node).filter(part => it.inside === "all" || !part.startsWith("--mount"));
  const command = [...enter, "/bin/sh", "-c", supervise, `k8ts-${it.name}`, pidFile(paths, it.name), log, ...it.argv];
  const text = `${joinCgroupScript(it.cgroup, cgroupVersion())}\nexec ${command.map(word).join(" ")}`;
  const errors = await open(log, "a", 0o600);
  try {
    const child = spawn("/bin/sh", ["-eu", "-c", text], {
      detached: true,
      stdio: ["ignore", errors.fd, errors.fd],
      cwd: "/",
    });
    child.unref();
    return true;
  } finally {
    await errors.close();
  }
}

/** Ends it and waits until it is gone; after `graceMs` by force. */
export async function stopProcess(paths: ClusterPaths, name: string, graceMs = 5_000): Promise<void> {
  const supervisor = await supervisorPid(paths, name);
  const child = await processPid(paths, name);
  if (supervisor !== undefined) kill(supervisor, "SIGTERM");
  else if (child !== undefined) kill(child, "SIGTERM");
  const end = Date.now() + graceMs;
  for (const pid of [child, supervisor]) {
    while (pid !== undefined && (await isAlive(pid))) {
      if (Date.now() > end) kill(pid, "SIGKILL");
      await new Promise(resolve => setTimeout(resolve, 5));
    }
  }
  await Promise.all(["supervisor", "process"].map(kind => rm(`${pidFile(paths, name)}.${kind}`, { force: true })));
}

/** True also for the moment in which it waits to be started anew, and for one whose supervisor is gone. */
export async function isRunning(paths: ClusterPaths, name: string): Promise<boolean> {
  return (await supervisorPid(paths, name)) !== undefined || (await processPid(paths, name)) !== undefined;
}

function supervisorPid(paths: ClusterPaths, name: string): Promise<number | undefined> {
  return livingPid(`${pidFile(paths, name)}.supervisor`);
}

/** The pid of the server or agent itself, when it lives. */
export function processPid(paths: ClusterPaths, name: string): Promise<number | undefined> {
  return livingPid(`${pidFile(paths, name)}.process`);
}

async function livingPid(file: string): Promise<number | undefined> {
  const [pid, started] = (await readFile(file, "utf8").catch(() => "")).trim().split(" ");
  if (!pid || !started) return undefined;
  return (await startTime(Number(pid))) === started ? Number(pid) : undefined;
}

async function isAlive(pid: number): Promise<boolean> {
  return (await startTime(pid)) !== undefined;
}

/** Field 22 of /proc/PID/stat; undefined for a process that is gone or dead and not yet reaped. */
async function startTime(pid: number): Promise<string | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => undefined);
  if (text === undefined) return undefined;
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return fields[0] === "Z" ? undefined : fields[19];
}

function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

/** Writes a file that others may not read, and never half of it. */
export async function writePrivateFile(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const aside = `${path}.new-${process.pid}`;
  await writeFile(aside, text, { mode: 0o600 });
  await rename(aside, path);
}

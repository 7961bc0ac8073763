import { readdir, readFile, rmdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type CgroupVersion, cgroupFolder, cgroupMount, cgroupTrees, cgroupVersion } from "#base/host/cgroups.ts";

/** A line of sh that puts the shell, and so all it starts, into `cgroup`: what {@link killCgroup} then finds. */
export function joinCgroupScript(cgroup: string, version: CgroupVersion): string {
  const folder = `${cgroupFolder(version, "pids", cgroup)}/system`;
  const controllers =
    version === 2
      ? cgroup
          .split("/")
          .map((_, depth, parts) => join(cgroupMount, ...parts.slice(0, depth + 1)))
          .map(each => `echo '+cpu +memory +pids' >${each}/cgroup.subtree_control 2>/dev/null || :`)
          .join("\n")
      : "";
  return `mkdir -p ${folder}\n${controllers}\necho $$ >${folder}/cgroup.procs`;
}

/** Ends every process in the subtree, again and again until none is left, then removes the folders. */
export async function killCgroup(cgroup: string): Promise<void> {
  for (const tree of cgroupTrees(cgroupVersion())) {
    const folder = join(tree, cgroup);
    await killTree(folder);
    await removeTree(folder);
  }
}

async function killTree(folder: string): Promise<void> {
  if (
    await writeFile(join(folder, "cgroup.kill"), "1", { flag: "r+" }).then(
      () => true,
      () => false,
    )
  )
    return waitUntilEmpty(folder);
  for (let round = 0; round < 100; round++) {
    const pids = await processesOf(folder);
    if (pids.length === 0) return;
    for (const pid of pids) signal(pid, "SIGKILL");
    await sleep(5);
  }
}

async function waitUntilEmpty(folder: string): Promise<void> {
  for (let round = 0; round < 200 && (await processesOf(folder)).length > 0; round++) await sleep(5);
}

/** Living processes of the subtree; those already dead and only waiting for pid 1 to reap them do not count. */
export async function processesOf(folder: string): Promise<readonly number[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const own = await readFile(join(folder, "cgroup.procs"), "utf8").catch(() => "");
  const nested = await Promise.all(
    entries.filter(entry => entry.isDirectory()).map(entry => processesOf(join(folder, entry.name))),
  );
  const pids = own
    .split("\n")
    .filter(line => line !== "")
    .map(Number);
  const alive = await Promise.all(pids.map(async pid => ((await processState(pid)) === "Z" ? undefined : pid)));
  return [...alive.filter(pid => pid !== undefined), ...nested.flat()];
}

async function processState(pid: number): Promise<string> {
  const text = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => ") Z");
  return text.slice(text.lastIndexOf(")") + 2, text.lastIndexOf(")") + 3);
}

async function removeTree(folder: string): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => undefined);
  if (entries === undefined) return;
  for (const entry of entries) if (entry.isDirectory()) await removeTree(join(folder, entry.name));
  for (let round = 0; round < 100; round++) {
    const removed = await rmdir(folder).then(
      () => true,
      (error: NodeJS.ErrnoException) => error.code !== "EBUSY",
    );
    if (removed) return;
    await sleep(5);
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

const sleep = (ms: number) => new Promise(resolve => setTimeout(resolve, ms));

import { link, mkdir, readFile, rm, rmdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { UserError } from "./error.ts";
import { runRoot } from "./paths.ts";

/** No cluster's name holds a dot. */
const machineLock = ".machine";

/** Keeps two commands from changing one cluster at a time. */
export async function lockCluster(name: string): Promise<AsyncDisposable> {
  const found = await tryLock(name);
  if (typeof found === "object") return found;
  throw new UserError(`another k8ts command (process ${found}) is changing cluster "${name}": wait for it or end it`);
}

/** For the moment in which a command decides what it takes of the machine; waits for its turn. */
export async function lockMachine(): Promise<AsyncDisposable> {
  for (;;) {
    const found = await tryLock(machineLock);
    if (typeof found === "object") return found;
    await new Promise(resolve => setTimeout(resolve, 10));
  }
}

/** The lock, or the process that has it. One whose holder is gone is taken over. */
async function tryLock(name: string): Promise<AsyncDisposable | number> {
  await mkdir(runRoot, { recursive: true, mode: 0o755 });
  const path = join(runRoot, `${name}.lock`);
  // Linked into place whole: a lock never stands there without its holder's name in it.
  const own = `${path}.${process.pid}`;
  await writeFile(own, String(process.pid), { mode: 0o600 });
  try {
    for (;;) {
      if (await linked(own, path)) return { [Symbol.asyncDispose]: () => unlock(path) };
      const holder = await readFile(path, "utf8").catch(() => undefined);
      if (holder === undefined) continue; // Released this moment.
      if (await isK8ts(Number(holder))) return Number(holder);
      await rm(path, { force: true });
    }
  } finally {
    await rm(own, { force: true });
  }
}

function linked(from: string, to: string): Promise<boolean> {
  return link(from, to).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code !== "EEXIST") throw error;
      return false;
    },
  );
}

async function unlock(path: string): Promise<void> {
  await rm(path, { force: true });
  await rmdir(runRoot).catch(() => undefined); // Gone with the last cluster; otherwise not empty and left alone.
}

async function isK8ts(pid: number): Promise<boolean> {
  const line = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
  return line.includes("cli.js") || line.includes("cli.ts");
}

import { spawn } from "node:child_process";
import { constants } from "node:fs";
import { type FileHandle, mkdir, open, readFile, rm, rmdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { UserError } from "./error.ts";
import { runRoot } from "./paths.ts";

/** Of flock(1), which waits unless told not to. */
type How = "--nonblock" | "--exclusive" | "--shared";

/** Keeps two commands from changing one cluster at a time. */
export async function lockCluster(name: string): Promise<AsyncDisposable> {
  const path = lockOf(name);
  const file = await take(path, constants.O_RDWR | constants.O_CREAT, "--nonblock");
  if (file === undefined) {
    const holder = await readFile(path, "utf8").catch(() => "");
    throw new UserError(
      `another k8ts command (process ${holder || "unknown"}) is changing cluster "${name}": wait for it or end it`,
    );
  }
  await sign(file);
  // Taken away before it is let go of: nobody else's is.
  return { [Symbol.asyncDispose]: () => rm(path, { force: true }).then(() => letGo(file)) };
}

/** For commands that go beside one another, but not beside one that changes the cluster: waits until that has ended. */
export async function shareCluster(name: string): Promise<AsyncDisposable> {
  const path = lockOf(name);
  const file = (await take(path, constants.O_RDWR | constants.O_CREAT, "--shared"))!;
  await sign(file);
  return {
    async [Symbol.asyncDispose]() {
      if (await flock(file, "--nonblock")) await rm(path, { force: true }); // Nobody else has it.
      await letGo(file);
    },
  };
}

const lockOf = (name: string) => join(runRoot, `${name}.lock`);

async function sign(file: FileHandle): Promise<void> {
  await file.truncate();
  await file.write(String(process.pid), 0);
}

/** For the moment in which a command decides what it takes of the machine; waits for its turn. */
export async function lockMachine(): Promise<AsyncDisposable> {
  const folder = await take(runRoot, constants.O_RDONLY, "--exclusive");
  return { [Symbol.asyncDispose]: () => letGo(folder!) };
}

/**
 * Opens `path` and locks it, until it is closed or this process ends, however it ends; undefined: another process has it. What
 * its last holder took away meanwhile is no lock.
 */
async function take(path: string, flags: number, how: How): Promise<FileHandle | undefined> {
  for (;;) {
    await mkdir(runRoot, { recursive: true, mode: 0o755 });
    const file = await open(path, flags, 0o600).catch(unlessGone);
    if (file === undefined) continue; // The folder went with another cluster.
    if (!(await flock(file, how))) return void (await file.close());
    const standing = await stat(path).catch(unlessGone);
    if (standing?.ino === (await file.stat()).ino) return file;
    await file.close();
  }
}

/** The lock is the open file's, not the process's that asks for it. */
function flock(file: FileHandle, how: How): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const child = spawn("flock", [how, "3"], { stdio: ["ignore", "ignore", "ignore", file.fd] });
    child.once("error", reject);
    child.once("exit", code => resolve(code === 0));
  });
}

async function letGo(file: FileHandle): Promise<void> {
  await file.close();
  await rmdir(runRoot).catch(() => undefined); // Gone with the last cluster; otherwise not empty and left alone.
}

function unlessGone(error: NodeJS.ErrnoException): undefined {
  if (error.code !== "ENOENT") throw error;
}

import { mkdir, open, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { UserError } from "./error.ts";
import { runRoot } from "./paths.ts";

/** Keeps two commands from changing one cluster at a time. A lock whose holder is gone is taken over. */
export async function lockCluster(name: string): Promise<AsyncDisposable> {
  await mkdir(runRoot, { recursive: true, mode: 0o755 });
  const path = join(runRoot, `${name}.lock`);
  for (let round = 0; ; round++) {
    const handle = await open(path, "wx", 0o600).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "EEXIST") throw error;
      return undefined;
    });
    if (handle !== undefined) {
      await handle.writeFile(String(process.pid));
      await handle.close();
      return { [Symbol.asyncDispose]: () => rm(path, { force: true }) };
    }
    const holder = Number(await readFile(path, "utf8").catch(() => ""));
    if (holder > 0 && (await isK8ts(holder)))
      throw new UserError(
        `another k8ts command (process ${holder}) is changing cluster "${name}": wait for it or end it`,
      );
    // Nobody's any more, or being written this moment: look once more before it is taken away.
    if (round > 0) await rm(path, { force: true });
    await new Promise(resolve => setTimeout(resolve, 20));
  }
}

async function isK8ts(pid: number): Promise<boolean> {
  const line = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
  return line.includes("cli.js") || line.includes("cli.ts");
}

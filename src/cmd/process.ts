import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { boundedFile } from "#base/host/bounded-file.ts";
import { createLog, type Log } from "#base/log.ts";

/** What every long-lived process of k8ts does the same way. */

/** Of one log file; there may be two. */
const logLimitBytes = 10 * 1024 * 1024;

const filePollMs = 3;

/** `--config FILE` of this process, parsed. */
export async function readProcessConfig<T>(): Promise<T> {
  const at = process.argv.indexOf("--config");
  const file = at < 0 ? undefined : process.argv[at + 1];
  if (file === undefined) throw new Error("usage: --config FILE");
  return JSON.parse(await readFile(file, "utf8")) as T;
}

/**
 * The text of a file that whoever started this process may still be writing; it is put there whole. Throws when it does
 * not come, or when the signal aborts.
 */
export async function readWhenThere(
  file: string,
  { timeoutMs, signal }: { readonly timeoutMs: number; readonly signal: AbortSignal },
): Promise<string> {
  const end = performance.now() + timeoutMs;
  for (;;) {
    const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "ENOENT") throw error;
    });
    if (text !== undefined) return text;
    if (performance.now() > end) throw new Error(`${file} did not come within ${timeoutMs / 1000} s`);
    await sleep(filePollMs, undefined, { signal });
  }
}

/** JSON lines on standard output; where that is a file, as under the supervisor, it and the one before are bounded. */
export function processLog(): Log {
  const write = boundedFile(process.stdout.fd, logLimitBytes) ?? (line => process.stdout.write(`${line}\n`));
  return createLog(write, () => Date.now());
}

/** Aborts on SIGTERM or SIGINT. */
export function terminationSignal(): AbortSignal {
  const abort = new AbortController();
  for (const name of ["SIGTERM", "SIGINT"] as const) process.once(name, () => abort.abort(new Error(name)));
  return abort.signal;
}

/** Runs a process to its end: a failure is logged and ends it with 1, for the supervisor to start it anew. */
export function runProcess(log: Log, main: () => Promise<void>): void {
  process.on("unhandledRejection", error => {
    log.error("unhandled rejection", { error });
    process.exit(1);
  });
  main().then(
    () => process.exit(0),
    error => {
      log.error("the process failed", { error });
      process.exit(1);
    },
  );
}

import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { Script } from "node:vm";

interface Times {
  /** By then a process has called what its start calls. */
  readonly settledMs: number;
  /** How often a process that has no cache of its work looks whether it was given any. */
  readonly lookMs: number;
  /** Processor time between two looks of a process that works; an idle one uses a hundredth of it. */
  readonly workMs: number;
}

const usual: Times = { settledMs: 3_000, lookMs: 1_000, workMs: 100 };

/** A program's code, as the bundler wraps it. */
type Program = (require: NodeJS.Require, moduleUrl: string) => void;

/**
 * Runs `<program>.code.js` of the folder with what V8 compiled in an earlier run. V8 compiles a function when it is first
 * called, and a start calls thousands of functions once; Node's own compile cache holds only those that were compiled
 * before the first of them ran. The cache lies beside the code, is of this V8 and this code (V8 refuses any other), and is
 * made by the first run that ends well or was given work; until then there is one of what a start calls, made by the first
 * run that settles. `use` tells apart runs that call different functions.
 */
export function warmStart(folder: string, program: string, use: string, times = usual): void {
  const filename = join(folder, `${program}.code.js`);
  const workCache = join(folder, `${program}${use}.cache`);
  const startCache = join(folder, `${program}${use}.start.cache`);
  // The bundler writes nothing but ASCII: one byte a character, here and in V8.
  const source = readFileSync(filename, "latin1");
  const compiled = (cache: string) => {
    const cachedData = readIfThere(cache);
    const script = cachedData && new Script(source, { filename, cachedData });
    return script?.cachedDataRejected === false ? script : undefined;
  };
  const moduleUrl = pathToFileURL(filename).href;
  const run = (script: Script) => (script.runInThisContext() as Program)(createRequire(filename), moduleUrl);
  const atWork = compiled(workCache);
  if (atWork !== undefined) return run(atWork);
  const atStart = compiled(startCache);
  const script = atStart ?? new Script(source, { filename });
  keepCaches(script, { startCache: atStart === undefined ? startCache : undefined, workCache }, times);
  run(script);
}

interface CacheFiles {
  /** Absent: there is one. */
  readonly startCache: string | undefined;
  readonly workCache: string;
}

/** When the process has settled, and again after its first work; or when it ends well before. */
function keepCaches(script: Script, { startCache, workCache }: CacheFiles, times: Times): void {
  const settled = setTimeout(() => {
    process.off("exit", keepAtExit);
    if (startCache !== undefined) writeWhole(startCache, script.createCachedData());
    keepAfterWork(script, workCache, times);
  }, times.settledMs).unref();
  const keepAtExit = (code: number) => {
    clearTimeout(settled);
    if (code === 0) writeWhole(workCache, script.createCachedData());
  };
  process.on("exit", keepAtExit);
}

/** In the first quiet moment after a busy one, so that nobody waits for it. */
function keepAfterWork(script: Script, file: string, { lookMs, workMs }: Times): void {
  let before = process.cpuUsage();
  let hasWorked = false;
  const look = setInterval(() => {
    const { user, system } = process.cpuUsage(before);
    before = process.cpuUsage();
    const isBusy = (user + system) / 1000 > workMs;
    if (!isBusy && hasWorked) {
      clearInterval(look);
      writeWhole(file, script.createCachedData());
    }
    hasWorked ||= isBusy;
  }, lookMs).unref();
}

function readIfThere(file: string): Buffer | undefined {
  try {
    return readFileSync(file);
  } catch {
    return undefined; // The first run of this bundle.
  }
}

function writeWhole(file: string, content: Buffer): void {
  const aside = `${file}.new-${process.pid}`;
  try {
    writeFileSync(aside, content, { mode: 0o600 });
    renameSync(aside, file);
  } catch {
    // A folder that may not be written: this program starts as fast as ever.
  }
}

import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { Script } from "node:vm";

/** By then a process has called what its start calls. */
const settledMs = 3_000;

/** A program's code, as the bundler wraps it. */
type Program = (require: NodeJS.Require, moduleUrl: string) => void;

/**
 * Runs `<program>.code.js` of the folder with what V8 compiled in an earlier run. V8 compiles a function when it is first
 * called, and a start calls thousands of functions once; Node's own compile cache holds only those that were compiled
 * before the first of them ran. The cache lies beside the code, is of this V8 and this code (V8 refuses any other), and is
 * made by the first run that ends well or settles. `use` tells apart runs that call different functions.
 */
export function warmStart(folder: string, program: string, use: string): void {
  const filename = join(folder, `${program}.code.js`);
  const cacheFile = join(folder, `${program}${use}.cache`);
  const cachedData = readIfThere(cacheFile);
  // The bundler writes nothing but ASCII: one byte a character, here and in V8.
  const script = new Script(readFileSync(filename, "latin1"), { filename, ...(cachedData && { cachedData }) });
  if (cachedData === undefined || script.cachedDataRejected === true) keepCache(script, cacheFile);
  const moduleUrl = pathToFileURL(filename).href;
  (script.runInThisContext() as Program)(createRequire(filename), moduleUrl);
}

/** Once: when the process has settled, or ends well before. */
function keepCache(script: Script, file: string): void {
  const keep = () => {
    clearTimeout(settled);
    process.off("exit", keepAtExit);
    writeWhole(file, script.createCachedData());
  };
  const keepAtExit = (code: number) => {
    if (code === 0) keep();
  };
  const settled = setTimeout(keep, settledMs).unref();
  process.on("exit", keepAtExit);
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

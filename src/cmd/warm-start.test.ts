import { execFile } from "node:child_process";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, test } from "vitest";

const runFile = promisify(execFile);
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "warm-start-"));
});
afterEach(() => rm(folder, { recursive: true }));

/** Runs `code` as the program "hello" of the folder: what it prints. */
async function start(code: string, use = "", times?: object): Promise<string> {
  await writeFile(join(folder, "hello.code.js"), `(function (require, __moduleUrl) { ${code} })`);
  const module = join(import.meta.dirname, "warm-start.ts");
  const words = [folder, "hello", use, ...(times === undefined ? [] : [times])].map(word => JSON.stringify(word));
  const text = `import { warmStart } from ${JSON.stringify(module)}; warmStart(${words.join(", ")});`;
  const { stdout } = await runFile(process.execPath, ["--input-type=module", "-e", text]);
  return stdout.trim();
}

const caches = async () => (await readdir(folder)).filter(name => !name.endsWith(".js"));

test("a program runs with Node's modules and its own URL, and leaves a cache for its next start", async () => {
  const code = 'console.log(require("node:path").basename(__moduleUrl));';
  expect(await start(code)).toBe("hello.code.js");
  expect(await caches()).toEqual(["hello.cache"]);
  expect(await start(code)).toBe("hello.code.js");
});

test("a cache of other code is not used, but made anew", async () => {
  await start("console.log(1);");
  expect(await start("console.log('another');")).toBe("another");
  await writeFile(join(folder, "hello.cache"), "no cache at all");
  expect(await start("console.log(3);")).toBe("3");
});

test("uses have a cache each; a run that fails leaves none", async () => {
  await start("console.log(1);", "-up");
  await expect(start("process.exit(1);", "-down")).rejects.toThrow();
  expect(await caches()).toEqual(["hello-up.cache"]);
});

test("a program that stays keeps what its start called, and after its first work that too", async () => {
  const work = "for (const { user } = process.cpuUsage(); process.cpuUsage().user - user < 200_000; );";
  const seen = (cache: string) => `require("node:fs").existsSync(${JSON.stringify(join(folder, cache))})`;
  // Ends badly, as a killed program does: only what was kept before that counts.
  const code = `
    const work = setInterval(() => { if (${seen("hello.start.cache")}) { ${work} clearInterval(work); } }, 10);
    setInterval(() => { if (${seen("hello.cache")}) process.exit(1); }, 10);
    setTimeout(() => process.exit(1), 50_000);`;
  await expect(start(code, "", { settledMs: 100, lookMs: 100, workMs: 50 })).rejects.toThrow();
  expect(await caches()).toEqual(["hello.cache", "hello.start.cache"]);
});

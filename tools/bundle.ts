/**
 * Builds the bundle that the launcher runs: .k8ts/bundle/<key>/{cli,server,agent,image-fetcher,store-worker}.js. The key is a hash of
 * the lockfile and all sources; the folder is built aside and renamed, then `current` is switched over. The first three are a
 * few lines that start their <name>.code.js warm (src/cmd/warm-start.ts).
 */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { type BuildOptions, build, type Plugin } from "esbuild";
import { criSchemaCode } from "./cri-schema.ts";

const root = join(import.meta.dirname, "..");
const bundles = join(root, ".k8ts/bundle");
/** Older bundles may still be what a running cluster was started from. */
const keep = 20;

/** Programs that people wait for. The words after a name tell apart the runs of it that need different code. */
const warm = {
  cli: { entry: "src/cmd/cli.ts", use: `/^[a-z]+$/.test(process.argv[2]) ? "-" + process.argv[2] : ""` },
  server: { entry: "src/cmd/server.ts", use: '""' },
  agent: { entry: "src/cmd/agent.ts", use: '""' },
};
const plain = { "image-fetcher": "src/cmd/image-fetcher.ts", "store-worker": "src/store/sqlite/worker.ts" };

/** What /version says of the build. Sources that are no git checkout go by the hash of their content. */
function describeBuild() {
  const buildDate = `${new Date().toISOString().slice(0, 19)}Z`;
  try {
    const git = (...args: string[]) =>
      execFileSync("git", ["-C", root, ...args], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
    const gitTreeState = git("status", "--porcelain", "--", "src") === "" ? "clean" : "dirty";
    return { gitCommit: git("rev-parse", "HEAD"), gitTreeState, buildDate };
  } catch {
    return { gitCommit: key, gitTreeState: "archive", buildDate };
  }
}

/**
 * Node's own modules come without their ES module face: making that one reads every export, lazy ones too, and
 * node:http's lead to the whole of fetch: 40 ms of processor time in every process that starts.
 */
const builtins: Plugin = {
  name: "builtins",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^node:/, namespace: "file" }, ({ path, kind }) =>
      kind === "import-statement" ? { path, namespace: "builtin", sideEffects: false } : undefined,
    );
    onLoad({ filter: /.*/, namespace: "builtin" }, ({ path }) => ({
      contents: `module.exports = process.getBuiltinModule(${JSON.stringify(path)});`,
    }));
  },
};

const criSchema: Plugin = {
  name: "cri-schema",
  setup({ onLoad }) {
    onLoad({ filter: /\/src\/cri\/grpc\/schema\.ts$/ }, () => ({ contents: criSchemaCode(), resolveDir: root }));
  },
};

const common: BuildOptions = {
  absWorkingDir: root,
  bundle: true,
  platform: "node",
  target: "node24",
  plugins: [builtins, criSchema],
  logLevel: "error",
};
const buildFacts = () => ({ __k8tsBuild: JSON.stringify(describeBuild()) });

async function buildPlain(outdir: string): Promise<void> {
  await build({
    ...common,
    entryPoints: Object.entries(plain).map(([out, path]) => ({ in: path, out })),
    outdir,
    format: "esm",
    sourcemap: "linked",
    define: buildFacts(),
    // CommonJS packages call require for node's own modules.
    banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
  });
}

async function buildWarm(outdir: string): Promise<void> {
  await build({
    ...common,
    entryPoints: Object.entries(warm).map(([name, { entry }]) => ({ in: entry, out: `${name}.code` })),
    outdir,
    format: "cjs",
    sourcemap: "linked",
    // The shape that src/cmd/warm-start.ts calls.
    banner: { js: "(function (require, __moduleUrl) { const module = { exports: {} };" },
    footer: { js: "})" },
    define: { ...buildFacts(), "import.meta.url": "__moduleUrl" },
  });
  for (const [name, { use }] of Object.entries(warm)) {
    const code = join(outdir, `${name}.code.js`);
    if (/[^\0-\x7f]/.test(readFileSync(code, "utf8"))) throw new Error(`${code} is not all ASCII`);
    const contents = `import { warmStart } from "./warm-start.ts"; warmStart(import.meta.dirname, "${name}", ${use});`;
    const stdin = { contents, resolveDir: join(root, "src/cmd"), loader: "ts" } as const;
    await build({ ...common, stdin, outfile: join(outdir, `${name}.js`), format: "esm" });
  }
}

/** A build of the same sources that ran at once may be there already: that one stays, it may be in use. */
function putInPlace(aside: string): void {
  try {
    renameSync(aside, folder);
  } catch (error) {
    if (!existsSync(join(folder, "cli.js"))) throw error;
    rmSync(aside, { recursive: true });
  }
}

const hash = createHash("sha256");
const sources = readdirSync(join(root, "src"), { recursive: true, withFileTypes: true })
  .filter(entry => entry.isFile() && !entry.name.endsWith(".test.ts"))
  .map(entry => join(entry.parentPath, entry.name))
  .sort();
const tools = ["bundle.ts", "cri-schema.ts"].map(name => join(import.meta.dirname, name));
for (const file of [join(root, "package-lock.json"), ...tools, ...sources])
  hash.update(file.slice(root.length)).update(readFileSync(file));
const key = hash.digest("hex").slice(0, 16);

const folder = join(bundles, key);
if (!existsSync(join(folder, "cli.js"))) {
  const aside = join(bundles, `.new-${key}-${process.pid}`);
  mkdirSync(aside, { recursive: true });
  await buildPlain(aside);
  await buildWarm(aside);
  writeFileSync(join(aside, "package.json"), '{"type":"module"}\n');
  putInPlace(aside);
}
writeFileSync(join(folder, "stamp"), "");
const link = join(bundles, `.current-${process.pid}`);
symlinkSync(key, link);
renameSync(link, join(bundles, "current"));

const old = readdirSync(bundles)
  .filter(name => !name.startsWith(".") && name !== "current" && name !== key)
  .sort((a, b) => statSync(join(bundles, b)).mtimeMs - statSync(join(bundles, a)).mtimeMs);
for (const name of old.slice(keep)) rmSync(join(bundles, name), { recursive: true, force: true });

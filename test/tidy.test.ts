import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { version } from "#base/version.ts";

/** The rules of ARCHITECTURE.md, section 3, that can be read off the text of the sources. */
const root = join(import.meta.dirname, "..");
const sources = readdirSync(join(root, "src"), { recursive: true, withFileTypes: true })
  .filter(entry => entry.isFile() && entry.name.endsWith(".ts"))
  .map(entry => join(entry.parentPath, entry.name).slice(root.length + 1))
  .sort();
const isTest = (file: string) => file.endsWith(".test.ts") || file.startsWith("src/testing/") || /\/suite\//.test(file);
const code = sources.filter(file => !isTest(file));
const text = new Map(sources.map(file => [file, readFileSync(join(root, file), "utf8")]));

const components = ["base", "wire", "api", "client", "journey"];
const mayImport: Readonly<Record<string, readonly string[]>> = {
  base: [],
  wire: ["base"],
  api: ["base", "wire"],
  store: ["base", "wire"],
  cri: ["base", "wire", "journey/span.ts"],
  client: ["base", "wire", "api", "journey"],
  journey: ["base", "wire", "api", "client"],
  apiserver: ["base", "wire", "api", "client", "journey", "store/kv.ts"],
  controllers: components,
  scheduler: components,
  cloud: components,
  dns: components,
  proxy: components,
  kubelet: [...components, "cri/services.ts", "cri/protocol/messages.ts"],
  simulation: [
    "base",
    "wire",
    "api",
    "client",
    "journey",
    "cri/services.ts",
    "cri/protocol/messages.ts",
    "store/kv.ts",
    "kubelet/host.ts",
  ],
  cluster: ["base", "wire", "api", "client"],
  assembly: ["*", "!cmd", "!cluster", "!library", "!testing"],
  library: ["assembly", "simulation", "client", "api", "base"],
  cmd: ["*", "!testing"],
};

function isAllowed(from: string, target: string): boolean {
  const rules = mayImport[from];
  if (rules === undefined) return false;
  const room = target.split("/")[0]!;
  if (room === from) return true;
  if (rules.includes("*")) return !rules.includes(`!${room}`);
  return rules.includes(room) || rules.includes(target);
}

function imports(file: string): readonly string[] {
  return [...text.get(file)!.matchAll(/(?:from|import)\s*\(?\s*"([^"]+)"/g)].map(match => match[1]!);
}

/** An import as a path below src/; undefined for packages. */
function resolved(file: string, specifier: string): string | undefined {
  if (specifier.startsWith("#")) return specifier.slice(1);
  if (specifier.startsWith(".")) return join(file, "..", specifier).slice("src/".length);
  return undefined;
}

describe("module directions", () => {
  it("hold for every import", () => {
    const wrong = code.flatMap(file =>
      imports(file).flatMap(specifier => {
        const target = resolved(file, specifier);
        const from = file.split("/")[1]!;
        return target === undefined || isAllowed(from, target) ? [] : [`${file} imports ${target}`];
      }),
    );
    expect(wrong).toEqual([]);
  });

  it("go through # across modules and ./ inside one", () => {
    const wrong = code.flatMap(file =>
      imports(file)
        .filter(specifier => {
          const room = resolved(file, specifier)?.split("/")[0];
          const isOwn = room === file.split("/")[1];
          return room !== undefined && (specifier.startsWith(".") ? !isOwn : isOwn);
        })
        .map(specifier => `${file}: ${specifier}`),
    );
    expect(wrong).toEqual([]);
  });

  it("keep node's modules at the edges", () => {
    const edges = /\/host\/|^src\/(cmd|cluster|store\/sqlite|cri\/(linux|grpc))\//;
    const everywhere = ["node:buffer", "node:assert"];
    const wrong = code
      .filter(file => !edges.test(file))
      .flatMap(file =>
        imports(file)
          .filter(each => each.startsWith("node:") && !everywhere.includes(each))
          .map(each => `${file}: ${each}`),
      );
    expect(wrong).toEqual([]);
  });
});

describe("determinism", () => {
  const forbidden =
    /\bDate\.now\b|\bnew Date\(\)|\bperformance\.|\bMath\.random\b|\bcrypto\.random|\b(?:setTimeout|setInterval|setImmediate)\(|\bAbortSignal\.timeout\b|\bprocess\.nextTick\b/;
  it("time, timers and randomness come from arguments", () => {
    const edges = /\/host\/|^src\/(cmd|cluster|store\/sqlite|cri\/(linux|grpc)|library)\//;
    const wrong = code
      .filter(file => !edges.test(file))
      .flatMap(file =>
        text
          .get(file)!
          .split("\n")
          .flatMap((line, at) =>
            forbidden.test(line) && !/^\s*(\*|\/\/)/.test(line) ? [`${file}:${at + 1}: ${line.trim()}`] : [],
          ),
      );
    expect(wrong).toEqual([]);
  });
});

describe("the tree", () => {
  it("has no barrels", () => {
    expect(code.filter(file => /\/index\.ts$/.test(file))).toEqual([]);
  });

  it("says one version", () => {
    expect(JSON.parse(readFileSync(join(root, "package.json"), "utf8")).version).toBe(version);
  });

  it("holds no switched-off tests", () => {
    const switchedOff = /\b(?:it|test|describe)\.(?:skip|only|todo|skipIf|runIf)\b/;
    expect(sources.filter(file => isTest(file) && switchedOff.test(text.get(file)!))).toEqual([]);
  });

  it("holds no file of more than 500 lines, but for what a tool printed", () => {
    const printed = (file: string) => /^\/\/ Printed from \S+ by tools\//m.test(text.get(file)!);
    const long = sources.filter(file => !printed(file) && text.get(file)!.split("\n").length > 501);
    expect(long).toEqual([]);
  });

  it("leaves nothing to be done in a comment", () => {
    expect(sources.filter(file => /\b(?:TODO|FIXME|XXX|HACK)\b|@ts-(?:ignore|nocheck)/.test(text.get(file)!))).toEqual(
      [],
    );
  });
});

/** Files below `folder` that hold `mark`. */
function marked(folder: string, mark: RegExp): readonly string[] {
  return code.filter(file => file.startsWith(folder) && mark.test(text.get(file)!));
}

/** Those of the files that `list` does not import. */
function missingFrom(list: string, files: readonly string[]): readonly string[] {
  const listed = new Set(imports(list).map(specifier => `src/${resolved(list, specifier)}`));
  return files.filter(file => !listed.has(file));
}

describe("siblings", () => {
  it("every controller stands in the list, says what it makes true, and has its test beside it", () => {
    const files = marked("src/controllers/", /\bdefineController\(\{|\breplicaController\(\{/);
    expect(files.length).toBeGreaterThan(10);
    const runtime = "src/controllers/replicaset/replicas.ts";
    const controllers = files.filter(file => file !== runtime);
    expect(missingFrom("src/controllers/list.ts", controllers)).toEqual([]);
    expect(controllers.filter(file => !text.get(file)!.includes("**Makes true:**"))).toEqual([]);
    expect(controllers.filter(file => !text.has(file.replace(/\.ts$/, ".test.ts")))).toEqual([]);
  });

  it("every plugin of the scheduler stands in the list that orders them", () => {
    const files = code.filter(file => file.startsWith("src/scheduler/plugins/"));
    expect(files.length).toBeGreaterThan(10);
    expect(missingFrom("src/scheduler/plugins.ts", files)).toEqual([]);
    expect(files.filter(file => !text.get(file)!.includes("definePlugin"))).toEqual([]);
  });

  it("every admission plugin stands in the list that orders them", () => {
    const files = marked("src/apiserver/admission/", /AdmissionPlugin(?: =|\s*\{\n)/);
    expect(files.length).toBeGreaterThan(5);
    const list = "src/apiserver/admission/plugins.ts";
    expect(
      missingFrom(
        list,
        files.filter(file => file !== list),
      ),
    ).toEqual([]);
  });

  it("every stored kind stands in the list of resources", () => {
    const files = marked("src/api/", /= defineResource\(\{/);
    expect(files.length).toBeGreaterThan(15);
    expect(missingFrom("src/api/list.ts", files)).toEqual([]);
  });
});

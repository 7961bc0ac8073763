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
    const wrong = sources.filter(
      file => isTest(file) && /\b(?:it|test|describe)\.(?:skip|only|todo)\b/.test(text.get(file)!),
    );
    expect(wrong).toEqual([]);
  });
});

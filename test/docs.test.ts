import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";

/** What the documents say of the tree is true: each path and each link in them leads to something. */
const root = join(import.meta.dirname, "..");

function markdownBelow(folder: string): readonly string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter(name => name.endsWith(".md"))
    .map(name => join(folder, name))
    .sort();
}

const guides = ["README.md", "ARCHITECTURE.md", "SCOPE.md", "CHANGELOG.md", ...markdownBelow("docs")];
const ofModules = markdownBelow("src");

/** The text outside of code blocks, which may show files that are still to be made. */
function prose(document: string): string {
  return readFileSync(join(root, document), "utf8").replaceAll(/^```[\s\S]*?^```/gm, "");
}

/** `src/api/list.ts`, `docs/adr/`: whole paths in backticks; forms such as `src/api/<group>/` are none. */
function pathsIn(text: string): readonly string[] {
  const found = text.matchAll(/`((?:src|test|docs|tools|examples|\.ci)\/[^`\s<>*{]*)`/g);
  return [...new Set([...found].map(match => match[1]!))];
}

function linksIn(text: string): readonly string[] {
  return [...text.matchAll(/\]\(([^)\s#]+)(?:#[^)]*)?\)/g)]
    .map(match => match[1]!)
    .filter(link => !link.includes("://"));
}

describe.each([...guides, ...ofModules])("%s", document => {
  test("names only paths that exist", () => {
    expect(pathsIn(prose(document)).filter(path => !existsSync(join(root, path)))).toEqual([]);
  });

  test("links only to what exists", () => {
    const folder = join(root, dirname(document));
    expect(linksIn(prose(document)).filter(link => !existsSync(join(folder, link)))).toEqual([]);
  });
});

test("the way through a deployment names its files", () => {
  expect(pathsIn(prose("docs/life-of-a-deployment.md")).length).toBeGreaterThan(30);
});

test("every module has a README of at most 40 lines", () => {
  const modules = readdirSync(join(root, "src"), { withFileTypes: true }).filter(entry => entry.isDirectory());
  const readmes = modules.map(({ name }) => `src/${name}/README.md`);
  expect(readmes.filter(readme => !ofModules.includes(readme))).toEqual([]);
  const lengths = readmes.map(readme => ({
    readme,
    lines: readFileSync(join(root, readme), "utf8").split("\n").length,
  }));
  expect(lengths.filter(({ lines }) => lines > 40)).toEqual([]);
});

test("every decision opens with an example of use", () => {
  const decisions = guides.filter(guide => guide.startsWith("docs/adr/"));
  expect(decisions.length).toBeGreaterThan(0);
  for (const decision of decisions) {
    const [title, ...rest] = readFileSync(join(root, decision), "utf8").split("\n").filter(Boolean);
    expect(title).toMatch(/^# \d{4}: /);
    expect(rest[0], `${decision}: an example comes first`).toMatch(/^```/);
  }
});

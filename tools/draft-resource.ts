/**
 * Prints the first draft of API definitions from the facts of upstream's published types.
 *
 *   node tools/draft-resource.ts FACTS-FOLDER group/version File=Kind,Type,Type [...]   writes src/api/<group>/<version>/<file>.ts
 *   node tools/draft-resource.ts FACTS-FOLDER group/version Kind                        prints one kind with its own types
 *
 * FACTS-FOLDER holds kinds.json, resources.json and tables.json. Types of other groups, and those named in no file of the
 * call, must exist already; sentences, defaults, validation and the columns' values are then written by hand.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";

interface FactField {
  name?: string;
  type: string;
  base?: string;
  pb?: [number, string];
  pbName?: string;
  pointer?: boolean;
  omitempty?: boolean;
  omitzero?: boolean;
  inline?: boolean;
  goOnly?: boolean;
  protoOnly?: boolean;
  listType?: string;
  listMapKeys?: string[];
  mapType?: string;
  patchStrategy?: string;
  patchMergeKey?: string;
  featureGate?: string[];
  default?: string;
}
interface FactType {
  fields?: FactField[];
  alias?: string;
  enum?: string[];
  kind?: boolean;
  openapi?: string;
  markers?: string[];
  pbMessage?: unknown;
}

interface FactResource {
  kind: string;
  plural: string;
  namespaced: boolean;
  verbs?: string[];
  shortNames?: string[];
  categories?: string[];
  subresources?: { name: string }[];
}
interface FactColumn {
  name: string;
  type: string;
  priority?: number;
}

const [factsFolder, groupVersion, ...requests] = process.argv.slice(2);
if (factsFolder === undefined || groupVersion === undefined || requests.length === 0) {
  console.error("usage: node tools/draft-resource.ts FACTS-FOLDER group/version Kind | File=Type,Type ...");
  process.exit(2);
}
const read = (file: string) => JSON.parse(readFileSync(join(factsFolder, file), "utf8"));
const versions: Record<string, { types: Record<string, FactType> }> = read("kinds.json").groupVersions;
const resources: { groups: { group: string; versions: { version: string; resources: FactResource[] }[] }[] } =
  read("resources.json");
const tables: Record<string, { columns?: FactColumn[] }> = read("tables.json").kinds;
const apiFolder = join(import.meta.dirname, "../src/api");
const [groupName = "", version = ""] = groupVersion.split("/");
const group = groupName === "core" ? "" : groupName;
const folder = join(apiFolder, groupName, version);

const camel = (name: string) => {
  const head = /^[A-Z]+(?![a-z])/.exec(name)?.[0] ?? name.slice(0, 1);
  return head.toLowerCase() + name.slice(head.length);
};
const scalars: Record<string, string> = {
  string: "string",
  bool: "boolean",
  int32: "int32",
  int64: "int64",
  int: "int32",
  float64: "double",
  bytes: "bytes",
  quantity: "quantity",
  time: "time",
  microtime: "microTime",
  duration: "duration",
  intOrString: "intOrString",
  rawExtension: "raw",
  fieldsV1: "fieldsV1",
};
const elements: Record<string, string> = {
  string: "strings",
  int32: "int32s",
  int64: "int64s",
  bool: "booleans",
  bytes: "byteStrings",
  quantity: "quantities",
  rawExtension: "raws",
  time: "times",
};

/** Type name -> file, for every type written by this call or already there. */
const placed = new Map<string, string>();
function scan(directory: string): void {
  if (!existsSync(directory)) return;
  for (const entry of readdirSync(directory, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile() || !entry.name.endsWith(".ts")) continue;
    const path = join(entry.parentPath, entry.name);
    const [g, v] = relative(apiFolder, path).split("/");
    for (const match of readFileSync(path, "utf8").matchAll(/^export interface (\w+) extends (?:TypeOf|ObjectOf)</gm))
      placed.set(`${g}/${v}.${match[1]}`, path);
  }
}
scan(apiFolder);

/** One file of definitions: its blocks in order, and what they import. */
class FileDraft {
  readonly #path: string;
  readonly #names: readonly string[];
  /** Names out of `schema.ts`. */
  readonly #constructors = new Set<string>();
  /** The other names, by the path that they come from. */
  readonly #imports = new Map<string, Set<string>>();

  constructor(path: string, names: readonly string[]) {
    this.#path = path;
    this.#names = names;
  }

  text(): string {
    const blocks = this.#inOrder().map(name => this.#block(name));
    const imports = [...this.#imports]
      .sort(([a], [b]) => a.localeCompare(b))
      .map(([from, names]) => `import { ${[...names].sort().join(", ")} } from "${from}";`);
    const schema = relative(dirname(this.#path), join(apiFolder, "schema.ts"));
    imports.push(`import { ${[...this.#constructors].sort().join(", ")} } from "${schema}";`);
    return `${imports.join("\n")}\n\n${blocks.join("\n\n")}\n`;
  }

  /** A struct must stand below those it uses. */
  #inOrder(): readonly string[] {
    const order = new Set<string>();
    const visit = (name: string) => {
      if (order.has(name)) return;
      for (const used of typesIn(name)) if (used !== name && this.#names.includes(used)) visit(used);
      order.add(name);
    };
    this.#names.forEach(visit);
    return [...order];
  }

  #block(name: string): string {
    const { type } = typeOf(name);
    const resource = resourceOf(name);
    if (type.kind && resource !== undefined) return this.#resource(name, type, resource);
    if (type.kind && name !== "ObjectReference") return this.#type(name, type);
    return this.#struct(name, type);
  }

  #struct(name: string, type: FactType): string {
    this.#use("type TypeOf");
    const isAtomic = type.markers?.includes("+structType=atomic") || type.markers?.includes("+mapType=atomic");
    const options = isAtomic ? `, { mapType: "atomic" }` : "";
    const fields = this.#fieldLines(type).join("\n");
    return `export const ${camel(name)} = ${this.#use("struct")}("${type.openapi ?? ""}", {
${fields}
}${options});
export interface ${name} extends TypeOf<typeof ${camel(name)}> {}`;
  }

  #type(name: string, type: FactType): string {
    this.#import("resource.ts", "type ObjectOf");
    return `export const ${camel(name)}Type = ${this.#import("resource.ts", "defineType")}({
  group: ${JSON.stringify(group)},
  version: ${JSON.stringify(version)},
  kind: ${JSON.stringify(name)},
  doc: "",

  fields: {
${this.#fieldLines(type).join("\n")}
  },
});
export interface ${name} extends ObjectOf<typeof ${camel(name)}Type> {}`;
  }

  #resource(name: string, type: FactType, resource: FactResource): string {
    for (const imported of ["type KubernetesObject", "type ResourceDefinition"]) this.#import("resource.ts", imported);
    const { head, body, members } = this.#shape(type);
    const shape = members.length === 0 ? "KubernetesObject, StructOf<typeof fields> {}" : "KubernetesObject {";
    const lines = [
      ...head,
      `export interface ${name} extends ${shape}`,
      ...(members.length === 0 ? [] : [...members, "}"]),
      "",
      `export const ${camelPlural(name, resource.plural)}: ResourceDefinition<${name}> = ${this.#import("resource.ts", "defineResource")}({`,
      ...resourceHead(name, resource),
      "",
      ...body,
      ...this.#columns(name),
      "});",
    ];
    return lines.join("\n");
  }

  /** What the object holds beside its metadata: either spec and status, or fields of its own. */
  #shape(type: FactType) {
    const isPart = ({ name, pb }: FactField) =>
      (name === "spec" && pb?.[0] === 2) || (name === "status" && pb?.[0] === 3);
    const parts = (type.fields ?? []).filter(isPart);
    const partNames = parts.map(({ name }) => name!);
    const rest = this.#fieldLines(type, ["metadata", ...partNames]);
    const head: string[] = [];
    const body = parts.map(({ name, type: of }) => `  ${name}: ${this.#structRef(resolveAlias(of))},`);
    if (rest.length > 0) {
      this.#use("type StructOf");
      head.push("const fields = {", ...rest, "};", "");
      body.push("  fields,");
    }
    const members = parts.map(({ name, type: of }) =>
      name === "spec" ? `  readonly spec: ${of};` : `  readonly ${name}?: ${of} | undefined;`,
    );
    return { head, body, members };
  }

  #columns(name: string): readonly string[] {
    const columns = tables[`${group}/${name}`]?.columns?.filter(column => column.name !== "Name");
    if (columns === undefined) return [];
    const line = (column: FactColumn) => {
      if (column.name === "Age") return `    ${this.#import("columns.ts", "age")},`;
      const priority = column.priority ? " priority: 1," : "";
      return `    { name: ${JSON.stringify(column.name)}, type: "${column.type}",${priority} value: () => null },`;
    };
    return ["", "  columns: [", ...columns.map(line), "  ],"];
  }

  #fieldLines(type: FactType, skipped: readonly string[] = []): readonly string[] {
    return (type.fields ?? [])
      .filter(field => !field.goOnly && !field.protoOnly && !(field.inline && /TypeMeta$/.test(field.type)))
      .filter(field => !skipped.includes(field.name ?? ""))
      .map(field => {
        const name = field.name ?? camel(field.type.slice(field.type.lastIndexOf(".") + 1));
        return `  ${name}: ${this.#field(field)},`;
      });
  }

  #field(field: FactField): string {
    const number = field.pb?.[0] ?? 0;
    const resolved = resolveAlias(field.type);
    if (field.inline) {
      const protobufName = field.pbName ? `, { protobufName: ${JSON.stringify(field.pbName)} }` : "";
      return `${this.#use("inline")}(${number}, ${this.#structRef(resolved)}${protobufName})`;
    }
    const options = fieldOptions(field);
    const tail = options.length > 0 ? `, { ${options.join(", ")} }` : "";
    const [, container, inner = ""] = /^(list|map)<(.*)>$/.exec(resolved) ?? [];
    if (container === "list") return `${this.#use("list")}(${number}, ${this.#element(inner)}${tail})`;
    if (container === "map") {
      return `${this.#use("map")}(${number}, ${this.#element(inner.slice(inner.indexOf(",") + 1))}${tail})`;
    }
    const closed = resolved === "string" && field.type !== "string" ? typeOf(field.type).type.enum : undefined;
    if (closed) return `${this.#use("oneOf")}(${number}, ${JSON.stringify(closed)}${tail})`;
    const scalar = scalars[resolved];
    if (scalar !== undefined) return `${this.#use(scalar)}(${number}${tail})`;
    return `${this.#use("message")}(${number}, ${this.#structRef(resolved)}${tail})`;
  }

  /** Of a list or a map. */
  #element(name: string): string {
    const resolved = resolveAlias(name);
    const known = elements[resolved];
    if (known !== undefined) return this.#use(known);
    const inner = /^list<(.*)>$/.exec(resolved);
    if (inner === null) return this.#structRef(resolved);
    const isMessage = !name.startsWith("list<") && typeOf(name).type.pbMessage !== undefined;
    return `${this.#use("listOf")}(${this.#element(inner[1]!)}${isMessage ? ", { message: true }" : ""})`;
  }

  #structRef(name: string): string {
    const { key, type } = typeOf(name);
    const file = placed.get(key);
    if (file === undefined) throw new Error(`type ${key}, used in ${this.#path}, has no file`);
    const bare = key.slice(key.lastIndexOf(".") + 1);
    const isType = type.kind === true && bare !== "ObjectReference";
    const constant = isType ? `${camel(bare)}Type` : camel(bare);
    if (file !== this.#path) this.#import(relative(apiFolder, file), constant);
    return isType ? `${constant}.struct` : constant;
  }

  #use(name: string): string {
    this.#constructors.add(name);
    return name;
  }

  /** From a file below `src/api/`. */
  #import(file: string, name: string): string {
    const from = relative(dirname(this.#path), join(apiFolder, file));
    const specifier = from.startsWith(".") ? from : `./${from}`;
    this.#imports.set(specifier, (this.#imports.get(specifier) ?? new Set()).add(name));
    return name;
  }
}

function resourceHead(kind: string, { plural, shortNames, categories, namespaced, subresources }: FactResource) {
  const lines = [
    `  group: ${JSON.stringify(group)},`,
    `  version: ${JSON.stringify(version)},`,
    `  kind: "${kind}",`,
    `  plural: "${plural}",`,
  ];
  if (shortNames) lines.push(`  shortNames: ${JSON.stringify(shortNames)},`);
  if (categories) lines.push(`  categories: ${JSON.stringify(categories)},`);
  lines.push(`  scope: "${namespaced ? "Namespaced" : "Cluster"}",`);
  const short = subresources?.map(each => (each.name === "status" ? "status" : each));
  if (short) lines.push(`  subresources: ${JSON.stringify(short)},`);
  return [...lines, `  doc: "",`];
}

function fieldOptions(field: FactField): readonly string[] {
  const options: string[] = [];
  const add = (name: string, value: unknown) => options.push(`${name}: ${JSON.stringify(value)}`);
  const isRequired = field.name === "metadata" || field.name === "spec";
  if (field.omitempty && !(isRequired && !field.pointer)) add("optional", true);
  if (field.pointer) add("pointer", true);
  if (field.omitzero) add("omitZero", true);
  if (field.listType) add("listType", field.listType);
  if (field.listMapKeys) add("mapKeys", field.listMapKeys);
  if (field.mapType) add("mapType", field.mapType);
  if (field.patchStrategy) add("patchStrategy", field.patchStrategy);
  if (field.patchMergeKey) add("mergeKey", field.patchMergeKey);
  if (field.featureGate) add("featureGate", field.featureGate[0]);
  if (field.pbName && field.pbName !== field.name) add("protobufName", field.pbName);
  if (field.default !== undefined && /^("|\d|true|false)/.test(field.default))
    options.push(`default: ${field.default}`);
  return options;
}

/** By a bare name of this group and version, or by `<group>/<version>.<name>`. */
function typeOf(name: string): { key: string; type: FactType } {
  const key = name.includes("/") ? name : `${groupName}/${version}.${name}`;
  const at = key.lastIndexOf(".");
  const type = versions[key.slice(0, at)]?.types[key.slice(at + 1)];
  if (type === undefined) throw new Error(`unknown type ${name}`);
  return { key, type };
}

function resolveAlias(name: string): string {
  if (name in scalars || /^(list|map)</.test(name)) return name;
  const { type } = typeOf(name);
  return type.fields === undefined && type.alias !== undefined ? resolveAlias(type.alias) : name;
}

/** The types of this group and version that fields of `name` are made of. */
function typesIn(name: string): readonly string[] {
  const { types } = versions[groupVersion!]!;
  const texts = (types[name]?.fields ?? []).flatMap(({ type }) => type.match(/[\w./]+/g) ?? []);
  return texts.filter(text => types[text]?.fields !== undefined);
}

/** A kind with those of its own types that no file has yet. */
function withOwnTypes(kind: string, found: Set<string> = new Set()): readonly string[] {
  found.add(kind);
  for (const used of typesIn(kind)) {
    if (!found.has(used) && !placed.has(`${groupName}/${version}.${used}`)) withOwnTypes(used, found);
  }
  return [...found];
}

function camelPlural(kind: string, plural: string): string {
  const base = camel(kind);
  // "Deployment" + "deployments" -> deployments; "ReplicaSet" + "replicasets" -> replicaSets
  return plural.startsWith(kind.toLowerCase())
    ? base + plural.slice(kind.length)
    : plural === `${kind.toLowerCase().slice(0, -1)}ies`
      ? `${base.slice(0, -1)}ies`
      : plural;
}

function resourceOf(kind: string): FactResource | undefined {
  const found = resources.groups.find(each => each.group === group)?.versions.find(each => each.version === version);
  return found?.resources.find(each => each.kind === kind && each.verbs?.includes("get"));
}

/** What is asked for: the types of each file; without a file they are printed. */
const drafts = requests.map(request => {
  const [first = "", types] = request.split("=");
  const isPrinted = types === undefined;
  const path = join(folder, isPrinted ? "draft.ts" : `${first}.ts`);
  return { path, isPrinted, names: isPrinted ? withOwnTypes(first) : types.split(",") };
});
for (const { path, names } of drafts) for (const name of names) placed.set(`${groupName}/${version}.${name}`, path);
for (const { path, names, isPrinted } of drafts) {
  const text = new FileDraft(path, names).text();
  if (isPrinted) console.log(text);
  else {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
}

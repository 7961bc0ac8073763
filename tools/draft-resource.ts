/**
 * Prints the first draft of API definitions from the facts of upstream's published types.
 *
 *   node tools/draft-resource.ts FACTS-FOLDER group/version File=Kind,Type,Type [...]   writes src/api/<group>/<version>/<file>.ts
 *   node tools/draft-resource.ts FACTS-FOLDER group/version Kind                        prints one kind with its own types
 *
 * FACTS-FOLDER holds kinds.json, resources.json and tables.json. Types named in no file of the call must exist already;
 * sentences, defaults, validation and the columns' values are then written by hand.
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

const files = new Map<string, string[]>();
for (const request of requests) {
  const [file, types] = request.split("=");
  if (types === undefined) {
    files.set("-", [file!]);
    continue;
  }
  const path = join(folder, `${file}.ts`);
  files.set(path, types.split(","));
  for (const type of types.split(",")) placed.set(`${groupName}/${version}.${type}`, path);
}

for (const [path, names] of files) {
  const text = draftFile(path === "-" ? join(folder, "draft.ts") : path, names);
  if (path === "-") console.log(text);
  else {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
}

function draftFile(path: string, names: readonly string[]): string {
  const constructors = new Set<string>();
  const imports = new Map<string, Set<string>>();
  const use = (name: string) => {
    constructors.add(name);
    return name;
  };
  const typeOf = (name: string): { key: string; type: FactType } => {
    const key = name.includes("/") ? name : `${groupName}/${version}.${name}`;
    const at = key.lastIndexOf(".");
    const type = versions[key.slice(0, at)]?.types[key.slice(at + 1)];
    if (type === undefined) throw new Error(`unknown type ${name}`);
    return { key, type };
  };
  const structRef = (name: string): string => {
    const { key, type } = typeOf(name);
    const file = placed.get(key);
    if (file === undefined) throw new Error(`type ${key}, used in ${path}, has no file`);
    const bare = key.slice(key.lastIndexOf(".") + 1);
    const isType = type.kind === true && bare !== "ObjectReference";
    const constant = isType ? `${camel(bare)}Type` : camel(bare);
    if (file !== path) {
      const from = relative(dirname(path), file);
      const specifier = from.startsWith(".") ? from : `./${from}`;
      imports.set(specifier, (imports.get(specifier) ?? new Set()).add(constant));
    }
    return isType ? `${constant}.struct` : constant;
  };
  const resolveAlias = (name: string): string => {
    if (name in scalars || /^(list|map)</.test(name)) return name;
    const { type } = typeOf(name);
    return type.fields === undefined && type.alias !== undefined ? resolveAlias(type.alias) : name;
  };
  const element = (name: string): string => {
    const resolved = resolveAlias(name);
    const known = elements[resolved];
    if (known !== undefined) return use(known);
    const inner = /^list<(.*)>$/.exec(resolved);
    if (inner) {
      const message = !name.startsWith("list<") && typeOf(name).type.pbMessage !== undefined;
      return `${use("listOf")}(${element(inner[1]!)}${message ? ", { message: true }" : ""})`;
    }
    return structRef(resolved);
  };
  const fieldText = (field: FactField): string => {
    const number = field.pb?.[0] ?? 0;
    const options: string[] = [];
    const add = (name: string, value: unknown) => options.push(`${name}: ${JSON.stringify(value)}`);
    const resolved = resolveAlias(field.type);
    const required = field.name === "metadata" || field.name === "spec";
    if (field.omitempty && !(required && !field.pointer)) add("optional", true);
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
    const tail = options.length > 0 ? `, { ${options.join(", ")} }` : "";
    if (field.inline)
      return `${use("inline")}(${number}, ${structRef(resolved)}${field.pbName ? `, { protobufName: ${JSON.stringify(field.pbName)} }` : ""})`;
    const container = /^(list|map)<(.*)>$/.exec(resolved);
    if (container?.[1] === "list") return `${use("list")}(${number}, ${element(container[2]!)}${tail})`;
    if (container?.[1] === "map")
      return `${use("map")}(${number}, ${element(container[2]!.slice(container[2]!.indexOf(",") + 1))}${tail})`;
    const named = resolved !== field.type ? typeOf(field.type).type : undefined;
    if (named?.enum && resolved === "string") return `${use("oneOf")}(${number}, ${JSON.stringify(named.enum)}${tail})`;
    const scalar = scalars[resolved];
    if (scalar !== undefined) return `${use(scalar)}(${number}${tail})`;
    return `${use("message")}(${number}, ${structRef(resolved)}${tail})`;
  };
  const fieldLines = (type: FactType, skip: readonly string[] = []): string[] =>
    (type.fields ?? [])
      .filter(field => !field.goOnly && !field.protoOnly && !(field.inline && /TypeMeta$/.test(field.type)))
      .filter(field => !skip.includes(field.name ?? ""))
      .map(
        field => `  ${field.name ?? camel(field.type.slice(field.type.lastIndexOf(".") + 1))}: ${fieldText(field)},`,
      );

  // A struct must stand below those it uses.
  const order: string[] = [];
  const visit = (name: string) => {
    if (order.includes(name)) return;
    for (const field of versions[groupVersion!]!.types[name]?.fields ?? [])
      for (const match of field.type.matchAll(/[A-Za-z0-9]+/g))
        if (match[0] !== name && names.includes(match[0])) visit(match[0]);
    order.push(name);
  };
  names.forEach(visit);

  const blocks: string[] = [];
  for (const name of order) {
    const type = versions[groupVersion!]?.types[name];
    if (type === undefined) throw new Error(`unknown type ${name}`);
    const resource = resourceOf(name);
    if (type.kind && resource !== undefined) blocks.push(draftResource(name, type, resource));
    else if (type.kind && name !== "ObjectReference") {
      use("");
      blocks.push(
        `export const ${camel(name)}Type = ${importResource("defineType")}({\n  group: ${JSON.stringify(group)},\n  version: ${JSON.stringify(version)},\n  kind: ${JSON.stringify(name)},\n  doc: "",\n  fields: {\n${fieldLines(type).join("\n")}\n  },\n});\nexport interface ${name} extends ${importResource("ObjectOf")}<typeof ${camel(name)}Type> {}`,
      );
    } else {
      use("struct");
      use("type TypeOf");
      const atomic = type.markers?.includes("+structType=atomic") || type.markers?.includes("+mapType=atomic");
      blocks.push(
        `export const ${camel(name)} = struct("${type.openapi ?? ""}", {\n${fieldLines(type).join("\n")}\n}${atomic ? `, { mapType: "atomic" }` : ""});\nexport interface ${name} extends TypeOf<typeof ${camel(name)}> {}`,
      );
    }
  }

  function importResource(name: string): string {
    const specifier = relative(dirname(path), join(apiFolder, "resource.ts"));
    imports.set(specifier, (imports.get(specifier) ?? new Set()).add(name === "ObjectOf" ? "type ObjectOf" : name));
    return name;
  }
  function draftResource(name: string, type: FactType, resource: FactResource): string {
    const lines = [
      `  group: ${JSON.stringify(group)},`,
      `  version: ${JSON.stringify(version)},`,
      `  kind: "${name}",`,
      `  plural: "${resource.plural}",`,
    ];
    if (resource.shortNames) lines.push(`  shortNames: ${JSON.stringify(resource.shortNames)},`);
    if (resource.categories) lines.push(`  categories: ${JSON.stringify(resource.categories)},`);
    lines.push(`  scope: "${resource.namespaced ? "Namespaced" : "Cluster"}",`);
    const has = (field: string) =>
      type.fields?.some(each => each.name === field && each.pb?.[0] === (field === "spec" ? 2 : 3));
    if (resource.subresources)
      lines.push(
        `  subresources: ${JSON.stringify(resource.subresources.map(each => (each.name === "status" ? "status" : each)))},`,
      );
    lines.push(`  doc: "",`, "");
    for (const part of ["spec", "status"]) {
      const field = type.fields?.find(each => each.name === part);
      if (field && has(part)) lines.push(`  ${part}: ${structRef(resolveAlias(field.type))},`);
    }
    const rest = fieldLines(type, ["metadata", ...(has("spec") ? ["spec"] : []), ...(has("status") ? ["status"] : [])]);
    if (rest.length > 0) lines.push("  fields: {", ...rest, "  },");
    const columns = tables[`${group}/${name}`]?.columns?.filter(column => column.name !== "Name");
    if (columns) {
      lines.push("", "  columns: [");
      for (const column of columns)
        lines.push(
          `    { name: ${JSON.stringify(column.name)}, type: "${column.type}",${column.priority ? " priority: 1," : ""} value: () => null },`,
        );
      lines.push("  ],");
    }
    return `export const ${camel(resource.plural) === camel(name) ? resource.plural : camelPlural(name, resource.plural)} = ${importResource("defineResource")}({\n${lines.join("\n")}\n});\nexport interface ${name} extends ${importResource("ObjectOf")}<typeof ${camelPlural(name, resource.plural)}> {}`;
  }
  const head = [...imports]
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([from, what]) => `import { ${[...what].sort().join(", ")} } from "${from}";`);
  constructors.delete("");
  const schemaPath = relative(dirname(path), join(apiFolder, "schema.ts"));
  if (constructors.size > 0) head.push(`import { ${[...constructors].sort().join(", ")} } from "${schemaPath}";`);
  return `${head.join("\n")}\n\n${blocks.join("\n\n")}\n`;
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

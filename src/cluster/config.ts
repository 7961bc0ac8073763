import { YAMLException } from "js-yaml";
import { UserError } from "./error.ts";
import { isName, labelProblems, nodeNameProblem, taintProblems } from "./node-settings.ts";
import { type PositionedEntry, type PositionedNode, parsePositioned, positionOf } from "./yaml-positions.ts";

/** What a cluster is to be, as `up --config FILE` says it. */
export interface ClusterConfig {
  readonly name: string;
  readonly podSubnet: string;
  readonly serviceSubnet: string;
  readonly nodePortFrom: number;
  readonly nodePortTo: number;
  readonly egress: "none" | "nat";
  readonly nodes: readonly NodeConfig[];
}

export interface NodeConfig {
  readonly name: string;
  readonly role: "control-plane" | "worker";
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly TaintConfig[];
}

export interface TaintConfig {
  readonly key: string;
  readonly value?: string;
  readonly effect: "NoSchedule" | "PreferNoSchedule" | "NoExecute";
}

export const defaultConfig: ClusterConfig = {
  name: "k8ts",
  podSubnet: "10.244.0.0/16",
  serviceSubnet: "10.96.0.0/16",
  nodePortFrom: 30_000,
  nodePortTo: 32_767,
  egress: "nat",
  nodes: [{ name: "node-1", role: "control-plane", labels: {}, taints: [] }],
};

export const maxNodes = 50;

/** Reads a config file's text. Throws UserError with file, line and column of everything that is wrong. */
export function parseConfig(source: string, file: string): ClusterConfig {
  let root: PositionedNode | undefined;
  try {
    root = parsePositioned(source);
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    const mark = error.mark as { line?: number; column?: number } | undefined;
    const place = mark?.line === undefined ? "" : `:${mark.line + 1}:${(mark.column ?? 0) + 1}`;
    throw new UserError(`${file}${place}: ${error.reason}: correct the YAML`);
  }
  const reader = new Reader(source);
  const config = root === undefined ? defaultConfig : readConfig(reader, root);
  if (reader.problems.length > 0) throw new UserError(reader.problems.map(problem => `${file}:${problem}`).join("\n"));
  return config;
}

export function checkName(name: string): void {
  if (!isName(name))
    throw new UserError(`"${name}" is no cluster name: use up to 40 lower-case letters, digits and "-"`);
}

/** Collects every problem, so that one run tells all. */
class Reader {
  readonly problems: string[] = [];
  readonly #source: string;
  constructor(source: string) {
    this.#source = source;
  }

  problem(at: number, message: string): void {
    this.problems.push(`${positionOf(this.#source, at)}: ${message}`);
  }

  fields(node: PositionedNode, what: string, readers: Readonly<Record<string, (value: PositionedNode) => void>>): void {
    if (node.type !== "map") return this.problem(node.at, `${what} must be a mapping`);
    const seen = new Set<string>();
    for (const { key, at, value } of node.entries) {
      const read = readers[key];
      if (seen.has(key)) this.problem(at, `"${key}" is given twice`);
      else if (read === undefined)
        this.problem(at, `unknown key "${key}" in ${what}: known are ${Object.keys(readers).join(", ")}`);
      else read(value);
      seen.add(key);
    }
  }

  text(node: PositionedNode, what: string): string {
    if (node.type === "scalar" && typeof node.value === "string") return node.value;
    this.problem(node.at, `${what} must be a string`);
    return "";
  }

  choice<T extends string>(node: PositionedNode, what: string, values: readonly T[]): T {
    const text = this.text(node, what) as T;
    if (text !== "" && !values.includes(text)) this.problem(node.at, `${what} must be one of ${values.join(", ")}`);
    return text;
  }

  list(node: PositionedNode, what: string): readonly PositionedNode[] {
    if (node.type === "list") return node.items;
    this.problem(node.at, `${what} must be a list`);
    return [];
  }
}

function readConfig(reader: Reader, root: PositionedNode): ClusterConfig {
  const config = { ...defaultConfig } as { -readonly [K in keyof ClusterConfig]: ClusterConfig[K] };
  reader.fields(root, "the cluster", {
    name: node => {
      config.name = reader.text(node, "name");
      if (!isName(config.name))
        reader.problem(node.at, `name "${config.name}" must be up to 40 lower-case letters, digits and "-"`);
    },
    podSubnet: node => {
      config.podSubnet = readSubnet(reader, node, "podSubnet", 16, 23);
    },
    serviceSubnet: node => {
      config.serviceSubnet = readSubnet(reader, node, "serviceSubnet", 12, 24);
    },
    nodePortRange: node => {
      const match = /^(\d{1,5})-(\d{1,5})$/.exec(reader.text(node, "nodePortRange"));
      config.nodePortFrom = Number(match?.[1]);
      config.nodePortTo = Number(match?.[2]);
      const valid =
        match !== null &&
        config.nodePortFrom >= 1 &&
        config.nodePortFrom <= config.nodePortTo &&
        config.nodePortTo <= 65_535;
      if (!valid) reader.problem(node.at, `nodePortRange must be FROM-TO with ports from 1 to 65535`);
    },
    egress: node => {
      config.egress = reader.choice(node, "egress", ["none", "nat"]);
    },
    nodes: node => {
      config.nodes = readNodes(reader, node);
    },
  });
  return config;
}

function readNodes(reader: Reader, node: PositionedNode): readonly NodeConfig[] {
  const nodes = reader.list(node, "nodes").map((item, index) => readNode(reader, item, index));
  const controlPlanes = nodes.filter(each => each.role === "control-plane").length;
  if (controlPlanes !== 1)
    reader.problem(node.at, `exactly one node must have the role control-plane, not ${controlPlanes}`);
  if (nodes.length > maxNodes) reader.problem(node.at, `${nodes.length} nodes are too many: up to ${maxNodes} fit`);
  const names = nodes.map(each => each.name);
  for (const name of new Set(names.filter((each, index) => names.indexOf(each) !== index)))
    reader.problem(node.at, `two nodes are named "${name}"`);
  return nodes;
}

function readNode(reader: Reader, item: PositionedNode, index: number): NodeConfig {
  const result = {
    name: `node-${index + 1}`,
    role: index === 0 ? "control-plane" : "worker",
    labels: {},
    taints: [],
  } as {
    -readonly [K in keyof NodeConfig]: NodeConfig[K];
  };
  reader.fields(item, "a node", {
    name: node => {
      result.name = reader.text(node, "name");
      const problem = nodeNameProblem(result.name);
      if (problem !== undefined) reader.problem(node.at, problem);
    },
    role: node => {
      result.role = reader.choice(node, "role", ["control-plane", "worker"]);
    },
    labels: node => {
      if (node.type !== "map") return reader.problem(node.at, "labels must be a mapping");
      result.labels = Object.fromEntries(node.entries.map(entry => readLabel(reader, entry)));
    },
    taints: node => {
      result.taints = reader.list(node, "taints").map(each => readTaint(reader, each));
    },
  });
  return result;
}

function readLabel(reader: Reader, { key, at, value }: PositionedEntry): readonly [string, string] {
  const text = reader.text(value, `label ${key}`);
  for (const problem of labelProblems(key, text)) reader.problem(at, problem);
  return [key, text];
}

function readTaint(reader: Reader, item: PositionedNode): TaintConfig {
  const taint: { key: string; value?: string; effect: TaintConfig["effect"] } = { key: "", effect: "NoSchedule" };
  reader.fields(item, "a taint", {
    key: node => {
      taint.key = reader.text(node, "key");
    },
    value: node => {
      taint.value = reader.text(node, "value");
    },
    effect: node => {
      taint.effect = reader.choice(node, "effect", ["NoSchedule", "PreferNoSchedule", "NoExecute"]);
    },
  });
  for (const problem of taintProblems(taint)) reader.problem(item.at, problem);
  return taint;
}

function readSubnet(reader: Reader, node: PositionedNode, what: string, shortest: number, longest: number): string {
  const text = reader.text(node, what);
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(text);
  const bits = Number(match?.[5]);
  const valid = match?.slice(1, 5).every(part => Number(part) <= 255) && bits >= shortest && bits <= longest;
  if (!valid)
    reader.problem(
      node.at,
      `${what} must be an IPv4 range such as ${what === "podSubnet" ? "10.244.0.0/16" : "10.96.0.0/16"}, from /${shortest} to /${longest}`,
    );
  return text;
}

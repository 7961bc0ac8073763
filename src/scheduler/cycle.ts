import { type Random, randomInteger } from "#base/random.ts";
import type { Plugin, Rejection, Snapshot, WeightedPlugin } from "./framework.ts";
import type { NodeInfo } from "./node-info.ts";
import type { PodInfo } from "./pod-info.ts";

export interface CycleInput {
  readonly info: PodInfo;
  readonly snapshot: Snapshot;
  readonly plugins: readonly WeightedPlugin[];
  readonly random: Random;
  /** The node to begin with; clusters of more than a hundred nodes are not looked through to the end. */
  readonly startAt: number;
  /** Where pods were removed for this one: taken if it fits there now. */
  readonly nominatedNode: string | undefined;
  /** Pods that preempted others on this node and are not on it yet. */
  readonly nominatedOn: (node: string) => readonly PodInfo[];
}

export type Decision = Placement | Refusal;

export interface Placement {
  readonly type: "placed";
  readonly node: string;
  readonly feasible: number;
  readonly evaluated: number;
  readonly score: number;
}

export interface Refusal {
  readonly type: "refused";
  readonly total: number;
  /** One reason for all nodes, found before any was looked at. */
  readonly reason?: string;
  readonly rejections: ReadonlyMap<string, Rejection>;
  readonly plugins: ReadonlySet<string>;
}

/** Finds the pod a node. Pure and synchronous: nothing changes under it. */
export function scheduleOne(input: CycleInput): Decision {
  const { info, snapshot } = input;
  const { nodes } = snapshot;
  const check = prepareFilters(input.plugins, info, snapshot);
  if (typeof check !== "function") return { ...check, total: nodes.length };
  const checkNode = (node: NodeInfo) => checkWithNominated(input, node) ?? check(node);
  const nominated = nodes.find(({ name }) => name === input.nominatedNode);
  if (nominated !== undefined && checkNode(nominated) === undefined)
    return { type: "placed", node: nominated.name, feasible: 1, evaluated: 1, score: 0 };
  const { feasible, rejections } = findFeasible(input, checkNode);
  if (feasible.length === 0) {
    const plugins = new Set([...rejections.values()].map(({ plugin }) => plugin));
    return { type: "refused", total: nodes.length, rejections, plugins };
  }
  const evaluated = feasible.length + rejections.size;
  const { node, score } = best(input, feasible);
  return { type: "placed", node: node.name, feasible: feasible.length, evaluated, score };
}

type NodeCheck = (node: NodeInfo) => Rejection | undefined;

function findFeasible({ snapshot: { nodes }, startAt }: CycleInput, check: NodeCheck) {
  const rejections = new Map<string, Rejection>();
  const feasible: NodeInfo[] = [];
  const enough = feasibleNodesWanted(nodes.length);
  for (let step = 0; step < nodes.length && feasible.length < enough; step++) {
    const node = nodes[(startAt + step) % nodes.length]!;
    const rejection = check(node);
    if (rejection === undefined) feasible.push(node);
    else rejections.set(node.name, rejection);
  }
  return { feasible, rejections };
}

/** Asks every preFilter once; answers how to ask the filters about a node. */
export function prepareFilters(
  plugins: readonly WeightedPlugin[],
  info: PodInfo,
  snapshot: Snapshot,
): NodeCheck | Omit<Refusal, "total"> {
  const filters: { plugin: Plugin; state: unknown }[] = [];
  const narrowings: { plugin: string; nodes: ReadonlySet<string> }[] = [];
  for (const { plugin } of plugins) {
    const result = plugin.preFilter?.(info, snapshot);
    if (result?.type === "reject")
      return { type: "refused", reason: result.reason, rejections: new Map(), plugins: new Set([plugin.name]) };
    if (plugin.filter === undefined || result?.type === "skip") continue;
    if (result?.nodes !== undefined) narrowings.push({ plugin: plugin.name, nodes: result.nodes });
    filters.push({ plugin, state: result?.state });
  }
  return node => {
    const narrowing = narrowings.find(({ nodes }) => !nodes.has(node.name));
    if (narrowing !== undefined) {
      const names = narrowings.map(({ plugin }) => plugin).join(" ");
      const reasons = [`node(s) didn't satisfy plugin(s) [${names}]`];
      return { plugin: narrowing.plugin, reasons, resolvable: false };
    }
    for (const { plugin, state } of filters) {
      const found = plugin.filter!(state, info, node);
      if (found !== undefined) return { plugin: plugin.name, ...found };
    }
    return undefined;
  };
}

/** The pod must also fit beside equally or more important pods that are about to come to this node. */
function checkWithNominated(input: CycleInput, node: NodeInfo): Rejection | undefined {
  const { info, snapshot, plugins } = input;
  const others = input.nominatedOn(node.name).filter(each => each.priority >= info.priority && each.uid !== info.uid);
  if (others.length === 0) return undefined;
  const fuller = node.clone();
  for (const other of others) fuller.add(other);
  return checkInstead(plugins, info, snapshot, fuller);
}

/** What the filters would say if `node` stood in place of the one of its name. */
export function checkInstead(
  plugins: readonly WeightedPlugin[],
  info: PodInfo,
  snapshot: Snapshot,
  node: NodeInfo,
): Rejection | undefined {
  const nodes = snapshot.nodes.map(each => (each.name === node.name ? node : each));
  const check = prepareFilters(plugins, info, { ...snapshot, nodes });
  if (typeof check === "function") return check(node);
  return { plugin: [...check.plugins][0]!, reasons: [check.reason ?? ""], resolvable: false };
}

/** Upstream's adaptive share: half of a hundred nodes down to a twentieth of thousands, and never under a hundred. */
export function feasibleNodesWanted(total: number): number {
  if (total < 100) return total;
  const percent = Math.max(5, 50 - Math.floor(total / 125));
  return Math.max(100, Math.floor((total * percent) / 100));
}

function best({ info, snapshot, plugins, random }: CycleInput, feasible: readonly NodeInfo[]) {
  if (feasible.length === 1) return { node: feasible[0]!, score: 0 };
  const totals = feasible.map(() => 0);
  for (const { plugin, weight } of plugins) {
    if (plugin.score === undefined) continue;
    const state = plugin.preScore?.(info, snapshot, feasible);
    if (state === undefined) continue;
    const scores = feasible.map(node => plugin.score!(state, info, node));
    plugin.normalize?.(scores, state, feasible);
    for (let at = 0; at < scores.length; at++) totals[at]! += weight * scores[at]!;
  }
  const score = Math.max(...totals);
  const winners = feasible.filter((_, at) => totals[at] === score);
  return { node: winners[randomInteger(random, winners.length)]!, score };
}

import { labelSelectorMatcher } from "#api/meta/v1/label-selector-match.ts";
import type { PodDisruptionBudget } from "#api/policy/v1/pod-disruption-budget.ts";
import { parseTime } from "#base/clock.ts";
import { checkInstead, type Refusal } from "./cycle.ts";
import type { Rejection, Snapshot, WeightedPlugin } from "./framework.ts";
import { countedReasons, nodesMessage } from "./messages.ts";
import type { NodeInfo } from "./node-info.ts";
import type { PodInfo } from "./pod-info.ts";

export interface PreemptionInput {
  readonly info: PodInfo;
  readonly snapshot: Snapshot;
  readonly plugins: readonly WeightedPlugin[];
  readonly refusal: Refusal;
  readonly budgets: readonly PodDisruptionBudget[];
  /** Where an earlier preemption made room for this pod. */
  readonly nominatedNode: string | undefined;
}

export type Preemption =
  | { readonly type: "preempt"; readonly node: string; readonly victims: readonly PodInfo[] }
  /** `message`: why not. An ineligible pod may yet get the room that an earlier preemption makes; else none would help. */
  | { readonly type: "ineligible" | "none"; readonly message: string };

interface Candidate {
  readonly node: string;
  /** Most important first. */
  readonly victims: readonly PodInfo[];
  readonly budgetViolations: number;
}

const leastCandidates = 100;
const notHelpful = "Preemption is not helpful for scheduling";

/**
 * Which less important pods would have to go, and from where. On each node that could be helped all of them are taken
 * away, and then, the important ones first, as many given back as leave room.
 */
export function planPreemption(input: PreemptionInput): Preemption {
  const ineligible = whyIneligible(input);
  if (ineligible !== undefined) return { type: "ineligible", message: `preemption: ${ineligible}` };
  const { snapshot, refusal } = input;
  const candidates: Candidate[] = [];
  const failures: Pick<Rejection, "reasons">[] = [];
  const enough = Math.max(leastCandidates, Math.floor(snapshot.nodes.length / 10));
  for (const node of snapshot.nodes) {
    if (refusal.rejections.get(node.name)?.resolvable !== true) {
      failures.push({ reasons: [notHelpful] });
      continue;
    }
    if (candidates.length >= enough) break;
    const found = victimsOn(input, node);
    if ("victims" in found) candidates.push(found);
    else failures.push(found);
  }
  if (candidates.length > 0) return { type: "preempt", ...pick(candidates) };
  return { type: "none", message: `preemption: ${nodesMessage(refusal.total, countedReasons(failures))}` };
}

function whyIneligible({ info, snapshot, nominatedNode, refusal }: PreemptionInput): string | undefined {
  if (info.pod.spec.preemptionPolicy === "Never") return "not eligible due to preemptionPolicy=Never.";
  const node = snapshot.nodes.find(each => each.name === nominatedNode);
  if (node === undefined || refusal.rejections.get(node.name)?.resolvable === false) return undefined;
  const isWaiting = [...node.pods.values()].some(
    each => each.priority < info.priority && each.pod.metadata.deletionTimestamp !== undefined,
  );
  return isWaiting ? "not eligible due to a terminating pod on the nominated node." : undefined;
}

function victimsOn(input: PreemptionInput, node: NodeInfo): Candidate | Pick<Rejection, "reasons"> {
  const { info, plugins, snapshot } = input;
  const lower = [...node.pods.values()].filter(each => each.priority < info.priority).sort(byImportance);
  if (lower.length === 0) return { reasons: ["No preemption victims found for incoming pod"] };
  const trial = node.clone();
  for (const victim of lower) trial.remove(victim.uid);
  const stillNot = checkInstead(plugins, info, snapshot, trial);
  if (stillNot !== undefined) return stillNot;
  const { violating, others } = splitByBudget(lower, input.budgets);
  const keepsRoom = (pod: PodInfo) => {
    trial.add(pod);
    if (checkInstead(plugins, info, snapshot, trial) === undefined) return true;
    trial.remove(pod.uid);
    return false;
  };
  const lost = violating.filter(pod => !keepsRoom(pod));
  const victims = [...lost, ...others.filter(pod => !keepsRoom(pod))].sort(byImportance);
  return { node: node.name, victims, budgetViolations: lost.length };
}

/** Higher priority first, then who has run longer. */
function byImportance(a: PodInfo, b: PodInfo): number {
  return b.priority - a.priority || startOf(a) - startOf(b);
}

function startOf({ pod }: PodInfo): number {
  const started = parseTime(pod.status?.startTime ?? "");
  return Number.isNaN(started) ? Number.POSITIVE_INFINITY : started;
}

/** Pods whose going would break a budget, counted in the order given. */
export function splitByBudget(
  pods: readonly PodInfo[],
  budgets: readonly PodDisruptionBudget[],
): { violating: PodInfo[]; others: PodInfo[] } {
  const limits = budgets.map(budget => ({
    budget,
    matches: labelSelectorMatcher(budget.spec.selector),
    allowed: budget.status?.disruptionsAllowed ?? 0,
  }));
  const violating: PodInfo[] = [];
  const others: PodInfo[] = [];
  for (const info of pods) {
    let isViolating = false;
    for (const limit of limits) {
      const { metadata, status } = limit.budget;
      const { labels, name = "" } = info.pod.metadata;
      if (metadata.namespace !== info.namespace || !labels || !limit.matches(labels)) continue;
      // Already counted as going.
      if (status?.disruptedPods?.[name] !== undefined) continue;
      limit.allowed--;
      if (limit.allowed < 0) isViolating = true;
    }
    (isViolating ? violating : others).push(info);
  }
  return { violating, others };
}

/**
 * The least harm: fewest broken budgets, then the lowest of the highest priorities, the lowest sum of priorities, the
 * fewest pods, the youngest of the most important ones, the first.
 */
function pick(candidates: readonly Candidate[]): Candidate {
  // As upstream: shifted so that more pods of negative priority never sum up to less harm.
  const shifted = ({ priority }: PodInfo) => priority + 2 ** 31;
  const measures: ((candidate: Candidate) => number)[] = [
    ({ budgetViolations }) => budgetViolations,
    ({ victims }) => victims[0]?.priority ?? Number.NEGATIVE_INFINITY,
    ({ victims }) => victims.reduce((sum, victim) => sum + shifted(victim), 0),
    ({ victims }) => victims.length,
    ({ victims }) => -earliestStartOfMostImportant(victims),
  ];
  let left = candidates;
  for (const measure of measures) {
    if (left.length === 1) break;
    const least = Math.min(...left.map(measure));
    left = left.filter(candidate => measure(candidate) === least);
  }
  return left[0]!;
}

function earliestStartOfMostImportant(victims: readonly PodInfo[]): number {
  const highest = victims[0]?.priority;
  return Math.min(...victims.filter(victim => victim.priority === highest).map(startOf));
}

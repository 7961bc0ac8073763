import type { TopologySpreadConstraint } from "#api/core/v1/affinity.ts";
import { nodeFitsPod } from "#api/core/v1/node-affinity-match.ts";
import { findUntoleratedTaint } from "#api/core/v1/tolerations.ts";
import { labelSelectorMatcher } from "#api/meta/v1/label-selector-match.ts";
import { definePlugin, maxScore, type Snapshot } from "../framework.ts";
import type { NodeInfo } from "../node-info.ts";
import type { PodInfo } from "../pod-info.ts";

const hostname = "kubernetes.io/hostname";

/** For pods that say nothing themselves and are selected by a Service or belong to a set. */
const defaults = [
  { maxSkew: 3, topologyKey: hostname, whenUnsatisfiable: "ScheduleAnyway" },
  { maxSkew: 5, topologyKey: "topology.kubernetes.io/zone", whenUnsatisfiable: "ScheduleAnyway" },
] as const;

interface Constraint {
  readonly spec: TopologySpreadConstraint;
  readonly matches: (labels: Readonly<Record<string, string>> | undefined) => boolean;
}

interface FilterState {
  readonly constraints: readonly (Constraint & {
    readonly counts: ReadonlyMap<string, number>;
    /** Of the emptiest domain; 0 while there are fewer domains than asked for. */
    readonly least: number;
    readonly self: 0 | 1;
  })[];
}

interface ScoreState {
  readonly constraints: readonly (Constraint & {
    readonly counts: ReadonlyMap<string, number>;
    readonly weight: number;
  })[];
  readonly ignored: ReadonlySet<NodeInfo>;
}

/** Spreads a group of pods over zones, nodes or whatever a label divides. */
export const podTopologySpread = definePlugin<FilterState, ScoreState>({
  name: "PodTopologySpread",

  preFilter(info, snapshot) {
    const constraints = constraintsOf(info, "DoNotSchedule");
    if (constraints.length === 0) return { type: "skip" };
    return { type: "state", state: filterStateOf(info, constraints, snapshot) };
  },

  filter({ constraints }, _, node) {
    for (const { spec, counts, least, self } of constraints) {
      const value = node.labels[spec.topologyKey];
      if (value === undefined)
        return {
          reasons: ["node(s) didn't match pod topology spread constraints (missing required label)"],
          resolvable: false,
        };
      if ((counts.get(value) ?? 0) + self - least > spec.maxSkew)
        return { reasons: ["node(s) didn't match pod topology spread constraints"], resolvable: true };
    }
    return undefined;
  },

  preScore(info, snapshot, feasible) {
    const own = constraintsOf(info, "ScheduleAnyway");
    const isOwn = (info.pod.spec.topologySpreadConstraints ?? []).length > 0;
    const constraints = isOwn ? own : defaultConstraints(info, snapshot);
    return constraints.length === 0 ? undefined : scoreStateOf(info, constraints, isOwn, snapshot, feasible);
  },

  score({ constraints, ignored }, info, node) {
    if (ignored.has(node)) return 0;
    let score = 0;
    for (const { spec, matches, counts, weight } of constraints) {
      const value = node.labels[spec.topologyKey];
      if (value === undefined) continue;
      const count = spec.topologyKey === hostname ? matching(info, matches, node) : (counts.get(value) ?? 0);
      score += count * weight + (spec.maxSkew - 1);
    }
    return Math.round(score);
  },

  normalize(scores, { ignored }, feasible) {
    const counted = scores.filter((_, at) => !ignored.has(feasible[at]!));
    const least = Math.min(...counted);
    const most = Math.max(...counted);
    for (let at = 0; at < scores.length; at++) {
      if (ignored.has(feasible[at]!)) scores[at] = 0;
      else if (most === 0) scores[at] = maxScore;
      else scores[at] = Math.floor((maxScore * (most + least - scores[at]!)) / most);
    }
  },

  wakesOn: [
    "nodeAdded",
    "nodeLabelsChanged",
    "nodeTaintsChanged",
    "assignedPodAdded",
    "assignedPodLabelsChanged",
    "assignedPodDeleted",
    "podChanged",
  ],
});

function constraintsOf({ pod }: PodInfo, when: TopologySpreadConstraint["whenUnsatisfiable"]): readonly Constraint[] {
  return (pod.spec.topologySpreadConstraints ?? [])
    .filter(spec => spec.whenUnsatisfiable === when)
    .map(spec => ({ spec, matches: labelSelectorMatcher(spec.labelSelector) }));
}

function defaultConstraints({ pod }: PodInfo, snapshot: Snapshot): readonly Constraint[] {
  const selector = snapshot.defaultSelector(pod);
  if (selector === undefined) return [];
  const matches = labelSelectorMatcher(selector);
  return defaults.map(spec => ({ spec: { ...spec, labelSelector: selector }, matches }));
}

function filterStateOf(info: PodInfo, constraints: readonly Constraint[], snapshot: Snapshot): FilterState {
  const eligible = snapshot.nodes.filter(node => hasAllKeys(constraints, node));
  return {
    constraints: constraints.map(constraint => {
      const { spec, matches } = constraint;
      const counts = countByDomain(info, constraint, eligible);
      const least = counts.size < (spec.minDomains ?? 1) ? 0 : Math.min(...counts.values());
      return { ...constraint, counts, least, self: matches(info.pod.metadata.labels) ? 1 : 0 };
    }),
  };
}

function scoreStateOf(
  info: PodInfo,
  constraints: readonly Constraint[],
  requireAllKeys: boolean,
  snapshot: Snapshot,
  feasible: readonly NodeInfo[],
): ScoreState {
  const ignored = new Set(requireAllKeys ? feasible.filter(node => !hasAllKeys(constraints, node)) : []);
  const scored = feasible.filter(node => !ignored.has(node));
  const counted = requireAllKeys ? snapshot.nodes.filter(node => hasAllKeys(constraints, node)) : snapshot.nodes;
  return {
    ignored,
    constraints: constraints.map(constraint => {
      const { topologyKey } = constraint.spec;
      const domains = new Set(scored.map(node => node.labels[topologyKey]).filter(value => value !== undefined));
      const size = topologyKey === hostname ? scored.length : domains.size;
      // Many domains mean small counts: the weight evens them out against constraints with few domains.
      return { ...constraint, counts: countByDomain(info, constraint, counted), weight: Math.log(size + 2) };
    }),
  };
}

function hasAllKeys(constraints: readonly Constraint[], node: NodeInfo): boolean {
  return constraints.every(({ spec }) => node.labels[spec.topologyKey] !== undefined);
}

/** Matching pods in each domain of the nodes that count; a domain without any is there with 0. */
function countByDomain(info: PodInfo, { spec, matches }: Constraint, nodes: readonly NodeInfo[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const node of nodes) {
    const value = node.labels[spec.topologyKey];
    if (value === undefined || !isPlace(info, spec, node)) continue;
    counts.set(value, (counts.get(value) ?? 0) + matching(info, matches, node));
  }
  return counts;
}

/** Whether a node counts as a place at all is the constraint's policies' to say. */
function isPlace({ pod }: PodInfo, spec: TopologySpreadConstraint, { node }: NodeInfo): boolean {
  if (node === undefined) return false;
  if (spec.nodeAffinityPolicy !== "Ignore" && !nodeFitsPod(pod.spec, node)) return false;
  if (spec.nodeTaintsPolicy !== "Honor") return true;
  return !findUntoleratedTaint(node.spec?.taints, pod.spec.tolerations, ["NoSchedule", "NoExecute"]);
}

function matching(info: PodInfo, matches: Constraint["matches"], node: NodeInfo): number {
  let count = 0;
  for (const { pod, namespace } of node.pods.values()) {
    if (namespace === info.namespace && !pod.metadata.deletionTimestamp && matches(pod.metadata.labels)) count++;
  }
  return count;
}

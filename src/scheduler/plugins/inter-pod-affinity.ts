import { definePlugin, maxScore, type Snapshot } from "../framework.ts";
import type { NodeInfo } from "../node-info.ts";
import type { AffinityTerm, PodInfo } from "../pod-info.ts";

/** How much an existing pod's required affinity counts as a preference for the pod that matches it. */
const hardAffinityWeight = 1;

/** Numbers by topology key and the node's value for it. */
class TopologyCounts {
  readonly #counts = new Map<string, Map<string, number>>();

  get isEmpty(): boolean {
    return this.#counts.size === 0;
  }

  add(key: string, node: NodeInfo, amount: number): void {
    const value = node.labels[key];
    if (value === undefined || amount === 0) return;
    const values = this.#counts.get(key) ?? new Map<string, number>();
    this.#counts.set(key, values);
    values.set(value, (values.get(value) ?? 0) + amount);
  }

  at(key: string, node: NodeInfo): number {
    const value = node.labels[key];
    return value === undefined ? 0 : (this.#counts.get(key)?.get(value) ?? 0);
  }

  sumAt(node: NodeInfo): number {
    let sum = 0;
    for (const key of this.#counts.keys()) sum += this.at(key, node);
    return sum;
  }

  isPresentAt(node: NodeInfo): boolean {
    for (const key of this.#counts.keys()) if (this.at(key, node) > 0) return true;
    return false;
  }
}

interface FilterState {
  /** Pods whose required anti-affinity is against this pod. */
  readonly existingAnti: TopologyCounts;
  /** Pods that match all of this pod's required affinity terms. */
  readonly affinity: TopologyCounts;
  readonly anti: TopologyCounts;
  /** The first of a group that wants to be together would otherwise never start. */
  readonly matchesItself: boolean;
}

/** Pods that want to be near, or away from, other pods. */
export const interPodAffinity = definePlugin<FilterState, TopologyCounts>({
  name: "InterPodAffinity",

  preFilter(info, snapshot) {
    const state = filterStateOf(info, snapshot);
    const { required, requiredAnti } = info.affinity;
    if (required.length === 0 && requiredAnti.length === 0 && state.existingAnti.isEmpty) return { type: "skip" };
    return { type: "state", state };
  },

  filter(state, { affinity: { required, requiredAnti } }, node) {
    if (!isNearEnough(state, required, node))
      return { reasons: ["node(s) didn't match pod affinity rules"], resolvable: false };
    if (requiredAnti.some(({ topologyKey }) => state.anti.at(topologyKey, node) > 0))
      return { reasons: ["node(s) didn't match pod anti-affinity rules"], resolvable: true };
    if (state.existingAnti.isPresentAt(node))
      return { reasons: ["node(s) didn't satisfy existing pods anti-affinity rules"], resolvable: true };
    return undefined;
  },

  preScore(info, snapshot) {
    const counts = preferencesOf(info, snapshot);
    return counts.isEmpty ? undefined : counts;
  },

  score: (counts, _, node) => counts.sumAt(node),

  normalize(scores) {
    const least = Math.min(...scores);
    const spread = Math.max(...scores) - least;
    for (let at = 0; at < scores.length; at++) {
      scores[at] = spread === 0 ? 0 : Math.floor((maxScore * (scores[at]! - least)) / spread);
    }
  },

  wakesOn: [
    "nodeAdded",
    "nodeLabelsChanged",
    "assignedPodAdded",
    "assignedPodLabelsChanged",
    "assignedPodDeleted",
    "namespaceLabelsChanged",
    "podChanged",
  ],
});

function filterStateOf({ pod, affinity: { required, requiredAnti } }: PodInfo, snapshot: Snapshot): FilterState {
  const namespaceLabels = snapshot.namespaceLabels;
  const existingAnti = new TopologyCounts();
  const affinity = new TopologyCounts();
  const anti = new TopologyCounts();
  const matchesAll = (other: PodInfo) => required.every(term => term.matches(other.pod, namespaceLabels));
  for (const node of snapshot.nodes) {
    for (const other of node.pods.values()) {
      for (const term of other.affinity.requiredAnti) {
        if (term.matches(pod, namespaceLabels)) existingAnti.add(term.topologyKey, node, 1);
      }
      if (required.length > 0 && matchesAll(other)) {
        for (const { topologyKey } of required) affinity.add(topologyKey, node, 1);
      }
      for (const term of requiredAnti) {
        if (term.matches(other.pod, namespaceLabels)) anti.add(term.topologyKey, node, 1);
      }
    }
  }
  const matchesItself = required.every(term => term.matches(pod, namespaceLabels));
  return { existingAnti, affinity, anti, matchesItself };
}

function isNearEnough(state: FilterState, required: readonly AffinityTerm[], node: NodeInfo): boolean {
  if (required.some(({ topologyKey }) => node.labels[topologyKey] === undefined)) return false;
  if (required.every(({ topologyKey }) => state.affinity.at(topologyKey, node) > 0)) return true;
  return state.affinity.isEmpty && state.matchesItself;
}

function preferencesOf(info: PodInfo, snapshot: Snapshot): TopologyCounts {
  const { preferred, preferredAnti } = info.affinity;
  const counts = new TopologyCounts();
  const namespaceLabels = snapshot.namespaceLabels;
  for (const node of snapshot.nodes) {
    for (const other of node.pods.values()) {
      const count = (terms: readonly AffinityTerm[], about: PodInfo, sign: number) => {
        for (const term of terms) {
          if (term.matches(about.pod, namespaceLabels)) counts.add(term.topologyKey, node, sign * term.weight);
        }
      };
      count(preferred, other, 1);
      count(preferredAnti, other, -1);
      count(other.affinity.required, info, hardAffinityWeight);
      count(other.affinity.preferred, info, 1);
      count(other.affinity.preferredAnti, info, -1);
    }
  }
  return counts;
}

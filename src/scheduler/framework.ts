import type { Pod } from "#api/core/v1/pod.ts";
import type { LabelSelector } from "#api/meta/v1/label-selector.ts";
import type { NodeInfo } from "./node-info.ts";
import type { PodInfo } from "./pod-info.ts";

/** The cluster as one scheduling cycle sees it. Nothing changes while a cycle runs: it is synchronous. */
export interface Snapshot {
  /** Nodes that exist, in the order in which they are tried. */
  readonly nodes: readonly NodeInfo[];
  readonly namespaceLabels: (namespace: string) => Readonly<Record<string, string>> | undefined;
  /** How many nodes have the image. */
  readonly nodesWithImage: (name: string) => number;
  /** What the Services and the owner of a pod select, for default spreading; undefined when nothing does. */
  readonly defaultSelector: (pod: Pod) => LabelSelector | undefined;
}

/** Why a node (or every node) will not do. */
export interface Rejection {
  readonly plugin: string;
  /** As users read them; a node may have several. */
  readonly reasons: readonly string[];
  /** False: removing pods from the node would not help. */
  readonly resolvable: boolean;
}

export type PreFilterResult<S> =
  /** What this plugin's filter works from; with `nodes`, no other one is asked about. */
  | { readonly type: "state"; readonly state: S; readonly nodes?: ReadonlySet<string> | undefined }
  /** This plugin's filter has nothing to say about this pod. */
  | { readonly type: "skip" }
  | { readonly type: "reject"; readonly reason: string };

/** Something that may let a pod fit that did not fit before. */
export type ClusterEvent =
  | "nodeAdded"
  | "nodeAllocatableChanged"
  | "nodeLabelsChanged"
  | "nodeTaintsChanged"
  | "assignedPodAdded"
  | "assignedPodLabelsChanged"
  | "assignedPodDeleted"
  | "assignedPodScaledDown"
  | "namespaceLabelsChanged"
  | "podChanged";

/**
 * A plugin is a value with the extension points it has, called in the order in which they stand here. All are pure.
 * `S` is what preFilter hands to filter, `P` what preScore hands to score.
 */
export interface Plugin<S = unknown, P = unknown> {
  readonly name: string;
  /** A sentence when the pod may not even be tried. */
  preEnqueue?(pod: Pod): string | undefined;
  /** Negative: `a` goes first. */
  compare?(a: QueuedPod, b: QueuedPod): number;
  preFilter?(info: PodInfo, snapshot: Snapshot): PreFilterResult<S>;
  /** Without a preFilter `state` is undefined. */
  filter?(state: S, info: PodInfo, node: NodeInfo): Omit<Rejection, "plugin"> | undefined;
  /** undefined: this plugin has no opinion about this pod. */
  preScore?(info: PodInfo, snapshot: Snapshot, feasible: readonly NodeInfo[]): P | undefined;
  /** 0 to 100 once normalized. Called only with what preScore gave. */
  score?(state: P, info: PodInfo, node: NodeInfo): number;
  normalize?(scores: number[], state: P, feasible: readonly NodeInfo[]): void;
  /** The events after which a pod that this plugin turned away is worth another try. */
  readonly wakesOn?: readonly ClusterEvent[];
}

export interface QueuedPod {
  readonly info: PodInfo;
  /** When it came into the queue; monotonic milliseconds. */
  readonly sinceMs: number;
}

export interface WeightedPlugin {
  readonly plugin: Plugin;
  readonly weight: number;
}

export const maxScore = 100;

/** Stretches scores so that the highest becomes 100; with `reverse` the highest becomes 0. */
export function scaleScores(scores: number[], reverse: boolean): void {
  const most = Math.max(0, ...scores);
  for (let at = 0; at < scores.length; at++) {
    const scaled = most === 0 ? scores[at]! : Math.floor((maxScore * scores[at]!) / most);
    scores[at] = reverse ? maxScore - scaled : scaled;
  }
}

/** Fits a plugin with its own state types into lists of plugins: each only ever sees the states it made. */
export function definePlugin<S = undefined, P = undefined>(plugin: Plugin<S, P>): Plugin {
  return plugin;
}

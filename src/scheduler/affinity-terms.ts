import type { PodAffinityTerm, WeightedPodAffinityTerm } from "#api/core/v1/affinity.ts";
import type { Pod } from "#api/core/v1/pod.ts";
import { labelSelectorMatcher } from "#api/meta/v1/label-selector-match.ts";

type Labels = Readonly<Record<string, string>> | undefined;

/** One term of a pod's affinity, ready to be asked. */
export interface AffinityTerm {
  readonly topologyKey: string;
  /** 1 for required terms. */
  readonly weight: number;
  matches(pod: Pod, namespaceLabels: (namespace: string) => Labels): boolean;
}

export interface PodAffinityTerms {
  readonly required: readonly AffinityTerm[];
  readonly requiredAnti: readonly AffinityTerm[];
  readonly preferred: readonly AffinityTerm[];
  readonly preferredAnti: readonly AffinityTerm[];
}

const none: PodAffinityTerms = { required: [], requiredAnti: [], preferred: [], preferredAnti: [] };

export function affinityTermsOf(pod: Pod): PodAffinityTerms {
  const { podAffinity, podAntiAffinity } = pod.spec.affinity ?? {};
  if (podAffinity === undefined && podAntiAffinity === undefined) return none;
  const required = (term: PodAffinityTerm) => termOf(pod, term, 1);
  const preferred = ({ podAffinityTerm, weight }: WeightedPodAffinityTerm) => termOf(pod, podAffinityTerm, weight);
  return {
    required: (podAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []).map(required),
    requiredAnti: (podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []).map(required),
    preferred: (podAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []).map(preferred),
    preferredAnti: (podAntiAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []).map(preferred),
  };
}

/** Without namespaces and namespaceSelector a term is about the namespace of the pod that has it. */
function termOf(owner: Pod, term: PodAffinityTerm, weight: number): AffinityTerm {
  const matchesLabels = labelSelectorMatcher(term.labelSelector);
  const matchesNamespace = labelSelectorMatcher(term.namespaceSelector);
  const isOwn = term.namespaceSelector === undefined && (term.namespaces ?? []).length === 0;
  const namespaces = new Set(isOwn ? [owner.metadata.namespace ?? ""] : (term.namespaces ?? []));
  return {
    topologyKey: term.topologyKey,
    weight,
    matches(pod, namespaceLabels) {
      const namespace = pod.metadata.namespace ?? "";
      if (!namespaces.has(namespace) && !matchesNamespace(namespaceLabels(namespace) ?? {})) return false;
      return matchesLabels(pod.metadata.labels);
    },
  };
}

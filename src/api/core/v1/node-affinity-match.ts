import type { NodeSelector, NodeSelectorRequirement, NodeSelectorTerm } from "./affinity.ts";
import type { Node } from "./node.ts";
import type { PodSpec } from "./pod-spec.ts";

/** True when the node fits the pod's nodeSelector and its required node affinity. */
export function nodeFitsPod(spec: PodSpec, node: Node): boolean {
  const labels = node.metadata.labels ?? {};
  for (const [key, value] of Object.entries(spec.nodeSelector ?? {})) if (labels[key] !== value) return false;
  const required = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  return required === undefined || matchesNodeSelector(required, node);
}

/** Terms are alternatives; a selector without terms matches nothing. */
export function matchesNodeSelector(selector: NodeSelector, node: Node): boolean {
  return selector.nodeSelectorTerms.some(term => matchesNodeSelectorTerm(term, node));
}

/** All expressions of a term must hold; an empty term matches nothing. */
export function matchesNodeSelectorTerm(term: NodeSelectorTerm, node: Node): boolean {
  const expressions = term.matchExpressions ?? [];
  const fields = term.matchFields ?? [];
  if (expressions.length === 0 && fields.length === 0) return false;
  const labels = node.metadata.labels ?? {};
  return (
    expressions.every(requirement => matchesRequirement(requirement, labels[requirement.key])) &&
    fields.every(requirement => matchesRequirement(requirement, fieldOf(node, requirement.key)))
  );
}

function fieldOf(node: Node, key: string): string | undefined {
  return key === "metadata.name" ? node.metadata.name : undefined;
}

function matchesRequirement({ operator, values = [] }: NodeSelectorRequirement, value: string | undefined): boolean {
  switch (operator) {
    case "In":
      return value !== undefined && values.includes(value);
    case "NotIn":
      return value === undefined || !values.includes(value);
    case "Exists":
      return value !== undefined;
    case "DoesNotExist":
      return value === undefined;
    case "Gt":
      return bothIntegers(value, values[0]) && Number(value) > Number(values[0]);
    case "Lt":
      return bothIntegers(value, values[0]) && Number(value) < Number(values[0]);
    default:
      return false;
  }
}

const integer = /^-?\d+$/;

function bothIntegers(a: string | undefined, b: string | undefined): boolean {
  return integer.test(a ?? "") && integer.test(b ?? "");
}

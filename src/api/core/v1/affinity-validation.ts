import { dns1123LabelErrors, labelValueErrors, qualifiedNameErrors } from "#wire/names.ts";
import { duplicate, type FieldError, invalid, required } from "../../field-error.ts";
import { allInvalid, validateLabelSelector, validateSelectorOperator } from "../../validation.ts";
import type {
  Affinity,
  NodeSelector,
  NodeSelectorRequirement,
  NodeSelectorTerm,
  PodAffinity,
  PodAffinityTerm,
  TopologySpreadConstraint,
} from "./affinity.ts";
import { validateLabelKeys } from "./label-keys.ts";
import type { Toleration } from "./pod-spec.ts";

export function validateAffinity(affinity: Affinity | undefined, path: string): FieldError[] {
  const { nodeAffinity, podAffinity, podAntiAffinity } = affinity ?? {};
  const required = nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  const preferred = nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [];
  return [
    ...(required
      ? nodeSelectorErrors(required, `${path}.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution`)
      : []),
    ...preferred.flatMap(({ weight, preference }, index) => {
      const at = `${path}.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution[${index}]`;
      return [...weightErrors(weight, at), ...nodeTermErrors(preference, `${at}.preference`)];
    }),
    ...podAffinityErrors(podAffinity, `${path}.podAffinity`),
    ...podAffinityErrors(podAntiAffinity, `${path}.podAntiAffinity`),
  ];
}

function weightErrors(weight: number, path: string): FieldError[] {
  return weight >= 1 && weight <= 100 ? [] : [invalid(`${path}.weight`, weight, "must be in the range 1-100")];
}

function nodeSelectorErrors({ nodeSelectorTerms }: NodeSelector, path: string): FieldError[] {
  const at = `${path}.nodeSelectorTerms`;
  if (nodeSelectorTerms.length === 0) return [required(at, "must have at least one node selector term")];
  return nodeSelectorTerms.flatMap((term, index) => nodeTermErrors(term, `${at}[${index}]`));
}

function nodeTermErrors({ matchExpressions = [], matchFields = [] }: NodeSelectorTerm, path: string): FieldError[] {
  return [
    ...matchExpressions.flatMap((requirement, index) =>
      requirementErrors(requirement, `${path}.matchExpressions[${index}]`),
    ),
    ...matchFields.flatMap((requirement, index) => fieldErrors(requirement, `${path}.matchFields[${index}]`)),
  ];
}

function requirementErrors({ key, operator, values = [] }: NodeSelectorRequirement, path: string): FieldError[] {
  const errors = operatorErrors(operator, values.length, path);
  errors.push(...allInvalid(`${path}.key`, key, qualifiedNameErrors(key)));
  values.forEach((value, index) => {
    errors.push(...allInvalid(`${path}.values[${index}]`, value, labelValueErrors(value)));
  });
  return errors;
}

function operatorErrors(operator: string, valueCount: number, path: string): FieldError[] {
  switch (operator) {
    case "Gt":
    case "Lt":
      if (valueCount === 1) return [];
      return [required(`${path}.values`, "must be specified single value when `operator` is 'Lt' or 'Gt'")];
    default:
      return validateSelectorOperator(path, operator, valueCount);
  }
}

function fieldErrors({ key, operator, values = [] }: NodeSelectorRequirement, path: string): FieldError[] {
  const errors: FieldError[] = [];
  if (operator !== "In" && operator !== "NotIn") {
    errors.push(invalid(`${path}.operator`, operator, "not a valid selector operator"));
  } else if (values.length !== 1) {
    const text = "must be only one value when `operator` is 'In' or 'NotIn' for node field selector";
    errors.push(required(`${path}.values`, text));
  }
  if (key !== "metadata.name") errors.push(invalid(`${path}.key`, key, "not a valid field selector key"));
  return errors;
}

function podAffinityErrors(affinity: PodAffinity | undefined, path: string): FieldError[] {
  const requiredTerms = affinity?.requiredDuringSchedulingIgnoredDuringExecution ?? [];
  const preferred = affinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [];
  return [
    ...requiredTerms.flatMap((term, index) =>
      podTermErrors(term, `${path}.requiredDuringSchedulingIgnoredDuringExecution[${index}]`),
    ),
    ...preferred.flatMap(({ weight, podAffinityTerm }, index) => {
      const at = `${path}.preferredDuringSchedulingIgnoredDuringExecution[${index}]`;
      return [...weightErrors(weight, at), ...podTermErrors(podAffinityTerm, `${at}.podAffinityTerm`)];
    }),
  ];
}

function podTermErrors(term: PodAffinityTerm, path: string): FieldError[] {
  return [
    ...validateLabelSelector(`${path}.labelSelector`, term.labelSelector),
    ...validateLabelSelector(`${path}.namespaceSelector`, term.namespaceSelector),
    ...(term.namespaces ?? []).flatMap(name => allInvalid(`${path}.namespace`, name, dns1123LabelErrors(name))),
    ...validateLabelKeys(term, path),
    ...(term.topologyKey ? [] : [required(`${path}.topologyKey`, "can not be empty")]),
    ...allInvalid(`${path}.topologyKey`, term.topologyKey, qualifiedNameErrors(term.topologyKey)),
  ];
}

function topologyKeyErrors(key: string, path: string): FieldError[] {
  if (!key) return [required(`${path}.topologyKey`, "can not be empty")];
  return allInvalid(`${path}.topologyKey`, key, qualifiedNameErrors(key));
}

export function validateTopologySpread(constraints: readonly TopologySpreadConstraint[], path: string): FieldError[] {
  return constraints.flatMap((constraint, index) => {
    const at = `${path}[${index}]`;
    const { maxSkew, minDomains, topologyKey, whenUnsatisfiable } = constraint;
    const errors: FieldError[] = [];
    if (maxSkew <= 0) errors.push(invalid(`${at}.maxSkew`, maxSkew, "must be greater than zero"));
    errors.push(...topologyKeyErrors(topologyKey, at));
    if (constraints.slice(index + 1).some(later => isSameKind(later, constraint)))
      errors.push(duplicate(`${at}.{topologyKey, whenUnsatisfiable}`, `{${topologyKey}, ${whenUnsatisfiable}}`));
    if (minDomains !== undefined && minDomains <= 0)
      errors.push(invalid(`${at}.minDomains`, minDomains, "must be greater than zero"));
    if (minDomains !== undefined && whenUnsatisfiable !== "DoNotSchedule") {
      const text = "can only use minDomains if whenUnsatisfiable=DoNotSchedule, not ScheduleAnyway";
      errors.push(invalid(`${at}.minDomains`, minDomains, text));
    }
    return [
      ...errors,
      ...validateLabelKeys(constraint, at),
      ...validateLabelSelector(`${at}.labelSelector`, constraint.labelSelector),
    ];
  });
}

/** A pod has one constraint of a kind at most. */
function isSameKind(a: TopologySpreadConstraint, b: TopologySpreadConstraint): boolean {
  return a.topologyKey === b.topologyKey && a.whenUnsatisfiable === b.whenUnsatisfiable;
}

export function validateTolerations(tolerations: readonly Toleration[], path: string): FieldError[] {
  return tolerations.flatMap((toleration, index) => {
    const at = `${path}[${index}]`;
    const { key, operator, value = "", effect, tolerationSeconds } = toleration;
    const errors: FieldError[] = [];
    if (key) errors.push(...allInvalid(`${at}.key`, key, qualifiedNameErrors(key)));
    else if (operator !== "Exists") {
      const text = 'operator must be Exists when `key` is empty, which means "match all values and all keys"';
      errors.push(invalid(`${at}.operator`, operator ?? "", text));
    }
    if (tolerationSeconds !== undefined && effect !== "NoExecute") {
      errors.push(invalid(`${at}.effect`, effect ?? "", "effect must be 'NoExecute' when `tolerationSeconds` is set"));
    }
    if (operator === "Exists" && value !== "") {
      errors.push(invalid(`${at}.operator`, toleration, "value must be empty when `operator` is 'Exists'"));
    } else if ((operator ?? "Equal") === "Equal")
      errors.push(...allInvalid(`${at}.operator`, value, labelValueErrors(value)));
    return errors;
  });
}

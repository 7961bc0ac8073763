import { qualifiedNameErrors } from "#wire/names.ts";
import { type FieldError, forbidden, invalid } from "../../field-error.ts";
import type { LabelSelector } from "../../meta/v1/label-selector.ts";
import type { Mutable } from "../../resource.ts";
import { allInvalid } from "../../validation.ts";
import type { Pod } from "./pod.ts";

/** A selector of pods, and labels whose values are those of the pod that it stands in. */
interface KeyedSelector {
  readonly labelSelector?: LabelSelector | undefined;
  readonly matchLabelKeys?: readonly string[] | undefined;
  readonly mismatchLabelKeys?: readonly string[] | undefined;
}

/**
 * Writes a new pod's own values into its selectors, so that whoever reads these need not know of the keys: in a pod with
 * the label `hash: abc`, `matchLabelKeys: [hash]` adds `hash in (abc)`. Labels that the pod does not have say nothing;
 * neither do keys beside no selector, which selects nothing.
 */
export function mergeLabelKeys({ metadata: { labels = {} }, spec }: Mutable<Pod>): void {
  const { podAffinity, podAntiAffinity } = spec.affinity ?? {};
  for (const each of [podAffinity, podAntiAffinity]) {
    for (const term of each?.requiredDuringSchedulingIgnoredDuringExecution ?? []) merge(term, labels);
    for (const { podAffinityTerm } of each?.preferredDuringSchedulingIgnoredDuringExecution ?? [])
      merge(podAffinityTerm, labels);
  }
  for (const constraint of spec.topologySpreadConstraints ?? []) merge(constraint, labels);
}

function merge(selector: Mutable<KeyedSelector>, labels: Readonly<Record<string, string>>): void {
  const { labelSelector, matchLabelKeys = [], mismatchLabelKeys = [] } = selector;
  const requirement = (operator: "In" | "NotIn") => (key: string) =>
    Object.hasOwn(labels, key) ? [{ key, operator, values: [labels[key]!] }] : [];
  const added = [...matchLabelKeys.flatMap(requirement("In")), ...mismatchLabelKeys.flatMap(requirement("NotIn"))];
  if (labelSelector === undefined || added.length === 0) return;
  labelSelector.matchExpressions = [...(labelSelector.matchExpressions ?? []), ...added];
}

/** In a pod the selector has been merged with the keys: one that stands there twice stood there before. */
export function validateLabelKeys(selector: KeyedSelector, path: string): FieldError[] {
  const { labelSelector, matchLabelKeys = [], mismatchLabelKeys = [] } = selector;
  return [
    ...nameErrors(matchLabelKeys, labelSelector, `${path}.matchLabelKeys`),
    ...nameErrors(mismatchLabelKeys, labelSelector, `${path}.mismatchLabelKeys`),
    ...repeatedKeys(labelSelector)
      .filter(key => matchLabelKeys.includes(key))
      .map(key =>
        // Upstream leaves the field's name out of the path.
        invalid(`${path}[${matchLabelKeys.lastIndexOf(key)}]`, key, "exists in both matchLabelKeys and labelSelector"),
      ),
    ...matchLabelKeys.flatMap((key, index) =>
      mismatchLabelKeys.includes(key)
        ? [invalid(`${path}.matchLabelKeys[${index}]`, key, "exists in both matchLabelKeys and mismatchLabelKeys")]
        : [],
    ),
  ];
}

function nameErrors(keys: readonly string[], selector: LabelSelector | undefined, path: string): FieldError[] {
  if (keys.length === 0) return [];
  if (selector === undefined) return [forbidden(path, "must not be specified when labelSelector is not set")];
  return keys.flatMap((key, index) => allInvalid(`${path}[${index}]`, key, qualifiedNameErrors(key)));
}

/** Keys of requirements that came earlier in the selector, too; once for each time. */
function repeatedKeys({ matchLabels = {}, matchExpressions = [] }: LabelSelector = {}): readonly string[] {
  const seen = new Set(Object.keys(matchLabels));
  return matchExpressions.flatMap(({ key }) => {
    const isRepeated = seen.has(key);
    seen.add(key);
    return isRepeated ? [key] : [];
  });
}

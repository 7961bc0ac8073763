import { formatLabelSelector, type LabelSelectorRequirement, matchesLabels } from "#wire/label-selector.ts";
import type { LabelSelectorRequirement as Expression, LabelSelector } from "./label-selector.ts";

type Labels = Readonly<Record<string, string>> | undefined;

const nothing = () => false;
const everything = () => true;

/** A predicate over labels: no selector matches nothing, an empty one everything, a malformed one nothing. */
export function labelSelectorMatcher(selector: LabelSelector | undefined): (labels: Labels) => boolean {
  if (selector === undefined) return nothing;
  const requirements = labelSelectorRequirements(selector);
  if (requirements === undefined) return nothing;
  return requirements.length === 0 ? everything : labels => matchesLabels(requirements, labels);
}

/** The selector's terms sorted by key; undefined when an operator is unknown or its values do not fit. */
export function labelSelectorRequirements(selector: LabelSelector): LabelSelectorRequirement[] | undefined {
  const requirements: LabelSelectorRequirement[] = [];
  for (const [key, value] of Object.entries(selector.matchLabels ?? {})) {
    requirements.push({ key, operator: "=", values: [value] });
  }
  for (const expression of selector.matchExpressions ?? []) {
    const requirement = requirementOf(expression);
    if (requirement === undefined) return undefined;
    requirements.push(requirement);
  }
  return requirements.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
}

/** As tables print it. */
export function labelSelectorText(selector: LabelSelector | undefined): string {
  if (selector === undefined) return "<none>";
  const requirements = labelSelectorRequirements(selector);
  if (requirements === undefined) return "<error>";
  return requirements.length === 0 ? "<none>" : formatLabelSelector(requirements);
}

function requirementOf({ key, operator, values = [] }: Expression): LabelSelectorRequirement | undefined {
  switch (operator) {
    case "In":
      return values.length === 0 ? undefined : { key, operator: "in", values };
    case "NotIn":
      return values.length === 0 ? undefined : { key, operator: "notin", values };
    case "Exists":
      return values.length === 0 ? { key, operator: "exists", values } : undefined;
    case "DoesNotExist":
      return values.length === 0 ? { key, operator: "!", values } : undefined;
    default:
      return undefined;
  }
}

import type { KubernetesObject, ResourceDefinition } from "#api/resource.ts";
import { badRequest } from "#api/status.ts";
import { type FieldSelectorTerm, parseFieldSelector } from "#wire/field-selector.ts";
import {
  type LabelSelectorRequirement,
  matchesLabels,
  parseLabelSelector,
  SelectorError,
} from "#wire/label-selector.ts";
import type { Exchange } from "../exchange.ts";
import type { Selection } from "../watch-cache/watch-cache.ts";

type Read = (object: KubernetesObject) => string;
type Matcher = (object: KubernetesObject) => boolean;

const metadataFields: Readonly<Record<string, Read>> = {
  "metadata.name": object => object.metadata.name ?? "",
  "metadata.namespace": object => object.metadata.namespace ?? "",
};

/** What a list, watch or deletecollection is about: path, label selector and field selector in one. */
export function selectionOf(exchange: Exchange, definition: ResourceDefinition): Selection<KubernetesObject> {
  const { info, query } = exchange;
  const labels = readSelector(() => parseLabelSelector(query.get("labelSelector") ?? ""));
  const terms = readSelector(() => parseFieldSelector(query.get("fieldSelector") ?? ""));
  for (const { field } of terms) reader(definition, field);
  const exact = (field: string) => terms.find(term => term.field === field && term.operator === "=")?.value;
  const scope = definition.scope === "Namespaced" ? info.namespace : "";
  const namespace = scope || exact("metadata.namespace") || undefined;
  const indexed = definition.indexFields.find(field => exact(field) !== undefined);
  const name = info.name || exact("metadata.name");
  const matches = matcher(definition, labels, terms, namespace, name);
  return {
    namespace,
    ...(name && { name }),
    ...(indexed !== undefined && { index: { field: indexed, value: exact(indexed)! } }),
    ...(matches && { matches }),
    text: [scope, name ?? "", query.get("labelSelector") ?? "", query.get("fieldSelector") ?? ""].join("\u0000"),
  };
}

/** True when a selector narrows the list, so that nobody can say how much of it remains. */
export function isNarrowed({ name, index, matches }: Selection<KubernetesObject>): boolean {
  return name !== undefined || index !== undefined || matches !== undefined;
}

function readSelector<T>(parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (error instanceof SelectorError) throw badRequest(error.message);
    throw error;
  }
}

function reader(definition: ResourceDefinition, field: string): Read {
  const read = [metadataFields, definition.selectableFields].find(known => Object.hasOwn(known, field))?.[field];
  if (read === undefined) throw badRequest(`field label not supported: ${field}`);
  return read;
}

function matcher(
  definition: ResourceDefinition,
  labels: readonly LabelSelectorRequirement[],
  terms: readonly FieldSelectorTerm[],
  namespace: string | undefined,
  name: string | undefined,
): Matcher | undefined {
  const checks: Matcher[] = [];
  for (const { field, operator, value } of terms) {
    // The path or the cache's index has seen to these.
    if (field === "metadata.name" && operator === "=" && value === name) continue;
    if (field === "metadata.namespace" && operator === "=" && value === namespace) continue;
    const read = reader(definition, field);
    checks.push(operator === "=" ? object => read(object) === value : object => read(object) !== value);
  }
  if (labels.length > 0) checks.push(object => matchesLabels(labels, object.metadata.labels));
  if (checks.length === 0) return undefined;
  return checks.length === 1 ? checks[0] : object => checks.every(check => check(object));
}

import { humanDuration } from "#wire/human-duration.ts";
import type { LabelSelector } from "./meta/v1/label-selector.ts";
import { labelSelectorText } from "./meta/v1/label-selector-match.ts";
import type { Column, KubernetesObject } from "./resource.ts";

/** Columns that many kinds have, and how their cells are worded. */

export const age: Column<KubernetesObject> = {
  name: "Age",
  type: "string",
  doc: "Time since the object was created.",
  value: (object, { now }) => timeSince(object.metadata.creationTimestamp, now),
};

/** For kinds whose table gives the time itself. */
export const createdAt: Column<KubernetesObject> = {
  name: "Created At",
  type: "date",
  doc: "When the object was created.",
  value: object => object.metadata.creationTimestamp ?? null,
};

/** `5m3s` since a time; `<unknown>` without one. */
export function timeSince(time: string | undefined, now: number): string {
  return time ? humanDuration(now - Date.parse(time)) : "<unknown>";
}

export function orNone(text: string | undefined): string {
  return text || "<none>";
}

/** `a=1,b=2` in the order of the keys. */
export function labelsText(labels: Readonly<Record<string, string>> | undefined): string {
  const pairs = Object.entries(labels ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  return orNone(pairs.map(([key, value]) => `${key}=${value}`).join(","));
}

/** The first `max` of a list, then how many more there are. */
export function fewOf(items: readonly string[], max: number, none: string): string {
  if (items.length === 0) return none;
  const shown = items.slice(0, max).join(",");
  return items.length > max ? `${shown} + ${items.length - max} more...` : shown;
}

interface Templated extends KubernetesObject {
  readonly spec: {
    readonly template?: { readonly spec?: { readonly containers: readonly Image[] } } | undefined;
  };
}

interface Image {
  readonly name: string;
  readonly image?: string | undefined;
}

/** What wide tables say of the containers a workload makes. */
export const containerColumns: readonly Column<Templated>[] = [
  {
    name: "Containers",
    type: "string",
    priority: 1,
    doc: "Names of the containers in the pod template.",
    value: ({ spec }) => (spec.template?.spec?.containers ?? []).map(container => container.name).join(","),
  },
  {
    name: "Images",
    type: "string",
    priority: 1,
    doc: "Images of the containers in the pod template.",
    value: ({ spec }) => (spec.template?.spec?.containers ?? []).map(container => container.image ?? "").join(","),
  },
];

interface Workload extends Templated {
  readonly spec: Templated["spec"] & { readonly selector?: LabelSelector | undefined };
}

/** What wide tables say of the pods a workload makes. */
export const workloadColumns: readonly Column<Workload>[] = [
  ...containerColumns,
  {
    name: "Selector",
    type: "string",
    priority: 1,
    doc: "Selects the pods that are counted.",
    value: ({ spec }) => labelSelectorText(spec.selector),
  },
];

import { isMap, type JsonMap } from "#wire/patch/json-value.ts";
import { gained } from "./compare.ts";
import { difference, type MaybeSet } from "./field-set.ts";
import type { RootStructure } from "./structure.ts";
import { toSet } from "./to-set.ts";

/** Where client-side apply keeps what it applied. */
const annotation = "kubectl.kubernetes.io/last-applied-configuration";
const annotationLimitBytes = 262_144;

/** Only kubectl's own server-side apply takes over from client-side apply. */
export const kubectlManager = "kubectl";

/**
 * The fields that client-side apply set and nobody changed since: kubectl may take them from their managers without
 * force, so that users can go from one kind of apply to the other.
 */
export function unchangedSinceLastApplied(root: RootStructure, live: object): MaybeSet {
  const text = annotationsOf(live)[annotation];
  const applied = typeof text === "string" ? parseObject(text) : undefined;
  if (applied === undefined) return undefined;
  const differing = gained(root.owned, applied, live, "changed");
  const missing = gained(root.owned, live, applied, "added");
  return difference(difference(toSet(root.owned, applied), differing), missing);
}

/** `merged` with the annotation brought up to date, when it has one: older clients compare with it. */
export function withLastApplied(merged: JsonMap, applied: JsonMap): JsonMap {
  const annotations = annotationsOf(merged);
  if (!Object.hasOwn(annotations, annotation)) return merged;
  const { [annotation]: _, ...others } = annotations;
  const text = `${JSON.stringify(sortedKeys(withoutAnnotation(applied)))}\n`;
  const metadata = {
    ...(merged["metadata"] as JsonMap),
    annotations: text.length > annotationLimitBytes ? others : { ...others, [annotation]: text },
  };
  return { ...merged, metadata } as JsonMap;
}

function withoutAnnotation(applied: JsonMap): JsonMap {
  const annotations = annotationsOf(applied);
  if (!Object.hasOwn(annotations, annotation)) return applied;
  const { [annotation]: _, ...others } = annotations;
  return { ...applied, metadata: { ...(applied["metadata"] as JsonMap), annotations: others } } as JsonMap;
}

function annotationsOf(object: object): Readonly<Record<string, unknown>> {
  const { metadata } = object as { metadata?: { annotations?: Readonly<Record<string, unknown>> } };
  return metadata?.annotations ?? {};
}

function parseObject(text: string): JsonMap | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isMap(value) ? value : undefined;
  } catch {
    return undefined; // The annotation is the client's to write: what is no object was not applied by kubectl.
  }
}

function sortedKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortedKeys);
  if (!isMap(value)) return value;
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map(key => [key, sortedKeys(value[key])]),
  );
}

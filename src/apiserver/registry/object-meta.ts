import type { ObjectMeta } from "#api/meta/v1/object-meta.ts";
import type { KubernetesObject, Mutable, ResourceDefinition } from "#api/resource.ts";
import { conflict, failure, invalid } from "#api/status.ts";
import { formatTime } from "#base/clock.ts";
import { jsonEqual } from "#base/json-equal.ts";
import type { Random } from "#base/random.ts";
import { randomSuffix, randomUuid } from "#base/random.ts";

export type MutableMeta = Mutable<ObjectMeta>;

/** Names longer than this would leave no room for the five characters. */
const generateNameLimit = 63 - 5;

/** metadata of a new object: the server's fields are the server's to fill. */
export function fillNewMeta(definition: ResourceDefinition, meta: MutableMeta, nowMs: number, random: Random): void {
  if (meta.resourceVersion) throw failure(500, "", "resourceVersion should not be set on objects to be created");
  delete meta.resourceVersion;
  delete meta.selfLink;
  delete meta.deletionTimestamp;
  delete meta.deletionGracePeriodSeconds;
  if (!meta.name && meta.generateName) meta.name = generatedName(meta.generateName, random);
  meta.uid = randomUuid(random);
  meta.creationTimestamp = formatTime(nowMs);
  if (definition.hasGeneration) meta.generation = 1;
  else delete meta.generation;
}

export function generatedName(base: string, random: Random): string {
  return base.slice(0, generateNameLimit) + randomSuffix(random);
}

/** metadata of a changed object: what only the server changes stays as it was. */
export function keepServerMeta(meta: MutableMeta, old: ObjectMeta): void {
  meta.uid = old.uid;
  meta.creationTimestamp = old.creationTimestamp;
  copy(meta, old, "generateName");
  copy(meta, old, "generation");
  copy(meta, old, "deletionTimestamp");
  copy(meta, old, "deletionGracePeriodSeconds");
  delete meta.selfLink;
  delete meta.resourceVersion;
}

function copy<K extends keyof MutableMeta>(to: MutableMeta, from: ObjectMeta, key: K): void {
  if (from[key] === undefined) delete to[key];
  else to[key] = from[key] as MutableMeta[K];
}

/** Optimistic concurrency, and that the object meant is the object there is. */
export function checkUpdatePreconditions(
  definition: ResourceDefinition,
  meta: ObjectMeta,
  old: ObjectMeta,
  storeKey: string,
): void {
  const name = old.name ?? "";
  const { resourceVersion, uid } = meta;
  if (uid && uid !== old.uid) {
    throw conflict(
      definition,
      name,
      `StorageError: invalid object, Code: 4, Key: ${storeKey}, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: ${uid}, UID in object meta: ${old.uid}`,
    );
  }
  if (!resourceVersion || resourceVersion === "0") {
    if (definition.allowUnconditionalUpdate) return;
    throw invalid({ group: definition.group, kind: definition.plural }, name, [
      { type: "Invalid", field: "metadata.resourceVersion", badValue: 0, detail: "must be specified for an update" },
    ]);
  }
  if (!/^\d+$/.test(resourceVersion)) {
    throw failure(500, "", `strconv.ParseUint: parsing ${JSON.stringify(resourceVersion)}: invalid syntax`);
  }
  if (resourceVersion !== old.resourceVersion) throw conflict(definition, name);
}

/** True when anything but metadata and status differs: what bumps metadata.generation. */
export function specChanged(object: KubernetesObject, old: KubernetesObject): boolean {
  const a = object as unknown as Record<string, unknown>;
  const b = old as unknown as Record<string, unknown>;
  for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) {
    if (key === "metadata" || key === "status" || key === "apiVersion" || key === "kind") continue;
    if (!jsonEqual(a[key], b[key])) return true;
  }
  return false;
}

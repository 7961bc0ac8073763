import type { DeleteOptions } from "#api/meta/v1/options.ts";
import type { KubernetesObject, Mutable } from "#api/resource.ts";
import { conflict } from "#api/status.ts";
import { formatTime } from "#base/clock.ts";
import type { AdmissionRequest } from "../attributes.ts";
import type { Exchange } from "../exchange.ts";
import type { Version } from "../watch-cache/watch-cache.ts";
import type { ObjectRef, ObjectStore, ObjectVersion } from "./object-store.ts";
import { translateKvError } from "./object-store.ts";

export const foregroundFinalizer = "foregroundDeletion";
export const orphanFinalizer = "orphan";
const triesLimit = 100;

export interface Deletion<T extends KubernetesObject> {
  /** The last state, or the state with the mark. */
  readonly version: ObjectVersion<T>;
  /** False: only marked; a finalizer, a grace period or the registry keeps it. */
  readonly gone: boolean;
}

/** Deletes the object, or marks it when something has to happen first. */
export async function deleteObject<T extends KubernetesObject>(
  store: ObjectStore<T>,
  exchange: Exchange,
  ref: ObjectRef,
  options: DeleteOptions,
): Promise<Deletion<T>> {
  for (let tries = 1; ; tries++) {
    const current = await store.get(ref);
    checkPreconditions(store, current, options);
    await admitDelete(store, exchange, current, options);
    const outcome = await tryDelete(store, exchange, ref, current, options);
    if (typeof outcome !== "number") return outcome;
    if (tries === triesLimit) throw conflict(store.definition, ref.name);
    try {
      await store.cache.waitFor(outcome, 3_000);
    } catch (error) {
      throw translateKvError(error);
    }
  }
}

function checkPreconditions<T extends KubernetesObject>(
  { definition }: ObjectStore<T>,
  { object }: Version<T>,
  { preconditions }: DeleteOptions,
): void {
  if (preconditions === undefined) return;
  const { uid, resourceVersion } = preconditions;
  const { metadata } = object;
  // These messages name the kind where others name the resource.
  const kind = { group: definition.group, plural: definition.kind };
  if (uid !== undefined && uid !== metadata.uid) {
    throw conflict(
      kind,
      metadata.name ?? "",
      `the UID in the precondition (${uid}) does not match the UID in record (${metadata.uid}). The object might have been deleted and then recreated`,
    );
  }
  if (resourceVersion !== undefined && resourceVersion !== metadata.resourceVersion) {
    throw conflict(
      kind,
      metadata.name ?? "",
      `the ResourceVersion in the precondition (${resourceVersion}) does not match the ResourceVersion in record (${metadata.resourceVersion}). The object might have been modified`,
    );
  }
}

async function admitDelete<T extends KubernetesObject>(
  store: ObjectStore<T>,
  exchange: Exchange,
  current: Version<T>,
  options: DeleteOptions,
): Promise<void> {
  const request: AdmissionRequest = {
    attributes: { ...exchange.attributes, verb: "delete", name: current.name },
    operation: "DELETE",
    resource: store.definition,
    old: current.object,
    dryRun: isDryRun(options),
    cause: exchange.cause,
  };
  await store.admit(request);
  await store.admitted(request);
}

/** What happened; or the revision at which somebody else turned out to have been first. */
async function tryDelete<T extends KubernetesObject>(
  store: ObjectStore<T>,
  exchange: Exchange,
  ref: ObjectRef,
  current: Version<T>,
  options: DeleteOptions,
): Promise<Deletion<T> | number> {
  const plan = planDeletion(store, current.object, options);
  if (plan.type === "keep") return { version: current, gone: false };
  if (plan.type === "remove") {
    if (isDryRun(options)) return { version: current, gone: true };
    const { succeeded, revision } = await store.commitDelete(exchange, ref, current.revision);
    if (!succeeded) return revision;
    store.record(exchange, current.object, revision);
    return { version: store.versionOf(store.thaw(current), storedBytes(store, current), revision), gone: true };
  }
  return mark(store, exchange, ref, current, plan, isDryRun(options));
}

function storedBytes<T extends KubernetesObject>(store: ObjectStore<T>, current: Version<T>): Uint8Array {
  return store.encode(store.thaw(current));
}

async function mark<T extends KubernetesObject>(
  store: ObjectStore<T>,
  exchange: Exchange,
  ref: ObjectRef,
  current: Version<T>,
  plan: Mark,
  dryRun: boolean,
): Promise<Deletion<T> | number> {
  const object = store.thaw(current);
  const meta = (object as Mutable<KubernetesObject>).metadata;
  if (meta.deletionTimestamp === undefined && meta.generation) meta.generation++;
  meta.deletionTimestamp = plan.deletionTimestamp ?? endTime(store, plan.graceSeconds);
  meta.deletionGracePeriodSeconds = plan.graceSeconds;
  if (plan.finalizers.length > 0) meta.finalizers = [...plan.finalizers];
  else delete meta.finalizers;
  store.registry?.markDeleted?.(object);
  const stored = store.encode(object);
  if (dryRun) return { version: store.dryVersionOf(object, stored, current.revision), gone: false };
  const { succeeded, revision } = await store.commit(exchange, ref, current.revision, object, stored);
  if (!succeeded) return revision;
  store.record(exchange, object as T, revision);
  return { version: store.versionOf(object, stored, revision), gone: false };
}

/** deletionTimestamp is when the grace period ends, not when the delete came. */
function endTime<T extends KubernetesObject>(store: ObjectStore<T>, graceSeconds: number): string {
  return formatTime(store.deps.clock.now() + graceSeconds * 1000);
}

interface Mark {
  readonly type: "mark";
  readonly graceSeconds: number;
  readonly finalizers: readonly string[];
  /** The end that was set before and stays. */
  readonly deletionTimestamp: string | undefined;
}

export type DeletionPlan = Mark | { readonly type: "remove" } | { readonly type: "keep" };

/** What a delete does to this object. Pure but for the registry's answers. */
function planDeletion<T extends KubernetesObject>(
  { registry, definition }: Pick<ObjectStore<T>, "registry" | "definition">,
  object: T,
  options: DeleteOptions,
): DeletionPlan {
  const { deletionTimestamp, deletionGracePeriodSeconds, finalizers: present = [] } = object.metadata;
  const asked = registry?.gracePeriodSeconds?.(object, options) ?? 0;
  const before = deletionTimestamp === undefined ? undefined : (deletionGracePeriodSeconds ?? 0);
  // A second delete may shorten the wait, never lengthen it.
  const graceSeconds = before === undefined ? asked : Math.min(before, asked);
  const shortened = before !== undefined && graceSeconds < before;
  const finalizers = finalizersAfter(present, options, definition.orphansByDefault ?? false);
  const held = finalizers.length > 0 || (registry?.holdsDeletion?.(object) ?? false);
  if (graceSeconds === 0 && !held) return { type: "remove" };
  const sameFinalizers = finalizers.length === present.length && finalizers.every((name, i) => name === present[i]);
  if (before !== undefined && !shortened && sameFinalizers) return { type: "keep" };
  return {
    type: "mark",
    graceSeconds,
    finalizers,
    deletionTimestamp: before === undefined || shortened ? undefined : deletionTimestamp,
  };
}

/** The propagation policy travels to the garbage collector as a finalizer. */
function finalizersAfter(
  present: readonly string[],
  options: DeleteOptions,
  orphansByDefault: boolean,
): readonly string[] {
  const wanted = policyFinalizer(present, options, orphansByDefault);
  const others = present.filter(name => name !== orphanFinalizer && name !== foregroundFinalizer);
  if (wanted === undefined) return others;
  return present.includes(wanted) && others.length === present.length - 1 ? present : [...others, wanted];
}

function policyFinalizer(
  present: readonly string[],
  options: DeleteOptions,
  orphansByDefault: boolean,
): string | undefined {
  if (options.orphanDependents !== undefined) return options.orphanDependents ? orphanFinalizer : undefined;
  switch (options.propagationPolicy) {
    case "Orphan":
      return orphanFinalizer;
    case "Foreground":
      return foregroundFinalizer;
    case "Background":
      return undefined;
    default:
      // Nobody says: what an earlier delete said stays.
      if (present.includes(orphanFinalizer)) return orphanFinalizer;
      if (present.includes(foregroundFinalizer)) return foregroundFinalizer;
      return orphansByDefault ? orphanFinalizer : undefined;
  }
}

function isDryRun({ dryRun }: DeleteOptions): boolean {
  return (dryRun?.length ?? 0) > 0;
}

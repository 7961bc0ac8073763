import type { FieldError } from "#api/field-error.ts";
import type { KubernetesObject, Mutable, ResourceDefinition } from "#api/resource.ts";
import { fieldErrorsOf } from "#api/schema-validation.ts";
import { badRequest, conflict, invalid } from "#api/status.ts";
import { validateStatusUpdate, validateUpdate } from "#api/validate.ts";
import type { AdmissionRequest } from "../attributes.ts";
import type { WriteOptions } from "../endpoints/write-options.ts";
import type { Exchange } from "../exchange.ts";
import type { Version } from "../watch-cache/watch-cache.ts";
import { checkUpdatePreconditions, keepServerMeta, specChanged } from "./object-meta.ts";
import type { ObjectRef, ObjectStore, ObjectVersion } from "./object-store.ts";
import { translateKvError } from "./object-store.ts";

/** Lost races after which the writer is told of the conflict. */
const triesLimit = 100;

export interface Change<T extends KubernetesObject> {
  readonly options: Pick<WriteOptions, "dryRun" | "fieldManager">;
  /**
   * `""`: all but status; `"status"`: only status; anything else: what `apply` changed, with neither split nor
   * mutating admission between.
   */
  readonly part: "" | "status" | "whole";
  /** Puts back what this subresource may not change. */
  restrict?: ((object: Mutable<T>, old: T) => void) | undefined;
  /** managedFields come with the new object (server-side apply). */
  readonly applied?: boolean;
  /**
   * Makes the new object of the present one, which it must not change; undefined: nothing is to be written. Runs again
   * when another writer was first.
   */
  apply(current: Version<T>): Mutable<T> | undefined | Promise<Mutable<T> | undefined>;
}

/** Changes an object that exists; 404 when it does not. A change that changes nothing writes nothing. */
export async function updateObject<T extends KubernetesObject>(
  store: ObjectStore<T>,
  exchange: Exchange,
  ref: ObjectRef,
  change: Change<T>,
): Promise<ObjectVersion<T>> {
  for (let tries = 1; ; tries++) {
    const current = await store.get(ref);
    const object = await change.apply(current);
    if (object === undefined) return current;
    const outcome = await tryUpdate(store, exchange, ref, change, current, object);
    if (typeof outcome !== "number") return outcome;
    if (tries === triesLimit) throw conflict(store.definition, ref.name);
    try {
      await store.cache.waitFor(outcome, 3_000);
    } catch (error) {
      throw translateKvError(error);
    }
  }
}

/** The new version; or the revision at which somebody else turned out to have been first. */
async function tryUpdate<T extends KubernetesObject>(
  store: ObjectStore<T>,
  exchange: Exchange,
  ref: ObjectRef,
  change: Change<T>,
  current: Version<T>,
  object: Mutable<T>,
): Promise<ObjectVersion<T> | number> {
  const { definition } = store;
  checkIdentity(ref, object as T);
  const old = current.object;
  const meta = (object as Mutable<KubernetesObject>).metadata;
  checkUpdatePreconditions(definition, meta, old.metadata, store.keyOf(ref));
  keepServerMeta(meta, old.metadata);
  keepOtherPart(store, change.part, object, old);
  change.restrict?.(object, old);
  if (!change.applied) recordOwner(store, exchange, object, old, change.options.fieldManager);
  meta.resourceVersion = old.metadata.resourceVersion;

  const request: AdmissionRequest = {
    attributes: exchange.attributes,
    operation: "UPDATE",
    resource: definition,
    object: object as T,
    old,
    dryRun: change.options.dryRun,
    cause: exchange.cause,
  };
  // Beside what a subresource changes stands the old rest, which was completed long ago and is frozen.
  if ((await store.admit(request)) && change.part === "") store.codec.applyDefaults(object as T);
  if (change.part === "") definition.prepareForUpdate?.(object, old);
  const release = change.part === "" ? store.registry?.prepare?.(object, old, change.options) : undefined;
  try {
    if (definition.hasGeneration && change.part !== "status" && specChanged(object as T, old)) {
      meta.generation = (old.metadata.generation ?? 0) + 1;
    }
    const errors = validations[change.part](definition as ResourceDefinition, object as T, old);
    if (errors.length > 0) throw invalid(definition, ref.name, errors);
    if (change.part === "" && definition.warnings) exchange.warnings.push(...definition.warnings(object as T, old));
    await store.admitted(request);
    return await write(store, exchange, ref, change, current, object);
  } finally {
    release?.();
  }
}

type Validate = (definition: ResourceDefinition, object: KubernetesObject, old: KubernetesObject) => FieldError[];

const validations: Readonly<Record<Change<KubernetesObject>["part"], Validate>> = {
  "": validateUpdate,
  status: validateStatusUpdate,
  // What may change here is fixed for everybody else: only the fields' own rules hold.
  whole: ({ struct }, object) => fieldErrorsOf(struct, { ...object }),
};

async function write<T extends KubernetesObject>(
  store: ObjectStore<T>,
  exchange: Exchange,
  ref: ObjectRef,
  change: Change<T>,
  current: Version<T>,
  object: Mutable<T>,
): Promise<ObjectVersion<T> | number> {
  const stored = store.encode(object);
  if (store.isServedAs(object as T, stored, current)) return current;
  if (change.options.dryRun) return store.dryVersionOf(object, stored, current.revision);
  const ends = isFinished(store, object as T);
  const { succeeded, revision } = ends
    ? await store.commitDelete(exchange, ref, current.revision)
    : await store.commit(exchange, ref, current.revision, object, stored);
  if (!succeeded) return revision;
  store.record(exchange, object as T, revision);
  return store.versionOf(object, stored, revision);
}

/** True for an object marked for deletion that nothing keeps any more. */
function isFinished<T extends KubernetesObject>(store: ObjectStore<T>, object: T): boolean {
  const { deletionTimestamp, deletionGracePeriodSeconds, finalizers } = object.metadata;
  if (deletionTimestamp === undefined || finalizers?.length) return false;
  return !deletionGracePeriodSeconds && !store.registry?.holdsDeletion?.(object);
}

function checkIdentity(ref: ObjectRef, object: KubernetesObject): void {
  const { name, namespace } = object.metadata;
  if (name !== ref.name) {
    throw badRequest(`the name of the object (${name ?? ""}) does not match the name on the URL (${ref.name})`);
  }
  if (namespace !== undefined && namespace !== ref.namespace) {
    throw badRequest(
      `the namespace of the object (${namespace}) does not match the namespace on the URL (${ref.namespace})`,
    );
  }
}

type Fields = Record<string, unknown>;

/** Status is written through /status only, everything else through the resource itself only. */
function keepOtherPart<T extends KubernetesObject>(
  store: ObjectStore<T>,
  part: Change<T>["part"],
  object: Mutable<T>,
  old: T,
): void {
  if (!store.definition.hasStatus || part === "whole") return;
  const target = object as Fields;
  const source = old as unknown as Fields;
  if (part === "") {
    keep(target, source, "status");
    return;
  }
  for (const key of Object.keys(target)) if (!sharedKeys.has(key)) delete target[key];
  for (const key of Object.keys(source)) if (!sharedKeys.has(key)) target[key] = source[key];
}

const sharedKeys = new Set(["apiVersion", "kind", "metadata", "status"]);

function keep(target: Fields, source: Fields, key: string): void {
  if (source[key] === undefined) delete target[key];
  else target[key] = source[key];
}

function recordOwner<T extends KubernetesObject>(
  store: ObjectStore<T>,
  exchange: Exchange,
  object: Mutable<T>,
  old: T,
  manager: string,
): void {
  const meta = (object as Mutable<KubernetesObject>).metadata;
  const writer = { manager, subresource: exchange.info.subresource, timeMs: store.deps.clock.now() };
  const managedFields = store.deps.fieldManager.recordUpdate(old, object, writer);
  if (managedFields === undefined) delete meta.managedFields;
  else meta.managedFields = managedFields as Mutable<typeof managedFields>;
}

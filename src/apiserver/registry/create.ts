import type { KubernetesObject, Mutable } from "#api/resource.ts";
import { alreadyExists, invalid } from "#api/status.ts";
import { validateCreate } from "#api/validate.ts";
import type { AdmissionRequest } from "../attributes.ts";
import type { WriteOptions } from "../endpoints/write-options.ts";
import type { Exchange } from "../exchange.ts";
import { fillNewMeta, generatedName } from "./object-meta.ts";
import type { ObjectStore, ObjectVersion } from "./object-store.ts";

/** How often a generated name that is taken is drawn anew. */
const generateNameTries = 8;

export interface Creation {
  readonly options: Pick<WriteOptions, "dryRun" | "fieldManager">;
  /** The object has its managedFields already (server-side apply). */
  readonly applied?: boolean;
}

/** Creates the object, which is decoded, in its namespace, and given up to this call. */
export async function createObject<T extends KubernetesObject>(
  store: ObjectStore<T>,
  exchange: Exchange,
  object: Mutable<T>,
  { options, applied = false }: Creation,
): Promise<ObjectVersion<T>> {
  const { definition, deps } = store;
  const meta = (object as Mutable<KubernetesObject>).metadata;
  const { generateName } = meta;
  const named = !!meta.name;
  store.codec.applyDefaults(object as T);
  fillNewMeta(definition, meta, deps.clock.now(), deps.random);
  if (definition.hasStatus && !store.registry?.keepsStatusOnCreate) resetStatus(store, object);
  if (!applied) recordOwner(store, exchange, object, options.fieldManager);

  const request: AdmissionRequest = {
    attributes: { ...exchange.attributes, name: meta.name ?? "" },
    operation: "CREATE",
    resource: definition,
    object: object as T,
    dryRun: options.dryRun,
    cause: exchange.cause,
  };
  if (await store.admit(request)) store.codec.applyDefaults(object as T);
  definition.prepareForCreate?.(object);
  const release = store.registry?.prepare?.(object, undefined, options);
  try {
    const errors = validateCreate(definition, object as T);
    if (errors.length > 0) throw invalid(definition, meta.name ?? "", errors);
    if (definition.warnings) exchange.warnings.push(...definition.warnings(object as T, undefined));
    await store.admitted(request);
    return await insert(store, exchange, object, named ? undefined : generateName, options.dryRun);
  } finally {
    release?.();
  }
}

async function insert<T extends KubernetesObject>(
  store: ObjectStore<T>,
  exchange: Exchange,
  object: Mutable<T>,
  generateName: string | undefined,
  dryRun: boolean,
): Promise<ObjectVersion<T>> {
  const meta = (object as Mutable<KubernetesObject>).metadata;
  for (let tries = 1; ; tries++) {
    const ref = { namespace: meta.namespace ?? "", name: meta.name ?? "" };
    const stored = store.encode(object);
    if (dryRun) {
      const waiting = store.fresh();
      if (waiting !== undefined) await waiting;
      if (store.cache.get(ref.namespace, ref.name) === undefined) return store.dryVersionOf(object, stored, undefined);
    } else {
      const { succeeded, revision } = await store.commit(exchange, ref, 0, object, stored);
      if (succeeded) {
        store.record(exchange, object as T, revision);
        return store.versionOf(object, stored, revision);
      }
    }
    if (generateName === undefined || tries === generateNameTries) throw alreadyExists(store.definition, ref.name);
    meta.name = generatedName(generateName, store.deps.random);
  }
}

/** A client says what it wants, never what is. */
function resetStatus<T extends KubernetesObject>(store: ObjectStore<T>, object: Mutable<T>): void {
  const blank = store.codec.decodeValue({}).object as { status?: unknown };
  const target = object as { status?: unknown };
  if (blank.status === undefined) delete target.status;
  else target.status = blank.status;
}

function recordOwner<T extends KubernetesObject>(
  store: ObjectStore<T>,
  exchange: Exchange,
  object: Mutable<T>,
  manager: string,
): void {
  const meta = (object as Mutable<KubernetesObject>).metadata;
  const writer = { manager, subresource: exchange.info.subresource, timeMs: store.deps.clock.now() };
  const managedFields = store.deps.fieldManager.recordCreate(object, writer);
  if (managedFields === undefined) delete meta.managedFields;
  else meta.managedFields = managedFields as Mutable<typeof managedFields>;
}

import { deepFreeze } from "#api/codec/freeze.ts";
import type { KubernetesObject, ResourceDefinition } from "#api/resource.ts";
import { alreadyExists, conflict, invalid, notFound } from "#api/status.ts";
import { applyPatch } from "#apiserver/patch/apply-patch.ts";
import { type Clock, formatTime } from "#base/clock.ts";
import { randomSuffix, randomUuid, seededRandom } from "#base/random.ts";
import {
  type Client,
  keyOf,
  type ListOptions,
  type ObjectKey,
  type Patch,
  type WatchEvent,
  type WatchOptions,
  type WriteOptions,
} from "#client/client.ts";

type Stored = KubernetesObject & { readonly spec?: unknown; readonly status?: unknown };
type Change = { readonly resource: string; readonly event: WatchEvent<KubernetesObject> };

/**
 * An API of plain objects for controllers' tests: revisions, uids, generations, the status subresource, preconditions,
 * finalizers, propagation policies and WatchList, without defaults, validation or authorization. Pods are deleted at
 * once, or wait for {@link finish} with `gracefulPods`.
 */
export class MemoryApi {
  readonly gracefulPods: boolean;
  /** `create pods default/web-x2x9k`: every write, in order. */
  readonly writes: string[] = [];
  readonly #clock: Clock;
  readonly #random = seededRandom(1);
  readonly #objects = new Map<string, Map<string, Stored>>();
  readonly #watchers = new Set<(change: Change) => void>();
  #revision = 0;

  constructor(clock: Clock, options: { readonly gracefulPods?: boolean } = {}) {
    this.#clock = clock;
    this.gracefulPods = options.gracefulPods ?? false;
  }

  get client(): Client {
    return this.#client();
  }

  get<T extends KubernetesObject>(resource: ResourceDefinition<T>, key: string): T | undefined {
    return this.#of(resource).get(key) as T | undefined;
  }

  list<T extends KubernetesObject>(resource: ResourceDefinition<T>, namespace?: string): readonly T[] {
    const all = [...this.#of(resource).values()] as T[];
    return namespace === undefined ? all : all.filter(object => object.metadata.namespace === namespace);
  }

  /** Takes the object away, as a kubelet does once a pod's containers have stopped. */
  finish(resource: ResourceDefinition, key: string): void {
    const object = this.#of(resource).get(key);
    if (object !== undefined) this.#remove(resource, object);
  }

  #client(): Client {
    const api = this;
    const client: Client = {
      async get<T extends KubernetesObject>(resource: ResourceDefinition<T>, key: ObjectKey) {
        return api.#live(resource, key) as T;
      },
      async list<T extends KubernetesObject>(resource: ResourceDefinition<T>, options: ListOptions = {}) {
        return { resourceVersion: String(api.#revision), items: api.list(resource, options.namespace) };
      },
      async create<T extends KubernetesObject>(resource: ResourceDefinition<T>, object: T) {
        return api.#create(resource, object) as T;
      },
      async update<T extends KubernetesObject>(resource: ResourceDefinition<T>, object: T, options?: WriteOptions) {
        return api.#update(resource, object, options?.subresource) as T;
      },
      async patch<T extends KubernetesObject>(
        resource: ResourceDefinition<T>,
        key: ObjectKey,
        patch: Patch,
        options?: WriteOptions,
      ) {
        return api.#patch(resource, key, patch, options?.subresource) as T;
      },
      async delete(resource, key, options) {
        const live = api.#live(resource, key);
        const { uid, resourceVersion } = options?.preconditions ?? {};
        const name = key.name;
        if (uid !== undefined && uid !== live.metadata.uid) throw conflict(resource, name, "the uid differs");
        if (resourceVersion !== undefined && resourceVersion !== live.metadata.resourceVersion) {
          throw conflict(resource, name, "the version differs");
        }
        api.#delete(resource, live, options?.propagationPolicy, options?.gracePeriodSeconds);
      },
      async deleteCollection(resource, options, deleteOptions) {
        for (const object of api.list(resource, options.namespace)) {
          api.#delete(resource, object, deleteOptions?.propagationPolicy);
        }
      },
      watch: <T extends KubernetesObject>(resource: ResourceDefinition<T>, options: WatchOptions) =>
        api.#watch(resource, options) as AsyncGenerator<WatchEvent<T>>,
      async createSubresource() {
        throw new Error("not part of this API");
      },
      async review() {
        throw new Error("not part of this API");
      },
      because: () => client,
    };
    return client;
  }

  async *#watch(resource: ResourceDefinition, options: WatchOptions): AsyncGenerator<WatchEvent<KubernetesObject>> {
    const waiting: WatchEvent<KubernetesObject>[] = [];
    let wake = () => {};
    const watcher = ({ resource: of, event }: Change) => {
      if (of !== nameOf(resource)) return;
      waiting.push(event);
      wake();
    };
    this.#watchers.add(watcher);
    const abort = () => wake();
    options.signal.addEventListener("abort", abort);
    try {
      for (const object of this.list(resource)) waiting.push({ type: "ADDED", object });
      waiting.push({ type: "BOOKMARK", resourceVersion: String(this.#revision), initialEventsEnd: true });
      while (!options.signal.aborted) {
        const event = waiting.shift();
        if (event !== undefined) yield event;
        else await new Promise<void>(resolve => (wake = resolve));
      }
    } finally {
      this.#watchers.delete(watcher);
      options.signal.removeEventListener("abort", abort);
    }
  }

  #live(resource: ResourceDefinition, key: ObjectKey): Stored {
    const live = this.#of(resource).get(keyOf({ metadata: key }));
    if (live === undefined) throw notFound(resource, key.name);
    return live;
  }

  #create(resource: ResourceDefinition, object: Stored): Stored {
    const { generateName, ...metadata } = object.metadata;
    const name = metadata.name ?? `${generateName}${randomSuffix(this.#random)}`;
    const created: Stored = {
      ...object,
      metadata: {
        ...metadata,
        ...(generateName && { generateName }),
        name,
        uid: randomUuid(this.#random),
        creationTimestamp: formatTime(this.#clock.now()),
        generation: 1,
      },
    };
    if (this.#of(resource).has(keyOf(created))) throw alreadyExists(resource, name);
    this.writes.push(`create ${resource.plural} ${keyOf(created)}`);
    return this.#store(resource, created, "ADDED");
  }

  #update(resource: ResourceDefinition, object: Stored, subresource: string | undefined): Stored {
    const live = this.#live(resource, { namespace: object.metadata.namespace, name: object.metadata.name ?? "" });
    const sent = object.metadata.resourceVersion;
    if (sent && sent !== live.metadata.resourceVersion) throw conflict(resource, live.metadata.name ?? "");
    this.writes.push(`update ${resource.plural}${subresource ? `/${subresource}` : ""} ${keyOf(live)}`);
    return this.#write(resource, live, object, subresource);
  }

  #patch(resource: ResourceDefinition, key: ObjectKey, patch: Patch, subresource: string | undefined): Stored {
    const live = this.#live(resource, key);
    const patched = applyPatch({
      type: patch.type as "merge",
      patch: new TextEncoder().encode(JSON.stringify(patch.body)),
      current: live as never,
      definition: resource,
    }) as unknown as Stored;
    if (patched.metadata.uid !== live.metadata.uid) throw invalid(resource, key.name, []);
    if (patched.metadata.resourceVersion !== live.metadata.resourceVersion) throw conflict(resource, key.name);
    this.writes.push(`patch ${resource.plural}${subresource ? `/${subresource}` : ""} ${keyOf(live)}`);
    return this.#write(resource, live, patched, subresource);
  }

  #write(resource: ResourceDefinition, live: Stored, wanted: Stored, subresource: string | undefined): Stored {
    const next: Stored =
      subresource === "status"
        ? { ...live, status: wanted.status }
        : { ...wanted, ...(resource.hasStatus && { status: live.status }) };
    if (JSON.stringify(next) === JSON.stringify(live)) return live;
    const { uid, creationTimestamp, deletionTimestamp, generation = 1 } = live.metadata;
    const grown = JSON.stringify(next.spec) === JSON.stringify(live.spec) ? generation : generation + 1;
    const metadata = {
      ...next.metadata,
      uid,
      creationTimestamp,
      ...(deletionTimestamp && { deletionTimestamp }),
      generation: grown,
    };
    const written = this.#store(resource, { ...next, metadata }, "MODIFIED");
    const held = (written.metadata.finalizers ?? []).length > 0 || namespaceFinalizers(written).length > 0;
    if (deletionTimestamp && !held && !(this.gracefulPods && resource.plural === "pods"))
      this.#remove(resource, written);
    return written;
  }

  #delete(resource: ResourceDefinition, live: Stored, policy?: string, graceSeconds?: number): void {
    this.writes.push(`delete ${resource.plural} ${keyOf(live)}`);
    const own = { Foreground: ["foregroundDeletion"], Orphan: ["orphan"] }[policy ?? ""] ?? [];
    const finalizers = [...new Set([...(live.metadata.finalizers ?? []), ...own])];
    const graceful = this.gracefulPods && resource.plural === "pods" && graceSeconds !== 0;
    if (finalizers.length === 0 && namespaceFinalizers(live).length === 0 && !graceful)
      return this.#remove(resource, live);
    if (live.metadata.deletionTimestamp) return;
    const deletionTimestamp = formatTime(this.#clock.now());
    const metadata = { ...live.metadata, deletionTimestamp, ...(finalizers.length > 0 && { finalizers }) };
    this.#store(resource, { ...live, metadata }, "MODIFIED");
  }

  #store(resource: ResourceDefinition, object: Stored, type: "ADDED" | "MODIFIED"): Stored {
    const resourceVersion = String(++this.#revision);
    const stored = deepFreeze(structuredClone({ ...object, metadata: { ...object.metadata, resourceVersion } }));
    this.#of(resource).set(keyOf(stored), stored);
    this.#tell(resource, { type, object: stored });
    return stored;
  }

  #remove(resource: ResourceDefinition, object: Stored): void {
    this.#of(resource).delete(keyOf(object));
    const resourceVersion = String(++this.#revision);
    this.#tell(resource, { type: "DELETED", object: { ...object, metadata: { ...object.metadata, resourceVersion } } });
  }

  #tell(resource: ResourceDefinition, event: WatchEvent<KubernetesObject>): void {
    for (const watcher of this.#watchers) watcher({ resource: nameOf(resource), event });
  }

  #of(resource: Pick<ResourceDefinition, "group" | "plural">): Map<string, Stored> {
    const objects = this.#objects.get(nameOf(resource)) ?? new Map<string, Stored>();
    this.#objects.set(nameOf(resource), objects);
    return objects;
  }
}

function nameOf({ group, plural }: Pick<ResourceDefinition, "group" | "plural">): string {
  return `${plural}.${group}`;
}

function namespaceFinalizers(object: Stored): readonly string[] {
  return (object.spec as { finalizers?: readonly string[] } | undefined)?.finalizers ?? [];
}

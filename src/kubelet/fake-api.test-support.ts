import type { DeleteOptions } from "#api/meta/v1/options.ts";
import type { KubernetesObject, ResourceDefinition } from "#api/resource.ts";
import { alreadyExists, notFound } from "#api/status.ts";
import { type Clock, formatTime } from "#base/clock.ts";
import type { Client, ListOptions, ObjectKey, ObjectList, Patch, WatchEvent, WatchOptions } from "#client/client.ts";

type Value = Record<string, unknown>;

/** As much of an API server as a kubelet uses, in memory: for tests of the kubelet alone. */
export class FakeApi implements Client {
  readonly writes: string[] = [];
  readonly #clock: Clock;
  readonly #objects = new Map<string, KubernetesObject>();
  readonly #watchers = new Set<(plural: string, event: WatchEvent<KubernetesObject>) => void>();
  #revision = 1;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  find<T extends KubernetesObject>(
    resource: ResourceDefinition<T>,
    namespace: string | undefined,
    name: string,
  ): T | undefined {
    return this.#objects.get(id(resource, { namespace, name })) as T | undefined;
  }

  /** Create or replace from outside. */
  async put<T extends KubernetesObject>(resource: ResourceDefinition<T>, object: T): Promise<T> {
    const { namespace, name = "" } = object.metadata;
    return this.#store(resource, object, this.find(resource, namespace, name) === undefined ? "ADDED" : "MODIFIED");
  }

  async get<T extends KubernetesObject>(resource: ResourceDefinition<T>, key: ObjectKey): Promise<T> {
    const found = this.#objects.get(id(resource, key));
    if (found === undefined) throw notFound(resource, key.name);
    return found as T;
  }

  async list<T extends KubernetesObject>(
    resource: ResourceDefinition<T>,
    options: ListOptions = {},
  ): Promise<ObjectList<T>> {
    const items = [...this.#objects].filter(
      ([key, object]) => key.startsWith(`${resource.plural}/`) && selects(object, options),
    );
    return { resourceVersion: String(this.#revision), items: items.map(([, object]) => object as T) };
  }

  async create<T extends KubernetesObject>(resource: ResourceDefinition<T>, object: T): Promise<T> {
    this.writes.push(`create ${resource.plural}`);
    const { namespace, name = "" } = object.metadata;
    if (this.find(resource, namespace, name) !== undefined) throw alreadyExists(resource, name);
    return this.#store(resource, object, "ADDED");
  }

  async update<T extends KubernetesObject>(resource: ResourceDefinition<T>, object: T): Promise<T> {
    this.writes.push(`update ${resource.plural}`);
    return this.#store(resource, object, "MODIFIED");
  }

  async patch<T extends KubernetesObject>(resource: ResourceDefinition<T>, key: ObjectKey, patch: Patch): Promise<T> {
    this.writes.push(`patch ${resource.plural}`);
    const merged = merge(structuredClone(await this.get(resource, key)), structuredClone(patch.body)) as T;
    return this.#store(resource, merged, "MODIFIED");
  }

  async delete<T extends KubernetesObject>(
    resource: ResourceDefinition<T>,
    key: ObjectKey,
    options: Partial<DeleteOptions> = {},
  ): Promise<void> {
    const object = await this.get(resource, key);
    const grace = options.gracePeriodSeconds ?? 30;
    if (resource.plural === "pods" && grace > 0) {
      const metadata = {
        ...object.metadata,
        deletionTimestamp: formatTime(this.#clock.now()),
        deletionGracePeriodSeconds: grace,
      };
      this.#store(resource, { ...object, metadata }, "MODIFIED");
      return;
    }
    this.#objects.delete(id(resource, key));
    this.#tell(resource, "DELETED", {
      ...object,
      metadata: { ...object.metadata, resourceVersion: String(++this.#revision) },
    });
  }

  async deleteCollection(): Promise<void> {
    throw new Error("a kubelet deletes no collections");
  }

  async *watch<T extends KubernetesObject>(
    resource: ResourceDefinition<T>,
    options: WatchOptions,
  ): AsyncGenerator<WatchEvent<T>> {
    const queue: WatchEvent<T>[] = [];
    let wake = () => {};
    const watcher = (plural: string, event: WatchEvent<KubernetesObject>) => {
      if (plural !== resource.plural || event.type === "BOOKMARK" || !selects(event.object, options)) return;
      queue.push(event as WatchEvent<T>);
      wake();
    };
    this.#watchers.add(watcher);
    if (options.sendInitialEvents) {
      const { items, resourceVersion } = await this.list(resource, options);
      queue.unshift(...items.map(object => ({ type: "ADDED" as const, object })));
      queue.push({ type: "BOOKMARK", resourceVersion, initialEventsEnd: true });
    }
    options.signal.addEventListener("abort", () => wake(), { once: true });
    try {
      while (!options.signal.aborted) {
        while (queue.length > 0) yield queue.shift()!;
        await new Promise<void>(resolve => {
          wake = resolve;
          if (queue.length > 0 || options.signal.aborted) resolve();
        });
      }
    } finally {
      this.#watchers.delete(watcher);
    }
  }

  async createSubresource<_B, R>(): Promise<R> {
    const expirationTimestamp = formatTime(this.#clock.now() + 3_600_000);
    return { status: { token: "token", expirationTimestamp } } as R;
  }

  async review<T>(): Promise<T> {
    throw new Error("nothing is reviewed here");
  }

  because(): Client {
    return this;
  }

  #store<T extends KubernetesObject>(resource: ResourceDefinition<T>, object: T, type: "ADDED" | "MODIFIED"): T {
    const metadata = {
      ...object.metadata,
      resourceVersion: String(++this.#revision),
      uid: object.metadata.uid ?? `uid-${object.metadata.name}`,
    };
    const stored = { ...object, metadata };
    this.#objects.set(id(resource, { namespace: metadata.namespace, name: metadata.name ?? "" }), stored);
    this.#tell(resource, type, stored);
    return stored;
  }

  #tell(resource: { readonly plural: string }, type: "ADDED" | "MODIFIED" | "DELETED", object: KubernetesObject): void {
    for (const watcher of [...this.#watchers]) watcher(resource.plural, { type, object });
  }
}

function id(resource: { readonly plural: string }, key: ObjectKey): string {
  return `${resource.plural}/${key.namespace ?? ""}/${key.name}`;
}

function selects(object: KubernetesObject, { namespace, fieldSelector }: ListOptions): boolean {
  if (namespace !== undefined && object.metadata.namespace !== namespace) return false;
  const [field, value] = fieldSelector?.split("=") ?? [];
  if (field === "metadata.name") return object.metadata.name === value;
  if (field === "spec.nodeName") return (object as { spec?: { nodeName?: string } }).spec?.nodeName === value;
  return true;
}

/** A strategic merge as far as statuses need it: conditions by type, other lists as a whole. */
function merge(before: unknown, patch: unknown): unknown {
  if (Array.isArray(patch)) return patch.filter(item => !(item as Value)["$patch"]);
  if (typeof patch !== "object" || patch === null) return patch;
  const result = { ...(before as Value) };
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else if (key === "conditions") result[key] = mergeConditions((result[key] ?? []) as Value[], value as Value[]);
    else result[key] = merge(result[key], value);
  }
  return result;
}

function mergeConditions(before: readonly Value[], patches: readonly Value[]): Value[] {
  const result = [...before];
  for (const patch of patches) {
    const at = result.findIndex(condition => condition["type"] === patch["type"]);
    if (at < 0) result.push(merge({}, patch) as Value);
    else result[at] = merge(result[at], patch) as Value;
  }
  return result;
}

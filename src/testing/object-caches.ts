import type { KubernetesObject, ResourceDefinition } from "#api/resource.ts";
import type { Caches } from "#apiserver/authz/caches.ts";
import type { CacheEvent, Selection, Version, WatchCache, Watcher } from "#apiserver/watch-cache/watch-cache.ts";

/** Watch caches that a test fills by hand: no store below, no bytes. */
export class ObjectCaches implements Caches {
  readonly #caches = new Map<unknown, ObjectCache<KubernetesObject>>();

  of<T extends KubernetesObject>(definition: ResourceDefinition<T>): WatchCache<T> {
    return this.#cache(definition) as unknown as WatchCache<T>;
  }

  set<T extends KubernetesObject>(definition: ResourceDefinition<T>, object: T): this {
    this.#cache(definition).set(object);
    return this;
  }

  delete<T extends KubernetesObject>(definition: ResourceDefinition<T>, object: T): void {
    this.#cache(definition).delete(object);
  }

  #cache(definition: unknown): ObjectCache<KubernetesObject> {
    let cache = this.#caches.get(definition);
    if (cache === undefined) {
      cache = new ObjectCache(definition as ResourceDefinition<KubernetesObject>);
      this.#caches.set(definition, cache);
    }
    return cache;
  }
}

class ObjectCache<T extends KubernetesObject> implements WatchCache<T> {
  readonly definition: ResourceDefinition<T>;
  revision = 1;
  readonly #versions = new Map<string, Version<T>>();
  readonly #watchers = new Set<{ readonly selection: Selection<T>; readonly watcher: Watcher<T> }>();

  constructor(definition: ResourceDefinition<T>) {
    this.definition = definition;
  }

  set(object: T): void {
    const version = this.#version(object);
    const type = this.#versions.has(version.key) ? "MODIFIED" : "ADDED";
    this.#versions.set(version.key, version);
    this.#tell({ type, version });
  }

  delete(object: T): void {
    const version = this.#version(object);
    this.#versions.delete(version.key);
    this.#tell({ type: "DELETED", version });
  }

  async waitFor(): Promise<void> {}

  get(namespace: string, name: string): Version<T> | undefined {
    return this.#versions.get(`${namespace}/${name}`);
  }

  offer(): void {}

  withdraw(): void {}

  list(selection: Selection<T>): readonly Version<T>[] {
    return [...this.#versions.values()].filter(version => selected(selection, version));
  }

  watch(selection: Selection<T>, _fromRevision: number | undefined, watcher: Watcher<T>): Disposable {
    const entry = { selection, watcher };
    this.#watchers.add(entry);
    return { [Symbol.dispose]: () => void this.#watchers.delete(entry) };
  }

  #version(object: T): Version<T> {
    const { namespace = "", name = "" } = object.metadata;
    const empty = new Uint8Array();
    const revision = ++this.revision;
    return {
      key: `${namespace}/${name}`,
      namespace,
      name,
      revision,
      object,
      json: empty,
      protobuf: empty,
      cause: undefined,
    };
  }

  #tell(event: CacheEvent<T>): void {
    for (const { selection, watcher } of this.#watchers) {
      if (selected(selection, event.version)) watcher.onEvents([event], event.version.revision);
    }
  }
}

function selected<T extends KubernetesObject>(selection: Selection<T>, version: Version<T>): boolean {
  return (
    (selection.namespace === undefined || selection.namespace === version.namespace) &&
    (selection.name === undefined || selection.name === version.name) &&
    (selection.matches?.(version.object) ?? true)
  );
}

import type { Codec } from "#api/codec.ts";
import type { KubernetesObject, Mutable, ResourceDefinition, TypeDefinition } from "#api/resource.ts";
import { assert } from "#base/assert.ts";
import type { Cause } from "#base/cause.ts";
import type { Clock, Timer } from "#base/clock.ts";
import type { Log } from "#base/log.ts";
import { SortedByKey } from "#base/sorted-by-key.ts";
import { type KeyValue, type Kv, KvError, type KvEvent, type WatchHandle } from "#store/kv.ts";
import { Change, eventFor, selector } from "./change.ts";
import { Dispatcher } from "./dispatcher.ts";
import { History } from "./history.ts";
import { type Place, placeOf, type StoredVersion, versionOf } from "./stored-version.ts";
import type { CacheEvent, Selection, Version, WatchCache, Watcher } from "./watch-cache.ts";

export interface WatchCacheDeps {
  readonly kv: Kv;
  readonly clock: Clock;
  readonly log: Log;
  readonly codecOf: <T>(definition: TypeDefinition<T>) => Codec<T>;
}

/** Reads a resource from the store and follows it. `definition` is the version that is stored. */
export async function createWatchCache<T extends KubernetesObject>(
  deps: WatchCacheDeps,
  definition: ResourceDefinition<T>,
): Promise<WatchCache<T> & Disposable> {
  assert(definition.convert === undefined, `${definition.plural} of ${definition.group} are stored as another version`);
  const cache = new KvWatchCache(deps, definition);
  await cache.start();
  return cache;
}

/** A watch can go on from any revision of this time, and of up to twice as long: upstream's watch caches keep as much. */
const historyTurnMs = 75_000;

/** An object's place in the order, which it keeps from version to version. */
interface Entry<T extends KubernetesObject> {
  readonly key: string;
  version: StoredVersion<T>;
}

class KvWatchCache<T extends KubernetesObject> implements WatchCache<T>, Disposable {
  readonly definition: ResourceDefinition<T>;
  readonly #deps: WatchCacheDeps;
  readonly #codec: Codec<T>;
  readonly #prefix: string;
  readonly #entries = new SortedByKey<Entry<T>>();
  /** `field value` to the keys of the objects that have it. */
  readonly #index = new Map<string, Set<string>>();
  readonly #dispatcher: Dispatcher<T>;
  /** What writers of this process are writing, by key. */
  readonly #offered = new Map<string, { readonly stored: Uint8Array; readonly object: Mutable<T> }>();
  readonly #waiting = new Set<{ readonly revision: number; readonly resolve: () => void }>();
  #history = new History<T>(0);
  #revision = 0;
  /** Nothing comes from the store any more. */
  #isOver = false;
  #watch: WatchHandle | undefined;
  #turn: Timer | undefined;

  constructor(deps: WatchCacheDeps, definition: ResourceDefinition<T>) {
    this.definition = definition;
    this.#deps = deps;
    this.#codec = deps.codecOf(definition);
    this.#prefix = `/registry/${definition.storagePrefix}/`;
    this.#dispatcher = new Dispatcher(definition.indexFields, (field, object) => this.#fieldValue(field, object));
  }

  async start(): Promise<void> {
    const { items, revision } = await this.#deps.kv.range({ key: this.#prefix, prefix: true });
    for (const item of items) this.#put(versionOf(this.#codec, this.#place(item.key), item, undefined));
    this.#revision = revision;
    this.#history = new History(revision);
    this.#watch = this.#deps.kv.watch({
      prefix: this.#prefix,
      fromRevision: revision + 1,
      onEvents: (events, upTo) => this.#apply(events, upTo),
      onError: error => this.#end(error),
    });
  }

  get revision(): number {
    // A store of this process answers at once; another one's answer moves the revision when it comes.
    if (this.#revision < this.#deps.kv.currentRevision()) this.#watch?.requestProgress();
    return this.#revision;
  }

  waitFor(revision: number, timeoutMs: number): Promise<void> {
    if (this.revision >= revision) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const timer = this.#deps.clock.schedule(timeoutMs, () => {
        this.#waiting.delete(entry);
        reject(new KvError("futureRevision", `revision ${revision} is ahead of ${this.#revision}`, this.#revision));
      });
      const entry = {
        revision,
        resolve: () => {
          timer.cancel();
          resolve();
        },
      };
      this.#waiting.add(entry);
    });
  }

  get(namespace: string, name: string): Version<T> | undefined {
    return this.#entries.get(this.#keyOf(namespace, name))?.version;
  }

  offer(key: string, stored: Uint8Array, object: Mutable<T>): void {
    this.#offered.set(key, { stored, object });
  }

  withdraw(key: string, stored: Uint8Array): void {
    if (this.#offered.get(key)?.stored === stored) this.#offered.delete(key);
  }

  list(selection: Selection<T>): readonly Version<T>[] {
    const isIn = this.#selector(selection);
    const found: Version<T>[] = [];
    for (const { version } of this.#candidates(selection)) if (isIn(version)) found.push(version);
    return found;
  }

  watch(selection: Selection<T>, fromRevision: number | undefined, watcher: Watcher<T>): Disposable {
    // Whoever began to watch now would wait for ever.
    if (this.#isOver) throw new KvError("unavailable", "the store is not watched any more");
    const isIn = this.#selector(selection);
    const known = fromRevision ?? this.#revision;
    if (known < this.#history.oldestRevision)
      throw new KvError(
        "compacted",
        `too old resource version: ${known} (${this.#history.oldestRevision})`,
        this.#history.oldestRevision,
      );
    const registration = this.#dispatcher.add(selection, isIn, watcher, Math.max(known, this.#revision));
    const past = this.#history
      .after(known)
      .map(change => eventFor(change, isIn))
      .filter((event): event is CacheEvent<T> => event !== undefined);
    if (past.length > 0) watcher.onEvents(past, this.#revision);
    return registration;
  }

  [Symbol.dispose](): void {
    this.#isOver = true;
    this.#turn?.cancel();
    this.#watch?.[Symbol.dispose]();
    this.#dispatcher.end("closed");
  }

  #apply(events: readonly KvEvent[], upTo: number): void {
    const changes: Change<T>[] = [];
    for (const event of events) {
      const place = this.#place(event.current.key);
      const old = this.#entries.get(place.key)?.version;
      const current = event.type === "put" ? this.#versionOf(place, event.current, event.cause) : undefined;
      if (current !== undefined) this.#put(current, old);
      else if (old !== undefined) this.#remove(old);
      else continue;
      const change = new Change(event.current.modRevision, old, current, event.cause);
      this.#history.add(change);
      this.#turn ??= this.#turnLater();
      changes.push(change);
    }
    this.#revision = Math.max(this.#revision, upTo);
    for (const entry of [...this.#waiting]) {
      if (entry.revision > this.#revision) continue;
      this.#waiting.delete(entry);
      entry.resolve();
    }
    if (changes.length > 0) this.#dispatcher.dispatch(changes, this.#revision);
  }

  #turnLater(): Timer {
    const turn = () => {
      this.#turn = this.#history.turn() ? this.#turnLater() : undefined;
    };
    return this.#deps.clock.schedule(historyTurnMs, turn, { background: true });
  }

  #versionOf(place: Place, stored: KeyValue, cause: Cause | undefined): StoredVersion<T> {
    const offered = this.#offered.get(place.key);
    const object = offered?.stored === stored.value ? offered.object : undefined;
    return versionOf(this.#codec, place, stored, cause, object);
  }

  #end(error: KvError): void {
    this.#isOver = true;
    this.#deps.log.error("the store ended a watch", { resource: this.definition.plural, error });
    this.#dispatcher.end(error.code === "compacted" ? "compacted" : "closed");
  }

  #put(version: StoredVersion<T>, old?: StoredVersion<T>): void {
    const { key } = version;
    const entry = this.#entries.get(key);
    if (entry !== undefined) entry.version = version;
    else this.#entries.add({ key, version });
    for (const field of this.definition.indexFields) {
      const value = `${field} ${this.#fieldValue(field, version.object)}`;
      const before = old && `${field} ${this.#fieldValue(field, old.object)}`;
      if (before === value) continue;
      if (before !== undefined) this.#unindex(before, key);
      const keys = this.#index.get(value) ?? new Set();
      this.#index.set(value, keys.add(key));
    }
  }

  #remove(version: StoredVersion<T>): void {
    this.#entries.delete(version.key);
    for (const field of this.definition.indexFields)
      this.#unindex(`${field} ${this.#fieldValue(field, version.object)}`, version.key);
  }

  #unindex(value: string, key: string): void {
    const keys = this.#index.get(value);
    keys?.delete(key);
    if (keys?.size === 0) this.#index.delete(value);
  }

  #candidates({ namespace, name, index }: Selection<T>): Iterable<Entry<T>> {
    const isNamespaced = this.definition.scope === "Namespaced";
    if (name !== undefined && (namespace !== undefined || !isNamespaced)) {
      const entry = this.#entries.get(this.#keyOf(namespace ?? "", name));
      return entry === undefined ? [] : [entry];
    }
    if (index !== undefined) {
      const keys = [...(this.#index.get(`${index.field} ${index.value}`) ?? [])].sort();
      return keys.map(key => this.#entries.get(key)!);
    }
    return this.#entries.withPrefix(
      isNamespaced && namespace !== undefined ? `${this.#prefix}${namespace}/` : this.#prefix,
    );
  }

  #selector(selection: Selection<T>): (version: StoredVersion<T>) => boolean {
    if (selection.index !== undefined)
      assert(this.definition.indexFields.includes(selection.index.field), `${selection.index.field} is no index field`);
    return selector(selection, (field, object) => this.#fieldValue(field, object));
  }

  #fieldValue(field: string, object: T): string {
    return this.definition.selectableFields[field]?.(object) ?? "";
  }

  #place(key: string) {
    return placeOf(key, this.#prefix, this.definition.scope === "Namespaced");
  }

  #keyOf(namespace: string, name: string): string {
    return this.definition.scope === "Namespaced" ? `${this.#prefix}${namespace}/${name}` : this.#prefix + name;
  }
}

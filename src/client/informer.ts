import type { KubernetesObject, ResourceDefinition } from "#api/resource.ts";
import { aborted, rejectOnAbort } from "#base/abort.ts";
import { type Cause, revisionCause } from "#base/cause.ts";
import type { Clock } from "#base/clock.ts";
import type { Log } from "#base/log.ts";
import type { Random } from "#base/random.ts";
import { type Client, keyOf, revisionOf } from "./client.ts";
import { Reflector, type ReflectorTarget } from "./reflector.ts";

/**
 * A local copy of one resource (all of it, or what a selector takes), kept up by a watch. Objects are deeply frozen and
 * shared by everyone who reads them. It may lag behind the server; it never goes back.
 */
export interface Informer<T extends KubernetesObject = KubernetesObject> {
  readonly resource: ResourceDefinition<T>;
  /** `namespace/name`, or `name`. */
  get(key: string): T | undefined;
  /** Without a namespace: all. */
  list(namespace?: string): readonly T[];
  /** Objects that index `name` files under `value`. */
  byIndex(name: string, value: string): readonly T[];
  /** Declares an index; declaring the same name again changes nothing. May be called at any time. */
  addIndex(name: string, values: (object: T) => readonly string[]): void;
  /**
   * Calls `handler` for every change from now on, and first with "added" for what is there already. Handlers run one
   * after another, after the store has changed; what one throws is logged. Answers how to take it off again.
   */
  addHandler(handler: InformerHandler<T>): () => void;
  /** The state of some moment has arrived in full. */
  readonly hasSynced: boolean;
  waitForSync(signal?: AbortSignal): Promise<void>;
  /** Everything up to this store revision has been seen; 0 before the first state. */
  readonly revision: number;
}

export interface InformerEvent<T> {
  readonly type: "added" | "updated" | "deleted";
  /** For "deleted" the last known state. */
  readonly object: T;
  /** The state before, for "updated" and "deleted". */
  readonly old: T | undefined;
  /** The store revision behind this change, as the cause of what follows from it. */
  readonly cause: Cause;
}

export type InformerHandler<T> = (event: InformerEvent<T>) => void;

export interface InformerOptions {
  /** Absent: all namespaces. */
  readonly namespace?: string | undefined;
  readonly labelSelector?: string | undefined;
  readonly fieldSelector?: string | undefined;
}

export interface InformerDeps {
  readonly client: Client;
  readonly clock: Clock;
  readonly log: Log;
  /** Spreads reconnects; without it they are not spread. */
  readonly random?: Random | undefined;
}

/** Informers shared by everything in the process that asks for the same resource and selectors. */
export interface InformerFactory {
  /** Starts at once when {@link run} is running. */
  informer<T extends KubernetesObject>(resource: ResourceDefinition<T>, options?: InformerOptions): Informer<T>;
  /** Keeps all informers up until the signal aborts. */
  run(signal: AbortSignal): Promise<void>;
  /** Resolves when every informer asked for so far has its first state. */
  waitForSync(signal?: AbortSignal): Promise<void>;
}

export function createInformerFactory(deps: InformerDeps): InformerFactory {
  return new SharedInformers(deps);
}

class SharedInformers implements InformerFactory {
  readonly #deps: InformerDeps;
  readonly #informers = new Map<string, StoreInformer<KubernetesObject>>();
  readonly #running = new Set<Promise<void>>();
  #signal: AbortSignal | undefined;

  constructor(deps: InformerDeps) {
    this.#deps = deps;
  }

  informer<T extends KubernetesObject>(resource: ResourceDefinition<T>, options: InformerOptions = {}): Informer<T> {
    const { namespace, labelSelector, fieldSelector } = options;
    const id = JSON.stringify([
      resource.group,
      resource.version,
      resource.plural,
      namespace,
      labelSelector,
      fieldSelector,
    ]);
    const known = this.#informers.get(id) as StoreInformer<T> | undefined;
    if (known !== undefined) return known;
    const informer = new StoreInformer(this.#deps, resource, options);
    this.#informers.set(id, informer as unknown as StoreInformer<KubernetesObject>);
    if (this.#signal !== undefined) this.#start(informer, this.#signal);
    return informer;
  }

  async run(signal: AbortSignal): Promise<void> {
    this.#signal = signal;
    for (const informer of this.#informers.values()) this.#start(informer, signal);
    await aborted(signal);
    await Promise.all(this.#running);
    this.#signal = undefined;
  }

  async waitForSync(signal?: AbortSignal): Promise<void> {
    await Promise.all([...this.#informers.values()].map(informer => informer.waitForSync(signal)));
  }

  #start(informer: { run(signal: AbortSignal): Promise<void> }, signal: AbortSignal): void {
    if (signal.aborted) return;
    const running = informer.run(signal).finally(() => this.#running.delete(running));
    this.#running.add(running);
  }
}

interface Index<T> {
  readonly values: (object: T) => readonly string[];
  readonly keys: Map<string, Set<string>>;
}

const byNamespace = "namespace";
const namespaceOf = ({ metadata }: KubernetesObject) => [metadata.namespace ?? ""];

/** Most handlers look at the objects alone: the cause is made for those who ask. */
class Change<T extends KubernetesObject> implements InformerEvent<T> {
  readonly type: InformerEvent<T>["type"];
  readonly object: T;
  readonly old: T | undefined;
  readonly #revision: number;

  constructor(type: InformerEvent<T>["type"], object: T, old: T | undefined, revision: number) {
    this.type = type;
    this.object = object;
    this.old = old;
    this.#revision = revision;
  }

  /** The root request is not on the watch wire; whoever follows a journey joins by the revision. */
  get cause(): Cause {
    return revisionCause(this.#revision.toString(16).padStart(32, "0"), this.#revision);
  }
}

class StoreInformer<T extends KubernetesObject> implements Informer<T>, ReflectorTarget<T> {
  readonly resource: ResourceDefinition<T>;
  readonly #deps: InformerDeps;
  readonly #reflector: Reflector<T>;
  readonly #objects = new Map<string, T>();
  readonly #indexes = new Map<string, Index<T>>();
  readonly #handlers = new Set<InformerHandler<T>>();
  readonly #synced = Promise.withResolvers<void>();
  #hasSynced = false;
  #revision = 0;

  constructor(deps: InformerDeps, resource: ResourceDefinition<T>, options: InformerOptions) {
    this.#deps = deps;
    this.resource = resource;
    this.#reflector = new Reflector(deps, { resource, ...options }, this);
  }

  get hasSynced(): boolean {
    return this.#hasSynced;
  }

  get revision(): number {
    return this.#revision;
  }

  run(signal: AbortSignal): Promise<void> {
    return this.#reflector.run(signal);
  }

  get(key: string): T | undefined {
    return this.#objects.get(key);
  }

  list(namespace?: string): readonly T[] {
    if (namespace === undefined) return [...this.#objects.values()];
    // Kept only where somebody asks by namespace: the garbage collector, say, has every object there is and never does.
    this.addIndex(byNamespace, namespaceOf);
    return this.byIndex(byNamespace, namespace);
  }

  byIndex(name: string, value: string): readonly T[] {
    const keys = this.#indexes.get(name)?.keys.get(value);
    if (keys === undefined) return [];
    return Array.from(keys, key => this.#objects.get(key)!);
  }

  addIndex(name: string, values: (object: T) => readonly string[]): void {
    if (this.#indexes.has(name)) return;
    const index: Index<T> = { values, keys: new Map() };
    for (const [key, object] of this.#objects) file(index, key, object);
    this.#indexes.set(name, index);
  }

  addHandler(handler: InformerHandler<T>): () => void {
    this.#handlers.add(handler);
    for (const object of [...this.#objects.values()]) this.#call(handler, addition(object));
    return () => this.#handlers.delete(handler);
  }

  waitForSync(signal?: AbortSignal): Promise<void> {
    if (signal === undefined || this.#hasSynced) return this.#synced.promise;
    return Promise.race([this.#synced.promise, rejectOnAbort(signal)]);
  }

  // ---- what the reflector calls --------------------------------------------------------------------------------

  replace(items: readonly T[], resourceVersion: string): void {
    const revision = Number(resourceVersion);
    const gone = new Set(this.#objects.keys());
    for (const object of items) {
      gone.delete(keyOf(object));
      this.upsert(object);
    }
    for (const key of gone) this.#remove(this.#objects.get(key)!, revision);
    this.progress(resourceVersion);
    this.#hasSynced = true;
    this.#synced.resolve();
  }

  upsert(object: T): void {
    const key = keyOf(object);
    const old = this.#objects.get(key);
    const revision = revisionOf(object);
    this.#revision = Math.max(this.#revision, revision);
    if (old?.metadata.resourceVersion === object.metadata.resourceVersion && old !== undefined) return;
    if (old !== undefined && old.metadata.uid !== object.metadata.uid) this.#remove(old, revision);
    this.#put(key, object);
    if (old === undefined || old.metadata.uid !== object.metadata.uid) this.#emit(addition(object));
    else this.#emit(new Change("updated", object, old, revision));
  }

  delete(object: T): void {
    this.#revision = Math.max(this.#revision, revisionOf(object));
    if (this.#objects.has(keyOf(object))) this.#remove(object, revisionOf(object));
  }

  progress(resourceVersion: string): void {
    this.#revision = Math.max(this.#revision, Number(resourceVersion) || 0);
  }

  // ---- the store -------------------------------------------------------------------------------------------------

  #put(key: string, object: T): void {
    const old = this.#objects.get(key);
    for (const index of this.#indexes.values()) {
      if (old !== undefined) unfile(index, key, old);
      file(index, key, object);
    }
    this.#objects.set(key, object);
  }

  #remove(last: T, revision: number): void {
    const key = keyOf(last);
    const old = this.#objects.get(key);
    if (old !== undefined) for (const index of this.#indexes.values()) unfile(index, key, old);
    this.#objects.delete(key);
    this.#emit(new Change("deleted", last, old, revision));
  }

  #emit(event: InformerEvent<T>): void {
    for (const handler of this.#handlers) this.#call(handler, event);
  }

  #call(handler: InformerHandler<T>, event: InformerEvent<T>): void {
    try {
      handler(event);
    } catch (error) {
      this.#deps.log.error("an informer's handler failed", { resource: this.resource.plural, error });
    }
  }
}

function file<T>(index: Index<T>, key: string, object: T): void {
  for (const value of index.values(object)) {
    const keys = index.keys.get(value);
    if (keys === undefined) index.keys.set(value, new Set([key]));
    else keys.add(key);
  }
}

function unfile<T>(index: Index<T>, key: string, object: T): void {
  for (const value of index.values(object)) {
    const keys = index.keys.get(value);
    keys?.delete(key);
    if (keys?.size === 0) index.keys.delete(value);
  }
}

function addition<T extends KubernetesObject>(object: T): InformerEvent<T> {
  return new Change("added", object, undefined, revisionOf(object));
}

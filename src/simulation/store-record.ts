import type { KubernetesObject, ResourceDefinition } from "#api/resource.ts";
import type { Clock } from "#base/clock.ts";
import type { Kv, KvEvent } from "#store/kv.ts";

/** `+12.345s 812 put /registry/pods/default/web 9f3c21aa`: when, revision, what, key, a digest of the value. */
export type RecordLine = string;

/**
 * All that a store took in, as lines that two runs can be compared by, and its objects as they are now. It follows the
 * store itself and not the API: it never lags and misses nothing when an API server restarts.
 */
export class StoreRecord implements Disposable {
  readonly lines: RecordLine[] = [];
  readonly #values = new Map<string, Uint8Array>();
  readonly #objects = new Map<string, KubernetesObject>();
  /** Lists that were asked for, by the prefix of their keys, until one of them changes. */
  readonly #lists = new Map<string, readonly KubernetesObject[]>();
  readonly #clock: Clock;
  readonly #startMs: number;
  readonly #watch: Disposable;

  /**
   * `onChange` is called after every transaction, with the new state. `isNew`: a list that was asked for is another now;
   * without it, whoever reads nothing but lists comes to the same conclusions.
   */
  constructor(
    deps: { readonly kv: Kv; readonly clock: Clock },
    onChange: (record: StoreRecord, isNew: boolean) => void = () => {},
  ) {
    this.#clock = deps.clock;
    this.#startMs = deps.clock.now() - deps.clock.monotonic();
    this.#watch = deps.kv.watch({
      prefix: "/registry/",
      fromRevision: 1,
      onEvents: events => {
        const known = this.#lists.size;
        for (const event of events) this.#take(event);
        onChange(this, known === 0 || this.#lists.size < known);
      },
      // The store was closed: the record is complete.
      onError: () => {},
    });
  }

  /** The stored objects of a kind, by key. */
  list<T extends KubernetesObject>(definition: ResourceDefinition<T>): readonly T[] {
    const prefix = `/registry/${definition.storagePrefix}/`;
    const known = this.#lists.get(prefix);
    if (known !== undefined) return known as readonly T[];
    const found: T[] = [];
    for (const key of this.#values.keys()) if (key.startsWith(prefix)) found.push(this.#object(key) as T);
    this.#lists.set(prefix, found);
    return found;
  }

  [Symbol.dispose](): void {
    this.#watch[Symbol.dispose]();
  }

  #take({ type, current: { key, value, modRevision } }: KvEvent): void {
    const atMs = this.#clock.now() - this.#startMs;
    const digest = type === "put" ? ` ${digestOf(value)}` : "";
    this.lines.push(`+${(atMs / 1000).toFixed(3)}s ${modRevision} ${type} ${key}${digest}`);
    this.#objects.delete(key);
    for (const prefix of this.#lists.keys()) if (key.startsWith(prefix)) this.#lists.delete(prefix);
    if (type === "put") this.#values.set(key, value);
    else this.#values.delete(key);
  }

  #object(key: string): KubernetesObject {
    let object = this.#objects.get(key);
    if (object === undefined) {
      object = JSON.parse(decoder.decode(this.#values.get(key))) as KubernetesObject;
      this.#objects.set(key, object);
    }
    return object;
  }
}

const decoder = new TextDecoder();

/** FNV-1a: enough to tell two runs apart. */
function digestOf(bytes: Uint8Array): string {
  let hash = 0x811c9dc5;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, "0");
}

import type { KubernetesObject } from "#api/resource.ts";
import { type Change, eventFor } from "./change.ts";
import type { StoredVersion } from "./stored-version.ts";
import type { CacheEvent, Selection, Watcher } from "./watch-cache.ts";

/** Watchers of one selection: a change is looked at once for all of them, and all are handed the same array. */
interface Group<T extends KubernetesObject> {
  readonly id: string;
  readonly bucket: string;
  readonly isIn: (version: StoredVersion<T>) => boolean;
  /** Each with the revision up to which it knows everything already. */
  readonly watchers: Map<Watcher<T>, number>;
}

/**
 * Finds who is concerned by a change without asking everybody: a group waits in one bucket (one object, one value of an
 * index field, one namespace, or everything) and a change only looks into the buckets that its object is in.
 */
export class Dispatcher<T extends KubernetesObject> {
  readonly #indexFields: readonly string[];
  readonly #fieldValue: (field: string, object: T) => string;
  readonly #groups = new Map<string, Group<T>>();
  readonly #buckets = new Map<string, Set<Group<T>>>();

  constructor(indexFields: readonly string[], fieldValue: (field: string, object: T) => string) {
    this.#indexFields = indexFields;
    this.#fieldValue = fieldValue;
  }

  add(selection: Selection<T>, isIn: Group<T>["isIn"], watcher: Watcher<T>, knownRevision: number): Disposable {
    const bucket = bucketOf(selection);
    const id = `${bucket}|${selection.namespace ?? "*"}|${selection.name ?? "*"}|${selection.text}`;
    let group = this.#groups.get(id);
    if (group === undefined) {
      group = { id, bucket, isIn, watchers: new Map() };
      this.#groups.set(id, group);
      const groups = this.#buckets.get(bucket) ?? new Set();
      this.#buckets.set(bucket, groups.add(group));
    }
    group.watchers.set(watcher, knownRevision);
    return { [Symbol.dispose]: () => this.#remove(group, watcher) };
  }

  /** Tells everybody concerned; `revision`: everything up to here is now known. */
  dispatch(changes: readonly Change<T>[], revision: number): void {
    const told = new Map<Group<T>, CacheEvent<T>[]>();
    for (const change of changes) {
      for (const bucket of this.#bucketsOf(change)) {
        for (const group of this.#buckets.get(bucket) ?? []) {
          const event = eventFor(change, group.isIn);
          if (event === undefined) continue;
          const events = told.get(group);
          // An object is in two buckets of one field while that field changes: the group is told once.
          if (events === undefined) told.set(group, [event]);
          else if (
            events.at(-1)!.version.revision !== event.version.revision ||
            events.at(-1)!.version.key !== event.version.key
          )
            events.push(event);
        }
      }
    }
    for (const [group, events] of told) tellGroup(group, events, revision);
  }

  end(reason: Parameters<Watcher<T>["onEnd"]>[0]): void {
    const groups = [...this.#groups.values()];
    this.#groups.clear();
    this.#buckets.clear();
    for (const group of groups) for (const watcher of group.watchers.keys()) watcher.onEnd(reason);
  }

  #bucketsOf({ old, current }: Change<T>): readonly string[] {
    const { namespace, name } = (current ?? old)!;
    const buckets = ["all", `namespace ${namespace}`, `name ${namespace}/${name}`];
    for (const field of this.#indexFields) {
      const before = old && `${field} ${this.#fieldValue(field, old.object)}`;
      const now = current && `${field} ${this.#fieldValue(field, current.object)}`;
      if (before !== undefined) buckets.push(before);
      if (now !== undefined && now !== before) buckets.push(now);
    }
    return buckets;
  }

  #remove(group: Group<T>, watcher: Watcher<T>): void {
    group.watchers.delete(watcher);
    if (group.watchers.size > 0 || this.#groups.get(group.id) !== group) return;
    this.#groups.delete(group.id);
    const groups = this.#buckets.get(group.bucket);
    groups?.delete(group);
    if (groups?.size === 0) this.#buckets.delete(group.bucket);
  }
}

function bucketOf<T extends KubernetesObject>({ namespace, name, index }: Selection<T>): string {
  if (name !== undefined && namespace !== undefined) return `name ${namespace}/${name}`;
  if (index !== undefined) return `${index.field} ${index.value}`;
  return namespace === undefined ? "all" : `namespace ${namespace}`;
}

function tellGroup<T extends KubernetesObject>(
  group: Group<T>,
  events: readonly CacheEvent<T>[],
  revision: number,
): void {
  const first = events[0]!.version.revision;
  for (const [watcher, known] of [...group.watchers]) {
    if (!group.watchers.has(watcher)) continue; // Another one's answer took it off.
    const fresh = first > known ? events : events.filter(event => event.version.revision > known);
    if (fresh.length > 0) watcher.onEvents(fresh, revision);
  }
}

import type { KubernetesObject, Mutable, ResourceDefinition } from "#api/resource.ts";
import type { Cause } from "#base/cause.ts";

/**
 * One served version of an object: canonical JSON bytes with the resource version spliced in, written once and sent by
 * GET, LIST and WATCH alike. The other forms are made on first use and kept with it.
 */
export interface Version<T extends KubernetesObject = KubernetesObject> {
  /** The store's key. */
  readonly key: string;
  readonly namespace: string;
  readonly name: string;
  readonly revision: number;
  /** Canonical JSON with apiVersion and kind. */
  readonly json: Uint8Array;
  /** The deeply frozen object, parsed on first use. */
  readonly object: T;
  /** The protobuf message without envelope, encoded on first use. */
  readonly protobuf: Uint8Array;
  readonly cause: Cause | undefined;
}

/** A resource's state in memory, fed by the store's watch. One per stored resource. */
export interface WatchCache<T extends KubernetesObject = KubernetesObject> {
  readonly definition: ResourceDefinition<T>;
  /** The revision up to which this cache knows everything. */
  readonly revision: number;
  /** Resolves when all writes up to `revision` have been applied; rejects with KvError `futureRevision` after `timeoutMs`. */
  waitFor(revision: number, timeoutMs: number): Promise<void>;
  get(namespace: string, name: string): Version<T> | undefined;
  /**
   * Before a write of these bytes is made: should the store hand back the very same bytes, `object`, which they were made
   * of and which nobody changes any more, becomes their version's object, and needs no decoding. Forgotten by
   * {@link withdraw}, which follows in any case.
   */
  offer(key: string, stored: Uint8Array, object: Mutable<T>): void;
  withdraw(key: string, stored: Uint8Array): void;
  /** In key order; `namespace` undefined: all. */
  list(selection: Selection<T>): readonly Version<T>[];
  /**
   * Registers a watcher. With `fromRevision` it is first given what happened after it (throws KvError `compacted` when
   * that is no longer known); without, only what happens from now on.
   * Objects entering the selection are ADDED, leaving it DELETED with their last body.
   */
  watch(selection: Selection<T>, fromRevision: number | undefined, watcher: Watcher<T>): Disposable;
}

export interface Selection<T extends KubernetesObject> {
  readonly namespace?: string | undefined;
  readonly name?: string | undefined;
  /** A declared index field with the value wanted: dispatch does not ask the other watchers at all. */
  readonly index?: { readonly field: string; readonly value: string } | undefined;
  /** Label and field selectors; absent: everything. Pure. */
  readonly matches?: ((object: T) => boolean) | undefined;
  /** Watchers with an equal text share framed buffers. */
  readonly text: string;
}

export interface CacheEvent<T extends KubernetesObject = KubernetesObject> {
  readonly type: "ADDED" | "MODIFIED" | "DELETED";
  /** For DELETED: the last body, with the delete's revision as its resource version. */
  readonly version: Version<T>;
}

export interface Watcher<T extends KubernetesObject> {
  /** One call per commit batch with all events for this watcher, in order; `revision`: all up to here is known. */
  onEvents(events: readonly CacheEvent<T>[], revision: number): void;
  /** The cache lost its place or the watcher was too slow: nothing follows. */
  onEnd(reason: "compacted" | "slow" | "closed"): void;
}

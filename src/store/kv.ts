/**
 * The store, in etcd's terms: a flat ordered map of keys with one revision counter. Every write makes one revision and
 * every revision stays readable until it is compacted.
 *
 * Revisions start at 1 (an empty store). Values are opaque and never contain a resource version: the revision is the
 * store's to give. Implementations: `store/sqlite` (durable) and `store/memory`; `store/suite` holds the contract that
 * both pass.
 *
 * @example
 * const made = await kv.txn({ compare: [absent(key)], success: [put(key, value)], failure: [get(key)] });
 * if (!made.succeeded) ...; // somebody was first: made.results[0].items holds theirs
 */
export interface Kv extends AsyncDisposable {
  /** The newest revision whose writes are durable. */
  currentRevision(): number;
  range(request: RangeRequest): Promise<RangeResponse>;
  /** All or nothing. Resolves once the write is durable. Throws {@link KvError}. */
  txn(request: TxnRequest): Promise<TxnResponse>;
  /**
   * Delivers every event of the prefix from `fromRevision` on, in order, one call of `onEvents` per batch of
   * revisions, after they are durable. A compacted `fromRevision` throws at once (`compacted`).
   */
  watch(request: WatchRequest): WatchHandle;
  /** Forgets versions that were overwritten or deleted before `revision`; readers of older revisions get `compacted`. */
  compact(revision: number): Promise<void>;
  /** A lease's keys are deleted when it ends; `timeToLiveSeconds` counts from now, `keepAlive` starts it anew. */
  leaseGrant(timeToLiveSeconds: number): Promise<LeaseId>;
  leaseKeepAlive(lease: LeaseId): Promise<void>;
  leaseRevoke(lease: LeaseId): Promise<void>;
}

export type LeaseId = number;

export interface KeyValue {
  readonly key: string;
  readonly value: Uint8Array;
  readonly createRevision: number;
  readonly modRevision: number;
  readonly lease?: LeaseId;
}

export interface RangeRequest {
  /** A single key, or every key that starts with it when `prefix` is true. */
  readonly key: string;
  readonly prefix?: boolean;
  /** Only keys above this one (exclusive); for pages. */
  readonly after?: string;
  /** Read as of this revision; left out: the newest. */
  readonly revision?: number;
  readonly limit?: number;
  readonly countOnly?: boolean;
}

export interface RangeResponse {
  /** The store's revision when the read was made (or the revision asked for). */
  readonly revision: number;
  readonly items: readonly KeyValue[];
  readonly more: boolean;
  /** Keys in the range in all, without regard to limit. */
  readonly count: number;
}

/** modRevision 0: the key must be absent. */
export interface Compare {
  readonly key: string;
  readonly modRevision: number;
}

export type Operation =
  | {
      readonly type: "put";
      readonly key: string;
      readonly value: Uint8Array;
      readonly lease?: LeaseId;
      readonly cause?: import("#base/cause.ts").Cause;
    }
  | { readonly type: "delete"; readonly key: string; readonly cause?: import("#base/cause.ts").Cause }
  | { readonly type: "get"; readonly key: string };

export interface TxnRequest {
  readonly compare: readonly Compare[];
  readonly success: readonly Operation[];
  readonly failure?: readonly Operation[];
}

export interface TxnResponse {
  readonly succeeded: boolean;
  readonly revision: number;
  /** One for each operation of the branch that ran: for a get the key's value, else nothing. */
  readonly results: readonly (KeyValue | undefined)[];
}

export interface WatchRequest {
  readonly prefix: string;
  /** The first revision to deliver; left out: the next one. */
  readonly fromRevision?: number;
  /** Fill `previous` of each event. */
  readonly previousValues?: boolean;
  onEvents(events: readonly KvEvent[], revision: number): void;
  /** After this nothing is delivered any more. */
  onError(error: KvError): void;
}

export interface KvEvent {
  readonly type: "put" | "delete";
  /** For a delete: the key, the revision of the delete, an empty value. */
  readonly current: KeyValue;
  readonly previous?: KeyValue;
  /** Known to stores of this process; from an outside store it is absent. */
  readonly cause?: import("#base/cause.ts").Cause;
}

export interface WatchHandle extends Disposable {
  /** Asks for an `onEvents([], revision)` call as soon as all up to the newest revision was delivered. */
  requestProgress(): void;
}

export type KvErrorCode = "compacted" | "futureRevision" | "tooLarge" | "unavailable" | "corrupt" | "leaseNotFound";

export class KvError extends Error {
  override readonly name = "KvError";
  readonly code: KvErrorCode;
  /** For `compacted`: the oldest revision that can still be read. */
  readonly revision: number | undefined;
  constructor(code: KvErrorCode, message: string, revision?: number) {
    super(message);
    this.code = code;
    this.revision = revision;
  }
}

export function isCompacted(error: unknown): error is KvError {
  return error instanceof KvError && error.code === "compacted";
}

export const absent = (key: string): Compare => ({ key, modRevision: 0 });
export const put = (
  key: string,
  value: Uint8Array,
  options?: { lease?: LeaseId; cause?: import("#base/cause.ts").Cause },
): Operation => ({
  type: "put",
  key,
  value,
  ...options,
});
export const get = (key: string): Operation => ({ type: "get", key });

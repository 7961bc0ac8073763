import type { Clock } from "#base/clock.ts";
import {
  type Compare,
  type KeyValue,
  type Kv,
  KvError,
  type KvEvent,
  type LeaseId,
  type Operation,
  type RangeRequest,
  type RangeResponse,
  type TxnRequest,
  type TxnResponse,
  type WatchHandle,
  type WatchRequest,
} from "../kv.ts";
import type { DurableLog } from "./durable-log.ts";
import { Leases } from "./leases.ts";
import type { LogRecord, MvccIndex } from "./mvcc-index.ts";
import { Watchers } from "./watchers.ts";

interface PendingTxn {
  readonly records: readonly LogRecord[];
  readonly resolve: () => void;
  readonly reject: (error: KvError) => void;
}

/** As etcd limits a request. */
const maxValueBytes = 1.5 * 1024 * 1024;
const compactSliceKeys = 2_000;

/**
 * The store over an index in memory and, where given, a durable log.
 *
 * A write gets its revision at once and is decided against everything decided before it; it becomes visible (to reads,
 * to watches, to its writer) once the log has it. One batch is on its way to the log at a time; what arrives meanwhile is
 * the next batch: under load commits group themselves, and an idle store waits for nothing.
 *
 * Invariant: `#pending` holds, for each key with writes not yet durable, the newest of them.
 */
export class MvccKv implements Kv {
  readonly #clock: Clock;
  readonly #index: MvccIndex;
  readonly #log: DurableLog | undefined;
  readonly #watchers = new Watchers();
  readonly #leases: Leases;
  readonly #pending = new Map<string, LogRecord>();
  #queue: PendingTxn[] = [];
  #head: number;
  #logId: number;
  #isFlushing = false;
  #failure: KvError | undefined;
  #idle: (() => void)[] = [];

  readonly #onFailure: ((error: KvError) => void) | undefined;

  /** `onFailure` is called once when the log cannot be written any more: this store is of no use from then on. */
  constructor(deps: {
    clock: Clock;
    index: MvccIndex;
    log?: DurableLog;
    lastLogId?: number;
    onFailure?: ((error: KvError) => void) | undefined;
  }) {
    this.#onFailure = deps.onFailure;
    this.#clock = deps.clock;
    this.#index = deps.index;
    this.#log = deps.log;
    this.#head = deps.index.revision;
    this.#logId = deps.lastLogId ?? 0;
    this.#leases = new Leases(deps.clock, (id, keys) => this.#endLease(id, keys));
  }

  /** For opening: leases and the keys that hang on them. */
  get leases(): Leases {
    return this.#leases;
  }

  currentRevision(): number {
    return this.#index.revision;
  }

  range(request: RangeRequest): Promise<RangeResponse> {
    try {
      this.#checkUsable();
      return Promise.resolve(this.#index.range(request));
    } catch (error) {
      return Promise.reject(error as Error);
    }
  }

  txn(request: TxnRequest): Promise<TxnResponse> {
    try {
      return this.#decide(request);
    } catch (error) {
      return Promise.reject(error as Error);
    }
  }

  watch(request: WatchRequest): WatchHandle {
    this.#checkUsable();
    const { revision } = this.#index;
    const past =
      request.fromRevision === undefined || request.fromRevision > revision
        ? []
        : this.#index.eventsSince(request.prefix, request.fromRevision);
    return this.#watchers.add(request, past, revision, () => this.#index.revision);
  }

  async compact(revision: number): Promise<void> {
    this.#checkUsable();
    for (const dropped of this.#index.compact(revision, compactSliceKeys)) {
      await this.#log?.drop(
        dropped.map(record => record.logId),
        revision,
      );
      await this.#clock.sleep(0);
    }
  }

  async leaseGrant(timeToLiveSeconds: number): Promise<LeaseId> {
    this.#checkUsable();
    const lease = this.#leases.grant(timeToLiveSeconds);
    await this.#log?.putLease(lease);
    return lease.id;
  }

  async leaseKeepAlive(id: LeaseId): Promise<void> {
    const renewed = this.#leases.keepAlive(id);
    await this.#log?.putLease(renewed);
  }

  async leaseRevoke(id: LeaseId): Promise<void> {
    await this.#deleteAll(this.#leases.revoke(id));
    await this.#log?.deleteLease(id);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isFlushing) await new Promise<void>(resolve => this.#idle.push(resolve));
    this.#leases[Symbol.dispose]();
    this.#failure ??= new KvError("unavailable", "the store is closed");
    this.#watchers.end(this.#failure);
    await this.#log?.[Symbol.asyncDispose]();
  }

  #decide(request: TxnRequest): Promise<TxnResponse> {
    this.#checkUsable();
    const succeeded = request.compare.every(compare => this.#holds(compare));
    const operations = succeeded ? request.success : (request.failure ?? []);
    const records = this.#recordsOf(operations);
    const results = operations.map(operation => (operation.type === "get" ? this.#newest(operation.key) : undefined));
    // What was read may be a write that is not durable yet: its reader waits as long as its writer.
    if (records.length === 0 && this.#pending.size === 0)
      return Promise.resolve({ succeeded, revision: this.#head, results });
    const revision = this.#head;
    return this.#commit(records).then(() => ({ succeeded, revision, results }));
  }

  #holds({ key, modRevision }: Compare): boolean {
    return (this.#newest(key)?.modRevision ?? 0) === modRevision;
  }

  /** The key's state with all that is decided, durable or not. */
  #newest(key: string): KeyValue | undefined {
    const record = this.#pending.get(key);
    if (record === undefined) return this.#index.latest(key);
    if (record.value === undefined) return undefined;
    const { value, createRevision, revision, lease } = record;
    return { key, value, createRevision, modRevision: revision, ...(lease !== undefined && { lease }) };
  }

  #recordsOf(operations: readonly Operation[]): readonly LogRecord[] {
    const revision = this.#head + 1;
    const records: LogRecord[] = [];
    for (const operation of operations) {
      if (operation.type === "get") continue;
      const before = this.#newest(operation.key);
      if (operation.type === "delete" && before === undefined) continue;
      const value = operation.type === "put" ? operation.value : undefined;
      const lease = operation.type === "put" ? operation.lease : undefined;
      if (value !== undefined && value.length > maxValueBytes)
        throw new KvError("tooLarge", `a value of ${value.length} bytes is over the limit of ${maxValueBytes}`);
      if (lease !== undefined && !this.#leases.has(lease))
        throw new KvError("leaseNotFound", `lease ${lease} is not known`);
      const createRevision = before?.createRevision ?? revision;
      const { key, cause } = operation;
      records.push({ logId: ++this.#logId, revision, key, value, createRevision, lease, cause });
      this.#leases.attach(key, lease, before?.lease);
    }
    if (records.length > 0) this.#head = revision;
    return records;
  }

  #commit(records: readonly LogRecord[]): Promise<void> {
    if (this.#log === undefined) {
      this.#publish([records]);
      return Promise.resolve();
    }
    for (const record of records) this.#pending.set(record.key, record);
    return new Promise((resolve, reject) => {
      this.#queue.push({ records, resolve, reject });
      if (!this.#isFlushing) void this.#flush(this.#log!);
    });
  }

  async #flush(log: DurableLog): Promise<void> {
    this.#isFlushing = true;
    while (this.#queue.length > 0 && this.#failure === undefined) {
      const batch = this.#queue;
      this.#queue = [];
      try {
        const records = batch.flatMap(txn => txn.records);
        if (records.length > 0) await log.append(records);
        this.#publish(batch.map(txn => txn.records));
        for (const txn of batch) txn.resolve();
      } catch (error) {
        // What the disk holds is not known any more: nothing may be decided on top of it.
        this.#failure = new KvError("unavailable", `the log could not be written: ${(error as Error).message}`);
        for (const txn of [...batch, ...this.#queue]) txn.reject(this.#failure);
        this.#watchers.end(this.#failure);
        this.#onFailure?.(this.#failure);
      }
    }
    this.#isFlushing = false;
    for (const resolve of this.#idle.splice(0)) resolve();
  }

  #publish(batch: readonly (readonly LogRecord[])[]): void {
    const events: KvEvent[] = [];
    for (const records of batch) {
      if (records.length === 0) continue;
      for (const event of this.#index.apply(records)) events.push(event);
      for (const record of records) if (this.#pending.get(record.key) === record) this.#pending.delete(record.key);
    }
    if (events.length > 0) this.#watchers.publish(events, this.#index.revision);
  }

  async #deleteAll(keys: readonly string[]): Promise<void> {
    if (keys.length > 0) await this.txn({ compare: [], success: keys.map(key => ({ type: "delete", key })) });
  }

  #endLease(id: LeaseId, keys: readonly string[]): void {
    this.#deleteAll(keys)
      .then(() => this.#log?.deleteLease(id))
      .catch(() => undefined); // Only a store that failed or closed refuses; its users have been told.
  }

  #checkUsable(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }
}

import { firstIndex } from "#base/binary-search.ts";
import type { Cause } from "#base/cause.ts";
import { SortedByKey } from "#base/sorted-by-key.ts";
import { type KeyValue, KvError, type KvEvent, type LeaseId, type RangeRequest, type RangeResponse } from "../kv.ts";

/** One write as it is logged and applied: a value, or its absence. */
export interface LogRecord {
  /** Its place in a durable log; 0 where there is none. */
  readonly logId: number;
  readonly revision: number;
  readonly key: string;
  /** undefined: the key was deleted. */
  readonly value: Uint8Array | undefined;
  readonly createRevision: number;
  readonly lease: LeaseId | undefined;
  readonly cause?: Cause | undefined;
}

interface KeyHistory {
  readonly key: string;
  readonly versions: LogRecord[];
}

/**
 * All versions of all keys, in memory, synchronous. Revisions are applied in order.
 *
 * Invariant: a key's versions ascend by revision; after compaction at R each key keeps its newest version at or below R
 * (unless that is a deletion) and all above it.
 */
export class MvccIndex {
  readonly #histories = new SortedByKey<KeyHistory>();
  /** Every record above the compacted revision, in order: what a watch from the past reads. */
  #history: LogRecord[] = [];
  #revision = 1;
  #compacted = 0;

  get revision(): number {
    return this.#revision;
  }

  /** Reads at revisions below this one are answered with `compacted`. */
  get compactedRevision(): number {
    return this.#compacted;
  }

  /** Applies the records of one revision (all with the same number) and tells what changed. */
  apply(records: readonly LogRecord[]): KvEvent[] {
    const events: KvEvent[] = [];
    for (const record of records) {
      const history = this.#historyOf(record.key);
      const before = history.versions.at(-1);
      history.versions.push(record);
      this.#history.push(record);
      this.#revision = record.revision;
      events.push(eventOf(record, before));
    }
    return events;
  }

  /** After a log was read back whose newest or oldest records had been compacted away. */
  restore(revision: number, compactedRevision: number): void {
    this.#revision = Math.max(this.#revision, revision);
    this.#compacted = compactedRevision;
    this.#history = this.#history.slice(firstAtOrAbove(this.#history, compactedRevision + 1));
  }

  /** The newest version; undefined when the key is absent. */
  latest(key: string): KeyValue | undefined {
    const record = this.#histories.get(key)?.versions.at(-1);
    return record?.value === undefined ? undefined : keyValueOf(record, record.value);
  }

  range(request: RangeRequest): RangeResponse {
    const revision = request.revision ?? this.#revision;
    this.#checkReadable(revision);
    const items: KeyValue[] = [];
    const limit = request.countOnly ? 0 : (request.limit ?? Number.POSITIVE_INFINITY) || Number.POSITIVE_INFINITY;
    let count = 0;
    for (const { versions } of this.#historiesOf(request)) {
      const record = versionAt(versions, revision);
      if (record?.value === undefined) continue;
      count++;
      if (items.length < limit) items.push(keyValueOf(record, record.value));
    }
    return { revision, items, count, more: !request.countOnly && count > items.length };
  }

  /** What happened to keys of `prefix` from `fromRevision` on, with the state before each event where it is still known. */
  eventsSince(prefix: string, fromRevision: number): KvEvent[] {
    if (fromRevision <= this.#compacted) throw compactedError(this.#compacted);
    const events: KvEvent[] = [];
    for (let at = firstAtOrAbove(this.#history, fromRevision); at < this.#history.length; at++) {
      const record = this.#history[at]!;
      if (record.key.startsWith(prefix)) events.push(eventOf(record, this.#before(record)));
    }
    return events;
  }

  /**
   * Forgets superseded versions at or below `revision`. Gives back after every `sliceKeys` keys what was dropped, so that
   * the caller can let others run between slices. The rest of the state is compacted from the first slice on.
   */
  *compact(revision: number, sliceKeys: number): Generator<readonly LogRecord[], void> {
    if (revision > this.#revision)
      throw new KvError("futureRevision", `revision ${revision} is ahead of ${this.#revision}`, this.#revision);
    if (revision <= this.#compacted) throw compactedError(this.#compacted);
    const touched = new Set<string>();
    const keepFrom = firstAtOrAbove(this.#history, revision + 1);
    for (let at = 0; at < keepFrom; at++) touched.add(this.#history[at]!.key);
    this.#history = this.#history.slice(keepFrom);
    this.#compacted = revision;
    let dropped: LogRecord[] = [];
    let done = 0;
    for (const key of touched) {
      dropped.push(...this.#compactKey(key, revision));
      if (++done % sliceKeys !== 0) continue;
      yield dropped;
      dropped = [];
    }
    if (dropped.length > 0) yield dropped;
  }

  #compactKey(key: string, revision: number): readonly LogRecord[] {
    const history = this.#histories.get(key);
    if (history === undefined) return [];
    const { versions } = history;
    let keep = versions.findLastIndex(record => record.revision <= revision);
    if (keep < 0) return [];
    if (versions[keep]!.value === undefined) keep++;
    if (keep < versions.length) return versions.splice(0, keep);
    this.#histories.delete(key);
    return versions;
  }

  #historyOf(key: string): KeyHistory {
    const known = this.#histories.get(key);
    if (known !== undefined) return known;
    const history: KeyHistory = { key, versions: [] };
    this.#histories.add(history);
    return history;
  }

  #historiesOf(request: RangeRequest): Iterable<KeyHistory> {
    if (!request.prefix) {
      const history = this.#histories.get(request.key);
      return history === undefined ? [] : [history];
    }
    return this.#histories.withPrefix(request.key, request.after === undefined ? undefined : `${request.after}\0`);
  }

  #before(record: LogRecord): LogRecord | undefined {
    const versions = this.#histories.get(record.key)?.versions ?? [];
    return versions[versions.indexOf(record) - 1];
  }

  #checkReadable(revision: number): void {
    if (revision > this.#revision)
      throw new KvError("futureRevision", `revision ${revision} is ahead of ${this.#revision}`, this.#revision);
    if (revision < this.#compacted) throw compactedError(this.#compacted);
  }
}

function compactedError(compacted: number): KvError {
  return new KvError("compacted", `revisions up to ${compacted} have been compacted`, compacted);
}

function versionAt(versions: readonly LogRecord[], revision: number): LogRecord | undefined {
  for (let at = versions.length - 1; at >= 0; at--) if (versions[at]!.revision <= revision) return versions[at];
  return undefined;
}

/** Index of the first record whose revision is not below `revision`. */
function firstAtOrAbove(records: readonly LogRecord[], revision: number): number {
  return firstIndex(records.length, at => records[at]!.revision >= revision);
}

const nothing = new Uint8Array(0);

function keyValueOf(record: LogRecord, value: Uint8Array): KeyValue {
  const { key, createRevision, revision, lease } = record;
  return { key, value, createRevision, modRevision: revision, ...(lease !== undefined && { lease }) };
}

function eventOf(record: LogRecord, before: LogRecord | undefined): KvEvent {
  return {
    type: record.value === undefined ? "delete" : "put",
    current: keyValueOf(record, record.value ?? nothing),
    ...(before?.value !== undefined && { previous: keyValueOf(before, before.value) }),
    ...(record.cause !== undefined && { cause: record.cause }),
  };
}

import type { MessagePort } from "node:worker_threads";
import type { Lease } from "../mvcc/leases.ts";

/** What the main thread asks of the store worker; each is answered with {@link WorkerAnswer}, in order. */
export type WorkerRequest =
  | { readonly type: "append"; readonly records: RecordHeads; readonly values: ArrayBuffer }
  | { readonly type: "drop"; readonly logIds: readonly number[]; readonly compactedRevision: number }
  | { readonly type: "putLease"; readonly lease: Lease }
  | { readonly type: "deleteLease"; readonly id: number }
  | { readonly type: "close" };

/** Columns of a batch of records; `lengths` cuts `values` (-1: a deletion). */
export interface RecordHeads {
  readonly logIds: readonly number[];
  readonly revisions: readonly number[];
  readonly keys: readonly string[];
  readonly createRevisions: readonly number[];
  readonly leases: readonly (number | null)[];
  readonly lengths: readonly number[];
}

/** Nothing, or what went wrong. */
export type WorkerAnswer = { readonly error?: string };

export interface WorkerSettings {
  readonly file: string;
  /** Carries requests one way and answers the other. */
  readonly port: MessagePort;
  /** One 32-bit counter of the requests sent: the worker sleeps on it. */
  readonly signal: SharedArrayBuffer;
}

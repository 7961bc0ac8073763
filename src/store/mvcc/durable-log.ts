import type { Lease } from "./leases.ts";
import type { LogRecord } from "./mvcc-index.ts";

/** Where records go before anybody is told of them. */
export interface DurableLog extends AsyncDisposable {
  /** Resolves when the records are on disk. One call at a time. */
  append(records: readonly LogRecord[]): Promise<void>;
  /** Forgets these records; `compactedRevision` is what a reader is told from now on. */
  drop(logIds: readonly number[], compactedRevision: number): Promise<void>;
  putLease(lease: Lease): Promise<void>;
  deleteLease(id: number): Promise<void>;
}

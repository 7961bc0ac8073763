import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { KvError } from "../kv.ts";
import type { Lease } from "../mvcc/leases.ts";
import { type LogRecord, MvccIndex } from "../mvcc/mvcc-index.ts";

/** The form of the state folder. A newer one is refused; an older one would be migrated here. */
const format = 1;

export function databaseFile(folder: string): string {
  return join(folder, "log.sqlite");
}

/**
 * An append-only log of records, in order; no index beside it (a second table costs a third of the write rate). The whole
 * of it is read at the start.
 */
export function openDatabase(file: string): DatabaseSync {
  const database = new DatabaseSync(file);
  // One process has it to itself: no lock is taken and given back for each commit, and no memory is shared for it.
  database.exec(`
    PRAGMA locking_mode=EXCLUSIVE;
    PRAGMA journal_mode=WAL;
    PRAGMA synchronous=FULL;
    PRAGMA wal_autocheckpoint=10000;
    CREATE TABLE IF NOT EXISTS log (id INTEGER PRIMARY KEY, revision INTEGER NOT NULL, key TEXT NOT NULL,
      value BLOB, create_revision INTEGER NOT NULL, lease INTEGER);
    CREATE TABLE IF NOT EXISTS lease (id INTEGER PRIMARY KEY, ttl INTEGER NOT NULL, expires_ms REAL NOT NULL);
    CREATE TABLE IF NOT EXISTS state (name TEXT PRIMARY KEY, value INTEGER NOT NULL);`);
  return database;
}

/** Throws KvError `corrupt` for a folder of a newer format. */
export function checkFormat(folder: string): void {
  const path = join(folder, "format");
  if (!existsSync(path)) return writeFileSync(path, `${format}\n`, { mode: 0o600 });
  const found = Number(readFileSync(path, "utf8"));
  if (found !== format)
    throw new KvError("corrupt", `${folder} has format ${found}, this k8ts knows ${format}: use the k8ts that made it`);
}

interface LogRow {
  readonly id: number;
  readonly revision: number;
  readonly key: string;
  readonly value: Uint8Array | null;
  readonly create_revision: number;
  readonly lease: number | null;
}

export interface StoredState {
  readonly index: MvccIndex;
  readonly lastLogId: number;
  readonly leases: readonly Lease[];
  /** Keys that hang on leases. */
  readonly attached: readonly { readonly key: string; readonly lease: number }[];
}

/** Reads everything back, in the order in which it was written. */
export function readState(database: DatabaseSync): StoredState {
  const index = new MvccIndex();
  const leaseOfKey = new Map<string, number>();
  let lastLogId = 0;
  let records: LogRecord[] = [];
  const flush = () => {
    if (records.length > 0) index.apply(records);
    records = [];
  };
  for (const row of database.prepare("SELECT * FROM log ORDER BY id").iterate() as Iterable<LogRow>) {
    if (records.length > 0 && records[0]!.revision !== row.revision) flush();
    const lease = row.lease ?? undefined;
    records.push({
      logId: row.id,
      revision: row.revision,
      key: row.key,
      value: row.value ?? undefined,
      createRevision: row.create_revision,
      lease,
    });
    lastLogId = row.id;
    if (lease === undefined) leaseOfKey.delete(row.key);
    else leaseOfKey.set(row.key, lease);
  }
  flush();
  const numbers = new Map(
    (database.prepare("SELECT name, value FROM state").all() as { name: string; value: number }[]).map(row => [
      row.name,
      row.value,
    ]),
  );
  index.restore(numbers.get("revision") ?? 1, numbers.get("compacted") ?? 0);
  const leases = database.prepare("SELECT id, ttl, expires_ms FROM lease").all() as {
    id: number;
    ttl: number;
    expires_ms: number;
  }[];
  return {
    index,
    lastLogId: Math.max(lastLogId, numbers.get("log_id") ?? 0),
    leases: leases.map(row => ({ id: row.id, timeToLiveSeconds: row.ttl, expiresMs: row.expires_ms })),
    attached: [...leaseOfKey].map(([key, lease]) => ({ key, lease })),
  };
}

import { mkdir } from "node:fs/promises";
import type { Clock } from "#base/clock.ts";
import type { Log } from "#base/log.ts";
import { type Kv, KvError } from "../kv.ts";
import { MvccKv } from "../mvcc/mvcc-kv.ts";
import { checkFormat, databaseFile, openDatabase, readState, type StoredState } from "./database.ts";
import { SqliteLog } from "./sqlite-log.ts";

export interface SqliteKvOptions {
  /** The store's own folder; made when it is not there. One process at a time. */
  readonly folder: string;
  readonly clock: Clock;
  readonly log: Log;
  /** The disk refused a write: what it holds is only known by opening it anew. */
  readonly onFailure?: (error: KvError) => void;
}

/** Opens the durable store: what any process was told is written is there, also after kill -9 or a power cut. */
export async function openSqliteKv(options: SqliteKvOptions): Promise<Kv> {
  await mkdir(options.folder, { recursive: true, mode: 0o700 });
  checkFormat(options.folder);
  const file = databaseFile(options.folder);
  const began = options.clock.monotonic();
  const state = readAll(file);
  const kv = new MvccKv({
    clock: options.clock,
    index: state.index,
    log: new SqliteLog(file),
    lastLogId: state.lastLogId,
    onFailure: options.onFailure,
  });
  for (const { key, lease } of state.attached) kv.leases.attachRestored(key, lease);
  for (const lease of state.leases) kv.leases.restore(lease);
  const ms = Math.round(options.clock.monotonic() - began);
  options.log.info("store opened", { revision: state.index.revision, ms });
  return kv;
}

function readAll(file: string): StoredState {
  try {
    const database = openDatabase(file);
    try {
      return readState(database);
    } finally {
      database.close();
    }
  } catch (error) {
    if (error instanceof KvError) throw error;
    throw new KvError("corrupt", `${file} cannot be read: ${(error as Error).message}`);
  }
}

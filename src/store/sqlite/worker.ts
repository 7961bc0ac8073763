import type { DatabaseSync, StatementSync } from "node:sqlite";
import { receiveMessageOnPort, workerData } from "node:worker_threads";
import { openDatabase } from "./database.ts";
import type { RecordHeads, WorkerAnswer, WorkerRequest, WorkerSettings } from "./messages.ts";

/** The thread that owns the log's file: every commit waits for the disk here, and nowhere else. */
const { file, port, signal } = workerData as WorkerSettings;
const sent = new Int32Array(signal);
const database: DatabaseSync = openDatabase(file);
const begin: StatementSync = database.prepare("BEGIN IMMEDIATE");
const commit: StatementSync = database.prepare("COMMIT");
const insert: StatementSync = database.prepare(
  "INSERT INTO log (id, revision, key, value, create_revision, lease) VALUES (?, ?, ?, ?, ?, ?)",
);
/** A checkpoint in the middle of a burst would hold a commit up: it waits for a quiet moment. */
const idleCheckpointMs = 1_000;

serve();

/** No event loop: a thread that sleeps on the counter itself is awake in a third of the time. */
function serve(): void {
  let needsCheckpoint = false;
  for (;;) {
    const seen = Atomics.load(sent, 0);
    for (let next = receiveMessageOnPort(port); next !== undefined; next = receiveMessageOnPort(port)) {
      const request = next.message as WorkerRequest;
      port.postMessage(answerTo(request));
      if (request.type === "close") return port.close();
      needsCheckpoint = true;
    }
    const woken = Atomics.wait(sent, 0, seen, needsCheckpoint ? idleCheckpointMs : undefined);
    if (woken !== "timed-out") continue;
    database.exec("PRAGMA wal_checkpoint(PASSIVE)");
    needsCheckpoint = false;
  }
}

function answerTo(request: WorkerRequest): WorkerAnswer {
  try {
    handle(request);
    return {};
  } catch (error) {
    return { error: (error as Error).message };
  }
}

function handle(request: WorkerRequest): void {
  switch (request.type) {
    case "append":
      return transaction(() => append(request.records, new Uint8Array(request.values)));
    case "drop":
      return transaction(() => drop(request.logIds, request.compactedRevision));
    case "putLease":
      database
        .prepare("INSERT OR REPLACE INTO lease (id, ttl, expires_ms) VALUES (?, ?, ?)")
        .run(request.lease.id, request.lease.timeToLiveSeconds, request.lease.expiresMs);
      return;
    case "deleteLease":
      database.prepare("DELETE FROM lease WHERE id = ?").run(request.id);
      return;
    case "close":
      database.close();
  }
}

function transaction(work: () => void): void {
  begin.run();
  try {
    work();
    commit.run();
  } catch (error) {
    if (database.isTransaction) database.exec("ROLLBACK");
    throw error;
  }
}

function append(heads: RecordHeads, values: Uint8Array): void {
  let offset = 0;
  for (let at = 0; at < heads.logIds.length; at++) {
    const length = heads.lengths[at]!;
    const value = length < 0 ? null : values.subarray(offset, offset + length);
    offset += Math.max(0, length);
    insert.run(
      heads.logIds[at]!,
      heads.revisions[at]!,
      heads.keys[at]!,
      value,
      heads.createRevisions[at]!,
      heads.leases[at]!,
    );
  }
}

/** The newest revision and log id are noted too: their records may be among those that go. */
function drop(logIds: readonly number[], compactedRevision: number): void {
  const note = database.prepare("INSERT OR REPLACE INTO state (name, value) VALUES (?, ?)");
  const newest = database.prepare("SELECT max(id) AS id, max(revision) AS revision FROM log").get() as {
    id: number | null;
    revision: number | null;
  };
  if (newest.id !== null) note.run("log_id", newest.id);
  if (newest.revision !== null) note.run("revision", newest.revision);
  note.run("compacted", compactedRevision);
  const remove = database.prepare("DELETE FROM log WHERE id = ?");
  for (const id of logIds) remove.run(id);
}

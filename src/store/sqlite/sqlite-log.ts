import { fileURLToPath } from "node:url";
import { MessageChannel, type MessagePort, Worker } from "node:worker_threads";
import type { DurableLog } from "../mvcc/durable-log.ts";
import type { Lease } from "../mvcc/leases.ts";
import type { LogRecord } from "../mvcc/mvcc-index.ts";
import type { RecordHeads, WorkerAnswer, WorkerRequest, WorkerSettings } from "./messages.ts";

/** The log in a worker thread. Requests are answered in the order in which they were sent. */
export class SqliteLog implements DurableLog {
  readonly #worker: Worker;
  readonly #port: MessagePort;
  readonly #sent: Int32Array;
  #failure: Error | undefined;
  #waiting: { resolve: () => void; reject: (error: Error) => void }[] = [];

  constructor(file: string) {
    const { port1, port2 } = new MessageChannel();
    const signal = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
    const settings: WorkerSettings = { file, port: port2, signal };
    this.#worker = new Worker(workerFile(), { workerData: settings, transferList: [port2] });
    this.#sent = new Int32Array(signal);
    this.#port = port1;
    this.#port.on("message", (answer: WorkerAnswer) => {
      const waiting = this.#waiting.shift();
      if (answer.error === undefined) waiting?.resolve();
      else waiting?.reject(new Error(answer.error));
    });
    this.#worker.on("error", error => this.#failAll(error as Error));
    this.#worker.on("exit", () => this.#failAll(new Error("the store worker ended")));
  }

  append(records: readonly LogRecord[]): Promise<void> {
    const size = records.reduce((sum, record) => sum + (record.value?.length ?? 0), 0);
    // An ArrayBuffer of our own: a pooled Buffer must never be transferred.
    const values = new Uint8Array(size);
    let offset = 0;
    for (const { value } of records) {
      if (value === undefined) continue;
      values.set(value, offset);
      offset += value.length;
    }
    return this.#send({ type: "append", records: headsOf(records), values: values.buffer }, [values.buffer]);
  }

  drop(logIds: readonly number[], compactedRevision: number): Promise<void> {
    return this.#send({ type: "drop", logIds, compactedRevision });
  }

  putLease(lease: Lease): Promise<void> {
    return this.#send({ type: "putLease", lease });
  }

  deleteLease(id: number): Promise<void> {
    return this.#send({ type: "deleteLease", id });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#send({ type: "close" }).catch(() => undefined); // A worker that is gone is as closed as can be.
    await this.#worker.terminate();
    this.#port.close();
  }

  #send(request: WorkerRequest, transfer: ArrayBuffer[] = []): Promise<void> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#port.postMessage(request, transfer);
      Atomics.add(this.#sent, 0, 1);
      Atomics.notify(this.#sent, 0);
    });
  }

  #failAll(error: Error): void {
    this.#failure ??= error;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const each of waiting) each.reject(error);
  }
}

/** The worker's file: beside this one in the sources, `store-worker.js` in the bundle's folder. */
function workerFile(): string {
  const name = import.meta.url.endsWith(".ts") ? "./worker.ts" : "./store-worker.js";
  return fileURLToPath(new URL(name, import.meta.url));
}

function headsOf(records: readonly LogRecord[]): RecordHeads {
  return {
    logIds: records.map(record => record.logId),
    revisions: records.map(record => record.revision),
    keys: records.map(record => record.key),
    createRevisions: records.map(record => record.createRevision),
    leases: records.map(record => record.lease ?? null),
    lengths: records.map(record => record.value?.length ?? -1),
  };
}

import { Buffer } from "node:buffer";
import type { Writable } from "node:stream";
import type { BodySink } from "../http.ts";

/** Large bodies are written in buffers of this size; those that are done with are kept for the next, up to 4 MiB. */
const roomBytes = 256 * 1024;
const roomsKept = 16;
const rooms: Uint8Array[] = [];

/** A body that is written to a stream of node, as fast as its reader takes it. */
export class WritableSink implements BodySink {
  readonly signal: AbortSignal;
  readonly #stream: Writable;
  #room: Uint8Array | undefined;

  constructor(stream: Writable, signal: AbortSignal) {
    this.#stream = stream;
    this.signal = signal;
  }

  write(bytes: Uint8Array): boolean {
    if (this.#stream.destroyed) return true;
    if (bytes !== this.#room) return this.#stream.write(bytes);
    this.#room = undefined;
    return this.#stream.write(bytes, error => this.#takeBack(bytes, error));
  }

  /** Of a stream that was cut off somebody below may still hold it: another's bytes must never get there. */
  #takeBack(room: Uint8Array, error: Error | null | undefined): void {
    if (!error && !this.#stream.destroyed && rooms.length < roomsKept) rooms.push(room);
  }

  room(size: number): Uint8Array {
    if (size !== roomBytes) return Buffer.allocUnsafeSlow(size);
    this.#room = rooms.pop() ?? Buffer.allocUnsafeSlow(size);
    return this.#room;
  }

  drained(): Promise<void> {
    const stream = this.#stream;
    if (stream.destroyed || !stream.writableNeedDrain) return Promise.resolve();
    return new Promise(resolve => {
      const settle = () => {
        stream.off("drain", settle);
        stream.off("close", settle);
        resolve();
      };
      stream.once("drain", settle);
      stream.once("close", settle);
    });
  }

  get pendingBytes(): number {
    return this.#stream.writableLength;
  }
}

import type { Writable } from "node:stream";
import type { BodySink } from "../http.ts";

/** A body that is written to a stream of node, as fast as its reader takes it. */
export class WritableSink implements BodySink {
  readonly signal: AbortSignal;
  readonly #stream: Writable;

  constructor(stream: Writable, signal: AbortSignal) {
    this.#stream = stream;
    this.signal = signal;
  }

  write(bytes: Uint8Array): boolean {
    return this.#stream.destroyed || this.#stream.write(bytes);
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

/** Values pushed by one side and iterated by any number of others, each from where it began. */
export class EventStream<T> {
  readonly #readers = new Set<{ queue: T[]; wake: (() => void) | undefined }>();

  push(value: T): void {
    for (const reader of this.#readers) {
      reader.queue.push(value);
      reader.wake?.();
    }
  }

  async *read(signal: AbortSignal | undefined): AsyncGenerator<T> {
    const reader: { queue: T[]; wake: (() => void) | undefined } = { queue: [], wake: undefined };
    this.#readers.add(reader);
    const aborted = () => reader.wake?.();
    signal?.addEventListener("abort", aborted, { once: true });
    try {
      while (!signal?.aborted) {
        while (reader.queue.length > 0) yield reader.queue.shift()!;
        await new Promise<void>(resolve => {
          reader.wake = resolve;
          if (reader.queue.length > 0 || signal?.aborted) resolve();
        });
        reader.wake = undefined;
      }
    } finally {
      this.#readers.delete(reader);
      signal?.removeEventListener("abort", aborted);
    }
  }
}

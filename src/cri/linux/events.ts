import type * as cri from "../protocol/messages.ts";

/** How many events a slow reader may be behind before it is cut off (it then lists anew). */
const backlogLimit = 1000;

type Reader = { readonly queue: cri.ContainerEventResponse[]; wake: () => void; lost: boolean };

/** Hands each container event to everyone who listens. */
export class ContainerEvents {
  readonly #readers = new Set<Reader>();

  emit(event: cri.ContainerEventResponse): void {
    for (const reader of this.#readers) {
      if (reader.queue.length >= backlogLimit) reader.lost = true;
      else reader.queue.push(event);
      reader.wake();
    }
  }

  /** Whether anybody listens: an event need not be made otherwise. */
  get wanted(): boolean {
    return this.#readers.size > 0;
  }

  /** Events from now on, until the signal aborts. Listening starts with this call, not with the first `next`. */
  listen(signal: AbortSignal | undefined): AsyncIterable<cri.ContainerEventResponse> {
    const reader: Reader = { queue: [], wake: () => {}, lost: false };
    this.#readers.add(reader);
    signal?.addEventListener("abort", () => reader.wake(), { once: true });
    const readers = this.#readers;
    return (async function* () {
      try {
        while (signal?.aborted !== true) {
          const event = reader.queue.shift();
          if (event !== undefined) yield event;
          else if (reader.lost) return;
          else await new Promise<void>(resolve => (reader.wake = resolve));
        }
      } finally {
        readers.delete(reader);
      }
    })();
  }

  /** Ends every reader's iteration. */
  close(): void {
    for (const reader of this.#readers) {
      reader.lost = true;
      reader.wake();
    }
  }
}

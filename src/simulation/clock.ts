import type { Clock, Timer } from "#base/clock.ts";

interface Entry {
  readonly dueMs: number;
  readonly order: number;
  readonly callback: () => void;
  cancelled: boolean;
}

/** Time that stands still until it is moved. Timers fire in the order of their due times, ties in the order made. */
export class VirtualClock implements Clock {
  #nowMs: number;
  readonly #startMs: number;
  #order = 0;
  readonly #timers: Entry[] = [];

  constructor(startMs = Date.parse("2026-01-01T00:00:00Z")) {
    this.#nowMs = startMs;
    this.#startMs = startMs;
  }

  now(): number {
    return this.#nowMs;
  }

  monotonic(): number {
    return this.#nowMs - this.#startMs;
  }

  schedule(delayMs: number, callback: () => void): Timer {
    const entry: Entry = {
      dueMs: this.#nowMs + Math.max(0, delayMs),
      order: this.#order++,
      callback,
      cancelled: false,
    };
    this.#insert(entry);
    const cancel = () => {
      entry.cancelled = true;
    };
    return { cancel, [Symbol.dispose]: cancel };
  }

  sleep(delayMs: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason as Error);
      const timer = this.schedule(delayMs, () => {
        signal?.removeEventListener("abort", aborted);
        resolve();
      });
      const aborted = () => {
        timer.cancel();
        reject(signal!.reason as Error);
      };
      signal?.addEventListener("abort", aborted, { once: true });
    });
  }

  /** The due time of the next timer; undefined when there is none. */
  nextDueMs(): number | undefined {
    while (this.#timers[0]?.cancelled) this.#timers.shift();
    return this.#timers[0]?.dueMs;
  }

  /** Moves time on by `ms`, firing what falls due; promises settle between two due times. */
  async advance(ms: number): Promise<void> {
    const end = this.#nowMs + ms;
    await settle();
    for (let due = this.nextDueMs(); due !== undefined && due <= end; due = this.nextDueMs()) {
      this.#nowMs = Math.max(this.#nowMs, due);
      this.#timers.shift()!.callback();
      await settle();
    }
    this.#nowMs = end;
  }

  #insert(entry: Entry): void {
    let low = 0;
    let high = this.#timers.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#timers[middle]!.dueMs <= entry.dueMs) low = middle + 1;
      else high = middle;
    }
    this.#timers.splice(low, 0, entry);
  }
}

/**
 * Lets promise chains run to their end: in-process chains are a bounded number of microtasks long, and a virtual world
 * does nothing that needs the event loop.
 */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 200; turn++) await undefined;
}

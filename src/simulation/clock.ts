import { firstIndex } from "#base/binary-search.ts";
import type { Clock, Timer } from "#base/clock.ts";
import { microtasksDrained } from "#base/host/microtasks.ts";

interface Entry {
  readonly dueMs: number;
  readonly order: number;
  readonly callback: () => void;
}

/**
 * Time that stands still until it is moved. Timers fire in the order of their due times, ties in the order made, and
 * every promise chain runs to its end before the next one fires: the same program does the same things in the same order.
 *
 * Invariant: `#timers` is sorted by due time, then by order, and holds no timer that fired or was cancelled.
 */
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
    const entry: Entry = { dueMs: this.#nowMs + Math.max(0, delayMs), order: this.#order++, callback };
    this.#timers.splice(this.#placeOf(entry), 0, entry);
    const cancel = () => this.#remove(entry);
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
    return this.#timers[0]?.dueMs;
  }

  /** Moves time on by `ms`, firing what falls due; promises settle between two timers. */
  async advance(ms: number): Promise<void> {
    const end = this.#nowMs + ms;
    await microtasksDrained();
    for (let due = this.nextDueMs(); due !== undefined && due <= end; due = this.nextDueMs()) await this.step();
    this.#nowMs = end;
  }

  /** Moves time to the next timer, fires it and lets promises settle. False: there is no timer. */
  async step(): Promise<boolean> {
    const next = this.#timers.shift();
    if (next === undefined) return false;
    this.#nowMs = Math.max(this.#nowMs, next.dueMs);
    next.callback();
    await microtasksDrained();
    return true;
  }

  #remove(entry: Entry): void {
    const place = this.#placeOf(entry);
    if (this.#timers[place] === entry) this.#timers.splice(place, 1);
  }

  /** Where the entry is, or belongs. */
  #placeOf(entry: Entry): number {
    return firstIndex(this.#timers.length, at => {
      const { dueMs, order } = this.#timers[at]!;
      return dueMs > entry.dueMs || (dueMs === entry.dueMs && order >= entry.order);
    });
  }
}

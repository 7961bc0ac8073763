import type { Clock } from "./clock.ts";

export interface Deadline {
  readonly atMs: number;
  readonly expire: () => void;
}

/**
 * Many waits with one and the same limit: the oldest is the first to run out, so that a single timer serves them all, and
 * a wait that ends in time costs an entry in a set. Calls `expire` of a deadline that was not met, once.
 */
export class Deadlines {
  readonly #clock: Clock;
  readonly #limitMs: number;
  /** In the order in which they run out. */
  readonly #open = new Set<Deadline>();
  #isScheduled = false;

  constructor(clock: Clock, limitMs: number) {
    this.#clock = clock;
    this.#limitMs = limitMs;
  }

  start(expire: () => void): Deadline {
    const deadline = { atMs: this.#clock.monotonic() + this.#limitMs, expire };
    this.#open.add(deadline);
    if (!this.#isScheduled) this.#schedule(this.#limitMs);
    return deadline;
  }

  met(deadline: Deadline): void {
    this.#open.delete(deadline);
  }

  #schedule(delayMs: number): void {
    this.#isScheduled = true;
    this.#clock.schedule(delayMs, () => this.#tick(), { background: true });
  }

  #tick(): void {
    this.#isScheduled = false;
    const nowMs = this.#clock.monotonic();
    for (const deadline of this.#open) {
      // A timer may come a little early: what is left is waited for.
      if (deadline.atMs > nowMs) return this.#schedule(Math.max(1, deadline.atMs - nowMs));
      this.#open.delete(deadline);
      deadline.expire();
    }
  }
}

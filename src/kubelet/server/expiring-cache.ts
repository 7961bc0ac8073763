import type { Clock } from "#base/clock.ts";

/** Answers that hold for a while; the oldest go when there are too many. */
export class ExpiringCache<T> {
  readonly #clock: Clock;
  readonly #capacity: number;
  readonly #entries = new Map<string, { readonly value: T; readonly untilMs: number }>();

  constructor(clock: Clock, capacity: number) {
    this.#clock = clock;
    this.#capacity = capacity;
  }

  async get(key: string, ask: () => Promise<{ value: T; keepMs: number }>): Promise<T> {
    const known = this.#entries.get(key);
    if (known !== undefined && known.untilMs > this.#clock.now()) return known.value;
    const { value, keepMs } = await ask();
    this.#entries.delete(key);
    this.#entries.set(key, { value, untilMs: this.#clock.now() + keepMs });
    if (this.#entries.size > this.#capacity) this.#entries.delete(this.#entries.keys().next().value!);
    return value;
  }
}

import { type BackoffOptions, backoffMs } from "#base/backoff.ts";
import { type Cause, unionCauses } from "#base/cause.ts";
import type { Clock, Timer } from "#base/clock.ts";

export interface WorkQueueDeps {
  readonly clock: Clock;
}

export interface WorkQueueOptions {
  /** 5 ms doubling up to 1000 s when left out. */
  readonly backoff?: BackoffOptions;
}

export interface WorkItem {
  readonly key: string;
  /** All that led to this key being here, as one. */
  readonly cause: Cause | undefined;
}

/** Per key, as upstream's controllers wait after failures. */
const defaultBackoff: BackoffOptions = { initialMs: 5, maximumMs: 1_000_000 };

/**
 * Keys that need work, each at most once, in the order they came. A key that comes again while a worker holds it is
 * given out anew once the worker is done with it, never to two workers at the same time.
 *
 * A key is in exactly one of: nowhere, waiting (for its delay), ready, held, held and dirty.
 */
export class WorkQueue {
  readonly #clock: Clock;
  readonly #backoff: BackoffOptions;
  /** Ready keys in order, and dirty keys that a worker holds; the value is what led here. */
  readonly #causes = new Map<string, Cause[]>();
  readonly #ready = new Set<string>();
  readonly #held = new Set<string>();
  readonly #delays = new Map<string, { readonly dueMs: number; readonly timer: Timer }>();
  readonly #delayedCauses = new Map<string, Cause[]>();
  readonly #failures = new Map<string, number>();
  readonly #takers: ((item: WorkItem | undefined) => void)[] = [];
  #closed = false;

  constructor(deps: WorkQueueDeps, options: WorkQueueOptions = {}) {
    this.#clock = deps.clock;
    this.#backoff = options.backoff ?? defaultBackoff;
  }

  /** Keys ready to be taken. */
  get length(): number {
    return this.#ready.size;
  }

  /** Nothing ready and nothing held; delayed keys may wait. */
  get idle(): boolean {
    return this.#ready.size === 0 && this.#held.size === 0;
  }

  add(key: string, cause?: Cause): void {
    if (this.#closed) return;
    this.#remember(this.#causes, key, cause);
    if (!this.#held.has(key)) this.#ready.add(key);
    this.#serve();
  }

  /** Of several delays of one key the earliest counts. */
  addAfter(key: string, delayMs: number, cause?: Cause): void {
    if (delayMs <= 0) return this.add(key, cause);
    if (this.#closed) return;
    this.#remember(this.#delayedCauses, key, cause);
    const dueMs = this.#clock.monotonic() + delayMs;
    const earlier = this.#delays.get(key);
    if (earlier !== undefined && earlier.dueMs <= dueMs) return;
    earlier?.timer.cancel();
    const timer = this.#clock.schedule(delayMs, () => this.#due(key), { background: true });
    this.#delays.set(key, { dueMs, timer });
  }

  /** Comes back later the more often it failed; {@link forget} ends the count. */
  addRateLimited(key: string, cause?: Cause): void {
    const failures = this.#failures.get(key) ?? 0;
    this.#failures.set(key, failures + 1);
    this.addAfter(key, backoffMs(failures, this.#backoff), cause);
  }

  forget(key: string): void {
    this.#failures.delete(key);
  }

  failures(key: string): number {
    return this.#failures.get(key) ?? 0;
  }

  /** The next key, held by the caller until {@link done}; undefined when none is ready. */
  take(): WorkItem | undefined {
    const key = this.#ready.values().next().value;
    if (key === undefined) return undefined;
    this.#ready.delete(key);
    this.#held.add(key);
    const causes = this.#causes.get(key) ?? [];
    this.#causes.delete(key);
    return { key, cause: unionCauses(causes) };
  }

  /** Like {@link take}, but waits; undefined when the queue was closed. */
  next(): Promise<WorkItem | undefined> {
    const item = this.take();
    if (item !== undefined || this.#closed) return Promise.resolve(item);
    return new Promise(resolve => this.#takers.push(resolve));
  }

  done(key: string): void {
    this.#held.delete(key);
    if (this.#causes.has(key) && !this.#closed) this.#ready.add(key);
    this.#serve();
  }

  /** Gives nothing out any more and lets everyone who waits go. */
  close(): void {
    this.#closed = true;
    for (const { timer } of this.#delays.values()) timer.cancel();
    this.#delays.clear();
    this.#ready.clear();
    for (const taker of this.#takers.splice(0)) taker(undefined);
  }

  #due(key: string): void {
    this.#delays.delete(key);
    const causes = this.#delayedCauses.get(key) ?? [];
    this.#delayedCauses.delete(key);
    this.add(key, unionCauses(causes));
  }

  /** Keeps the list of causes short: unions them once there are many. */
  #remember(map: Map<string, Cause[]>, key: string, cause: Cause | undefined): void {
    const causes = map.get(key);
    if (causes === undefined) map.set(key, cause === undefined ? [] : [cause]);
    else if (cause !== undefined) {
      causes.push(cause);
      if (causes.length >= 32) map.set(key, [unionCauses(causes)!]);
    }
  }

  #serve(): void {
    while (this.#takers.length > 0) {
      const item = this.take();
      if (item === undefined) return;
      this.#takers.shift()!(item);
    }
  }
}

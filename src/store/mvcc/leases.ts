import type { Clock, Timer } from "#base/clock.ts";
import { KvError, type LeaseId } from "../kv.ts";

export interface Lease {
  readonly id: LeaseId;
  readonly timeToLiveSeconds: number;
  /** Epoch milliseconds. */
  readonly expiresMs: number;
}

/** Counts leases down and knows which keys hang on each. What an ended lease means is the owner's to do. */
export class Leases implements Disposable {
  readonly #clock: Clock;
  readonly #onExpired: (id: LeaseId, keys: readonly string[]) => void;
  readonly #leases = new Map<LeaseId, { lease: Lease; timer: Timer; keys: Set<string> }>();
  readonly #restoredKeys = new Map<LeaseId, Set<string>>();
  #last = 0;

  constructor(clock: Clock, onExpired: (id: LeaseId, keys: readonly string[]) => void) {
    this.#clock = clock;
    this.#onExpired = onExpired;
  }

  grant(timeToLiveSeconds: number): Lease {
    const id = Math.max(this.#last + 1, Math.floor(this.#clock.now()));
    const lease = { id, timeToLiveSeconds, expiresMs: this.#clock.now() + timeToLiveSeconds * 1000 };
    this.restore(lease);
    return lease;
  }

  /** A lease from before a restart; one whose time is over ends at once. */
  restore(lease: Lease): void {
    this.#last = Math.max(this.#last, lease.id);
    const keys = this.#leases.get(lease.id)?.keys ?? this.#restoredKeys.get(lease.id) ?? new Set<string>();
    this.#restoredKeys.delete(lease.id);
    this.#leases.get(lease.id)?.timer.cancel();
    const timer = this.#clock.schedule(Math.max(0, lease.expiresMs - this.#clock.now()), () => this.#expire(lease.id), {
      background: true,
    });
    this.#leases.set(lease.id, { lease, timer, keys });
  }

  keepAlive(id: LeaseId): Lease {
    const { lease } = this.#require(id);
    const renewed = { ...lease, expiresMs: this.#clock.now() + lease.timeToLiveSeconds * 1000 };
    this.restore(renewed);
    return renewed;
  }

  /** Ends the lease; answers with its keys. */
  revoke(id: LeaseId): readonly string[] {
    const { timer, keys } = this.#require(id);
    timer.cancel();
    this.#leases.delete(id);
    return [...keys];
  }

  has(id: LeaseId): boolean {
    return this.#leases.has(id);
  }

  /** A key that hung on a lease before a restart; the lease itself follows by {@link restore}. */
  attachRestored(key: string, id: LeaseId): void {
    const keys = this.#restoredKeys.get(id);
    if (keys === undefined) this.#restoredKeys.set(id, new Set([key]));
    else keys.add(key);
  }

  attach(key: string, id: LeaseId | undefined, before: LeaseId | undefined): void {
    if (before !== undefined && before !== id) this.#leases.get(before)?.keys.delete(key);
    if (id !== undefined) this.#leases.get(id)?.keys.add(key);
  }

  [Symbol.dispose](): void {
    for (const { timer } of this.#leases.values()) timer.cancel();
    this.#leases.clear();
  }

  #expire(id: LeaseId): void {
    const keys = this.#leases.get(id)?.keys ?? new Set();
    this.#leases.delete(id);
    this.#onExpired(id, [...keys]);
  }

  #require(id: LeaseId) {
    const found = this.#leases.get(id);
    if (found === undefined) throw new KvError("leaseNotFound", `lease ${id} is not known`);
    return found;
  }
}

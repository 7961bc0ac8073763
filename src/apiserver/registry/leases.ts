import type { Clock } from "#base/clock.ts";
import type { Kv, LeaseId } from "#store/kv.ts";

/** Objects of one minute share a lease: a lease each would double the store's work for events. */
const sharedSeconds = 60;

export interface Leases {
  leaseFor(timeToLiveSeconds: number): Promise<{ lease: LeaseId }>;
}

/** Leases that last at least as long as asked and at most a minute longer. */
export function createLeases(deps: { kv: Kv; clock: Clock }): Leases {
  const current = new Map<number, { lease: Promise<LeaseId>; untilMs: number }>();
  return {
    async leaseFor(timeToLiveSeconds) {
      const now = deps.clock.monotonic();
      let shared = current.get(timeToLiveSeconds);
      if (shared === undefined || now >= shared.untilMs) {
        const lease = deps.kv.leaseGrant(timeToLiveSeconds + sharedSeconds);
        shared = { lease, untilMs: now + sharedSeconds * 1000 };
        current.set(timeToLiveSeconds, shared);
        lease.catch(() => current.delete(timeToLiveSeconds)); // Whoever asked is told; the next one tries anew.
      }
      return { lease: await shared.lease };
    },
  };
}

import { type Lease, leases } from "#api/coordination.k8s.io/v1/lease.ts";
import { isNotFound } from "#api/status.ts";
import { type Clock, formatMicroTime } from "#base/clock.ts";
import type { Log } from "#base/log.ts";
import type { Random } from "#base/random.ts";
import type { Client, ObjectKey } from "./client.ts";

export interface LeaderElectionDeps {
  readonly client: Client;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

export interface LeaderElectionOptions {
  readonly namespace: string;
  readonly name: string;
  /** Tells candidates apart; two with the same identity are one leader. */
  readonly identity: string;
  readonly leaseMs?: number;
  readonly renewDeadlineMs?: number;
  readonly retryMs?: number;
}

/** Who holds the lease is as last seen here: clocks of different machines are never compared. */
interface Observed {
  readonly lease: Lease;
  readonly seenMs: number;
}

/**
 * Runs `lead` while this candidate holds the lease. `lead` gets a signal that aborts when the lease is lost or the
 * election ends; the promise resolves then, and rejects with what `lead` throws.
 */
export async function runAsLeader(
  deps: LeaderElectionDeps,
  options: LeaderElectionOptions,
  lead: (signal: AbortSignal) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  const candidate = new Candidate(deps, options);
  if (!(await candidate.acquire(signal))) return;
  deps.log.info("became the leader", { lease: options.name, identity: options.identity });
  const leading = new AbortController();
  const stop = () => leading.abort(signal.reason);
  signal.addEventListener("abort", stop, { once: true });
  try {
    const renewing = candidate
      .renewUntilLost(leading.signal)
      .then(() => leading.abort(new Error("the lease was lost")));
    await lead(leading.signal);
    leading.abort(new Error("leading ended"));
    await renewing;
  } finally {
    leading.abort(new Error("leading ended"));
    signal.removeEventListener("abort", stop);
    await candidate.release();
  }
}

class Candidate {
  readonly #deps: LeaderElectionDeps;
  readonly #options: LeaderElectionOptions;
  readonly #key: ObjectKey;
  readonly #leaseMs: number;
  readonly #renewDeadlineMs: number;
  readonly #retryMs: number;
  #observed: Observed | undefined;

  constructor(deps: LeaderElectionDeps, options: LeaderElectionOptions) {
    this.#deps = deps;
    this.#options = options;
    this.#key = { namespace: options.namespace, name: options.name };
    this.#leaseMs = options.leaseMs ?? 15_000;
    this.#renewDeadlineMs = options.renewDeadlineMs ?? 10_000;
    this.#retryMs = options.retryMs ?? 2_000;
  }

  /** False: the signal aborted first. */
  async acquire(signal: AbortSignal): Promise<boolean> {
    while (!signal.aborted) {
      if (await this.#tryOnce()) return true;
      const jitter = 1 + 1.2 * this.#deps.random.float();
      await this.#pause(this.#retryMs * jitter, signal);
    }
    return false;
  }

  /** Resolves when renewing failed for the whole deadline, or the signal aborts. */
  async renewUntilLost(signal: AbortSignal): Promise<void> {
    let renewedMs = this.#deps.clock.monotonic();
    for (;;) {
      await this.#pause(this.#retryMs, signal);
      if (signal.aborted) return;
      if (await this.#tryOnce()) renewedMs = this.#deps.clock.monotonic();
      else if (this.#deps.clock.monotonic() - renewedMs >= this.#renewDeadlineMs || this.#heldByAnother()) {
        this.#deps.log.warn("lost the lease", { lease: this.#options.name });
        return;
      }
    }
  }

  /** Lets another candidate begin at once. */
  async release(): Promise<void> {
    const lease = this.#observed?.lease;
    if (lease === undefined || lease.spec?.holderIdentity !== this.#options.identity) return;
    const now = formatMicroTime(this.#deps.clock.now());
    const spec = { ...lease.spec, holderIdentity: "", leaseDurationSeconds: 1, renewTime: now, acquireTime: now };
    try {
      await this.#deps.client.update(leases, { ...lease, spec });
    } catch (error) {
      this.#deps.log.debug("the lease could not be released", { error });
    }
  }

  async #tryOnce(): Promise<boolean> {
    try {
      return await this.#acquireOrRenew();
    } catch (error) {
      this.#deps.log.debug("the lease could not be had", { lease: this.#options.name, error });
      return false;
    }
  }

  async #acquireOrRenew(): Promise<boolean> {
    const { client, clock } = this.#deps;
    const found = await this.#read();
    const now = formatMicroTime(clock.now());
    if (found === undefined) {
      const { namespace, name } = this.#options;
      this.#observe(await client.create(leases, { metadata: { namespace, name }, spec: this.#spec(undefined, now) }));
      return true;
    }
    this.#observe(found);
    if (this.#heldByAnother()) return false;
    this.#observe(await client.update(leases, { ...found, spec: this.#spec(found, now) }));
    return true;
  }

  async #read(): Promise<Lease | undefined> {
    try {
      return await this.#deps.client.get(leases, this.#key);
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  #spec(before: Lease | undefined, now: string): Lease["spec"] {
    const mine = before?.spec?.holderIdentity === this.#options.identity;
    const transitions = before?.spec?.leaseTransitions ?? 0;
    return {
      ...before?.spec,
      holderIdentity: this.#options.identity,
      leaseDurationSeconds: Math.floor(this.#leaseMs / 1000),
      acquireTime: mine ? before?.spec?.acquireTime : now,
      renewTime: now,
      leaseTransitions: before === undefined || mine ? transitions : transitions + 1,
    };
  }

  #observe(lease: Lease): void {
    if (this.#observed?.lease.metadata.resourceVersion === lease.metadata.resourceVersion) return;
    this.#observed = { lease, seenMs: this.#deps.clock.monotonic() };
  }

  #heldByAnother(): boolean {
    if (this.#observed === undefined) return false;
    const { holderIdentity, leaseDurationSeconds } = this.#observed.lease.spec ?? {};
    if (!holderIdentity || holderIdentity === this.#options.identity) return false;
    const validMs = (leaseDurationSeconds ?? 0) * 1000;
    return this.#deps.clock.monotonic() - this.#observed.seenMs < validMs;
  }

  async #pause(ms: number, signal: AbortSignal): Promise<void> {
    try {
      await this.#deps.clock.sleep(ms, signal);
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }
}

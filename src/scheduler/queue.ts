import { backoffMs } from "#base/backoff.ts";
import { firstIndex } from "#base/binary-search.ts";
import { type Cause, unionCauses } from "#base/cause.ts";
import type { Clock, Timer } from "#base/clock.ts";
import type { ClusterEvent, QueuedPod, WeightedPlugin } from "./framework.ts";
import type { PodInfo } from "./pod-info.ts";

/** A pod that has no node yet. */
export interface Entry extends QueuedPod {
  info: PodInfo;
  cause: Cause | undefined;
  attempts: number;
  /** Where it waits; `held`: the scheduler has it. */
  place: "active" | "backoff" | "unschedulable" | "gated" | "held";
  /** Not tried again before this; monotonic milliseconds. */
  notBeforeMs: number;
  unschedulableSinceMs: number;
  /** Who turned it away; empty when there was no node to ask about. */
  rejectedBy: ReadonlySet<string>;
}

const backoff = { initialMs: 1_000, maximumMs: 10_000 };
/** A pod is tried again after this long even when no event seemed to help it. */
const unschedulableLimitMs = 5 * 60_000;

/**
 * Pods that wait for a node: ready ones in order (`active`); those that failed and could fit now, until their delay is
 * over (`backoff`); those that nothing has happened for since (`unschedulable`); those not to be tried (`gated`).
 * It never polls: one timer is set, for whichever pod is due next.
 */
export class SchedulingQueue {
  readonly #clock: Clock;
  readonly #plugins: readonly WeightedPlugin[];
  readonly #onReady: () => void;
  readonly #compare: (a: QueuedPod, b: QueuedPod) => number;
  readonly #entries = new Map<string, Entry>();
  readonly #active: Entry[] = [];
  #timer: Timer | undefined;
  #timerDueMs = Number.POSITIVE_INFINITY;

  constructor(deps: { clock: Clock; plugins: readonly WeightedPlugin[]; onReady: () => void }) {
    this.#clock = deps.clock;
    this.#plugins = deps.plugins;
    this.#onReady = deps.onReady;
    const sorter = deps.plugins.find(({ plugin }) => plugin.compare !== undefined)?.plugin;
    this.#compare = (a, b) => sorter?.compare?.(a, b) ?? 0;
  }

  placeOf(uid: string): Entry["place"] | undefined {
    return this.#entries.get(uid)?.place;
  }

  /** A pod without a node was seen, for the first time or changed. */
  add(info: PodInfo, cause: Cause | undefined): void {
    const known = this.#entries.get(info.uid);
    if (known !== undefined) return this.#update(known, info, cause);
    const entry: Entry = {
      info,
      cause,
      sinceMs: this.#clock.monotonic(),
      attempts: 0,
      place: "held",
      notBeforeMs: 0,
      unschedulableSinceMs: 0,
      rejectedBy: new Set(),
    };
    this.#entries.set(info.uid, entry);
    this.#activate(entry);
  }

  remove(uid: string): void {
    const entry = this.#entries.get(uid);
    if (entry === undefined) return;
    this.#leaveActive(entry);
    this.#entries.delete(uid);
  }

  /** The next pod to try; the caller then calls {@link reject}, {@link retry} or {@link remove}. */
  pop(): Entry | undefined {
    const entry = this.#active.shift();
    if (entry === undefined) return undefined;
    entry.place = "held";
    entry.attempts++;
    return entry;
  }

  /** No node fits: wait for something that the plugins which said no care about. */
  reject(entry: Entry, rejectedBy: ReadonlySet<string>): void {
    if (!this.#isCurrent(entry)) return;
    const nowMs = this.#clock.monotonic();
    entry.rejectedBy = rejectedBy;
    entry.place = "unschedulable";
    entry.unschedulableSinceMs = nowMs;
    entry.notBeforeMs = nowMs + backoffMs(entry.attempts - 1, backoff);
    this.#wakeAt(nowMs + unschedulableLimitMs);
  }

  /** It went wrong, not because of the pod: try again after a while. */
  retry(entry: Entry): void {
    if (!this.#isCurrent(entry)) return;
    entry.notBeforeMs = this.#clock.monotonic() + backoffMs(entry.attempts - 1, backoff);
    this.#moveOn(entry);
  }

  /** Something changed in the cluster: whoever may fit now gets another try. */
  wake(event: ClusterEvent): void {
    for (const entry of this.#entries.values()) {
      if (entry.place === "unschedulable" && this.#cares(entry, event)) this.#moveOn(entry);
    }
  }

  close(): void {
    this.#timer?.cancel();
    this.#entries.clear();
    this.#active.length = 0;
  }

  #update(entry: Entry, info: PodInfo, cause: Cause | undefined): void {
    const changed = isChanged(entry.info, info);
    this.#leaveActive(entry);
    entry.info = info;
    if (changed && cause !== undefined) entry.cause = entry.cause ? unionCauses([entry.cause, cause]) : cause;
    if (entry.place === "active" || entry.place === "gated") this.#activate(entry);
    else if (changed && entry.place === "unschedulable" && this.#cares(entry, "podChanged")) this.#moveOn(entry);
  }

  #cares({ rejectedBy }: Entry, event: ClusterEvent): boolean {
    if (rejectedBy.size === 0) return true;
    return this.#plugins.some(({ plugin }) => rejectedBy.has(plugin.name) && plugin.wakesOn?.includes(event));
  }

  #moveOn(entry: Entry): void {
    if (entry.notBeforeMs <= this.#clock.monotonic()) return this.#activate(entry);
    entry.place = "backoff";
    this.#wakeAt(entry.notBeforeMs);
  }

  #activate(entry: Entry): void {
    if (this.#plugins.some(({ plugin }) => plugin.preEnqueue?.(entry.info.pod) !== undefined)) {
      entry.place = "gated";
      return;
    }
    entry.place = "active";
    const place = firstIndex(this.#active.length, at => this.#compare(this.#active[at]!, entry) > 0);
    this.#active.splice(place, 0, entry);
    this.#onReady();
  }

  #leaveActive(entry: Entry): void {
    if (entry.place === "active") this.#active.splice(this.#active.indexOf(entry), 1);
  }

  #isCurrent(entry: Entry): boolean {
    return this.#entries.get(entry.info.uid) === entry;
  }

  #wakeAt(dueMs: number): void {
    if (dueMs >= this.#timerDueMs) return;
    this.#timer?.cancel();
    this.#timerDueMs = dueMs;
    const delayMs = Math.max(0, dueMs - this.#clock.monotonic());
    this.#timer = this.#clock.schedule(delayMs, () => this.#tick(), { background: true });
  }

  #tick(): void {
    this.#timerDueMs = Number.POSITIVE_INFINITY;
    const nowMs = this.#clock.monotonic();
    let nextMs = Number.POSITIVE_INFINITY;
    for (const entry of [...this.#entries.values()]) {
      const dueMs = dueOf(entry);
      if (dueMs <= nowMs) this.#activate(entry);
      else nextMs = Math.min(nextMs, dueMs);
    }
    if (nextMs < Number.POSITIVE_INFINITY) this.#wakeAt(nextMs);
  }
}

function dueOf(entry: Entry): number {
  if (entry.place === "backoff") return entry.notBeforeMs;
  if (entry.place === "unschedulable") return entry.unschedulableSinceMs + unschedulableLimitMs;
  return Number.POSITIVE_INFINITY;
}

/** Status writes (the scheduler's own among them) change nothing about where a pod fits. */
function isChanged({ pod: a }: PodInfo, { pod: b }: PodInfo): boolean {
  return (
    JSON.stringify([a.spec, a.metadata.labels, a.metadata.annotations]) !==
    JSON.stringify([b.spec, b.metadata.labels, b.metadata.annotations])
  );
}

import type { Event } from "#api/core/v1/event.ts";

/** What to do with an event: nothing, make it, or count up the one made before. */
export type EventAction =
  | { readonly type: "drop" }
  | { readonly type: "create"; readonly id: string; readonly event: Event }
  | { readonly type: "count"; readonly id: string; readonly event: Event; readonly count: number };

export interface CorrelatorLimits {
  /** Events about one object that may come at once... */
  readonly burst: number;
  /** ...and then one per so many milliseconds. */
  readonly refillMs: number;
  /** So many different messages of one reason within the interval are one event from then on. */
  readonly similarLimit: number;
  readonly similarIntervalMs: number;
  /** Objects, reasons and events remembered; the longest unused are forgotten. */
  readonly remembered: number;
}

const upstreamLimits: CorrelatorLimits = {
  burst: 25,
  refillMs: 300_000,
  similarLimit: 10,
  similarIntervalMs: 600_000,
  remembered: 4096,
};

interface Bucket {
  tokens: number;
  filledMs: number;
}

interface Similar {
  readonly messages: Set<string>;
  lastMs: number;
}

interface Made {
  count: number;
  /** The event's name in the API, under which it is counted up. */
  readonly name: string;
  readonly firstTimestamp: string | undefined;
}

/** Decides which of many events are worth a write. Pure but for what it remembers; time comes as an argument. */
export class EventCorrelator {
  readonly #limits: CorrelatorLimits;
  readonly #buckets: Remembered<Bucket>;
  readonly #similar: Remembered<Similar>;
  readonly #made: Remembered<Made>;

  constructor(limits: CorrelatorLimits = upstreamLimits) {
    this.#limits = limits;
    this.#buckets = new Remembered(limits.remembered);
    this.#similar = new Remembered(limits.remembered);
    this.#made = new Remembered(limits.remembered);
  }

  correlate(event: Event, nowMs: number): EventAction {
    const about = objectId(event);
    const { id, message } = this.#aggregate(event, about, nowMs);
    const made = this.#made.get(id);
    if (!this.#takeToken(`${event.source?.component}|${event.source?.host}|${about}`, nowMs)) return { type: "drop" };
    if (made === undefined) {
      const name = event.metadata.name ?? "";
      this.#made.set(id, { count: 1, name, firstTimestamp: event.firstTimestamp });
      return { type: "create", id, event: { ...event, message, count: 1 } };
    }
    made.count++;
    const metadata = { ...event.metadata, name: made.name };
    const counted: Event = { ...event, metadata, message, count: made.count, firstTimestamp: made.firstTimestamp };
    return { type: "count", id, event: counted, count: made.count };
  }

  /** The event counted up is gone from the API: the next one is made anew. */
  forget(id: string): void {
    this.#made.delete(id);
  }

  /** Many different messages of one reason become one event. */
  #aggregate(event: Event, about: string, nowMs: number): { id: string; message: string } {
    const message = event.message ?? "";
    const group = [about, event.source?.component, event.source?.host, event.type, event.reason].join("|");
    let similar = this.#similar.get(group);
    if (similar === undefined || nowMs - similar.lastMs > this.#limits.similarIntervalMs) {
      similar = { messages: new Set(), lastMs: nowMs };
    }
    similar.lastMs = nowMs;
    similar.messages.add(message);
    this.#similar.set(group, similar);
    if (similar.messages.size < this.#limits.similarLimit) return { id: `${group}|${message}`, message };
    // The set holds no more than the limit: which message it was no longer matters.
    if (similar.messages.size > this.#limits.similarLimit) {
      similar.messages.delete(similar.messages.values().next().value!);
    }
    return { id: group, message: `(combined from similar events): ${message}` };
  }

  #takeToken(id: string, nowMs: number): boolean {
    const bucket = this.#buckets.get(id) ?? { tokens: this.#limits.burst, filledMs: nowMs };
    const gained = (nowMs - bucket.filledMs) / this.#limits.refillMs;
    bucket.tokens = Math.min(this.#limits.burst, bucket.tokens + gained);
    bucket.filledMs = nowMs;
    this.#buckets.set(id, bucket);
    if (bucket.tokens < 1) return false;
    bucket.tokens--;
    return true;
  }
}

function objectId(event: Event): string {
  const { apiVersion, kind, namespace, name, uid, fieldPath } = event.involvedObject;
  return [apiVersion, kind, namespace, name, uid, fieldPath].join("/");
}

/** A map that forgets what was longest unused. */
class Remembered<V> {
  readonly #limit: number;
  readonly #entries = new Map<string, V>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  get(key: string): V | undefined {
    return this.#entries.get(key);
  }

  set(key: string, value: V): void {
    this.#entries.delete(key);
    this.#entries.set(key, value);
    if (this.#entries.size > this.#limit) this.#entries.delete(this.#entries.keys().next().value!);
  }

  delete(key: string): void {
    this.#entries.delete(key);
  }
}

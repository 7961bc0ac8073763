import type { Clock } from "#base/clock.ts";
import { decodeMessage } from "./wire/decode.ts";
import { type Message, responseCodes } from "./wire/message.ts";

const maxEntries = 4096;
const maxSeconds = 30;
const headerBytes = 12;

interface Entry {
  readonly bytes: Uint8Array;
  readonly expiresMs: number;
}

/** Answers of other name servers, as they came, for at most half a minute. */
export class ForwardCache {
  readonly #clock: Clock;
  readonly #entries = new Map<string, Entry>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The answer with the id and the letters' case of this query. */
  get(key: string, query: Uint8Array, questionBytes: number): Uint8Array | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    if (entry.expiresMs <= this.#clock.monotonic()) {
      this.#entries.delete(key);
      return undefined;
    }
    const bytes = entry.bytes.slice();
    bytes.set(query.subarray(0, 2));
    bytes.set(query.subarray(headerBytes, headerBytes + questionBytes), headerBytes);
    return bytes;
  }

  set(key: string, bytes: Uint8Array): void {
    const message = decodeMessage(bytes);
    const seconds = lifetimeSeconds(message);
    if (seconds <= 0 || message.truncated) return;
    this.#entries.delete(key);
    this.#entries.set(key, { bytes, expiresMs: this.#clock.monotonic() + seconds * 1000 });
    if (this.#entries.size <= maxEntries) return;
    for (const oldest of this.#entries.keys()) {
      this.#entries.delete(oldest);
      return;
    }
  }
}

/** The shortest of its records; for a denial the SOA's say so. */
function lifetimeSeconds({ responseCode, answers, authorities }: Message): number {
  if (responseCode !== responseCodes.success && responseCode !== responseCodes.nameError) return 0;
  const times = [...answers, ...authorities].map(record => record.ttlSeconds);
  return times.length === 0 ? 0 : Math.min(maxSeconds, ...times);
}

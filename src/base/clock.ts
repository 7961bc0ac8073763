/**
 * Time as an argument. Everything outside `host/` that reads the time or waits takes a Clock, so that a simulated
 * world can run on virtual time.
 */
export interface Clock {
  /** Wall-clock milliseconds since the epoch, with a fraction where the clock has one. */
  now(): number;
  /** Milliseconds of a clock that never goes back; only differences mean anything. */
  monotonic(): number;
  /** Calls `callback` once after `delayMs`. A real clock's timer does not keep the process alive when `background`. */
  schedule(delayMs: number, callback: () => void, options?: { background?: boolean }): Timer;
  /** Resolves after `delayMs`; rejects with the signal's reason when it aborts first. */
  sleep(delayMs: number, signal?: AbortSignal): Promise<void>;
}

export interface Timer extends Disposable {
  cancel(): void;
}

/** What {@link formatTime} said last: writes come in thousands a second, and making this text anew takes a microsecond. */
let lastFormatted = { second: Number.NaN, text: "" };

/** `2026-11-21T13:38:00Z`: metav1.Time as Kubernetes writes it, without a fraction. */
export function formatTime(epochMs: number): string {
  const second = Math.floor(epochMs / 1000);
  if (second !== lastFormatted.second) {
    lastFormatted = { second, text: `${new Date(second * 1000).toISOString().slice(0, 19)}Z` };
  }
  return lastFormatted.text;
}

/** `2026-11-21T13:38:00.123456Z`: metav1.MicroTime. */
export function formatMicroTime(epochMs: number): string {
  const micros = Math.floor((epochMs - Math.floor(epochMs / 1000) * 1000) * 1000);
  return `${formatTime(epochMs).slice(0, -1)}.${String(micros).padStart(6, "0")}Z`;
}

/** Epoch milliseconds of an RFC 3339 time; NaN when it is none. */
export function parseTime(text: string): number {
  return Date.parse(text);
}

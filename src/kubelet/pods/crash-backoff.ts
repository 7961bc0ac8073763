export interface CrashBackoffOptions {
  readonly initialMs: number;
  readonly maximumMs: number;
}

interface Entry {
  readonly delayMs: number;
  readonly updatedAtMs: number;
}

/**
 * How long a container that ended waits for its next start: not at all the first time, then `initialMs`, doubling up
 * to `maximumMs`; it counts from the container's end. Twice the maximum without a restart and it begins anew.
 */
export class CrashBackoff {
  readonly #options: CrashBackoffOptions;
  readonly #entries = new Map<string, Entry>();

  constructor(options: CrashBackoffOptions) {
    this.#options = options;
  }

  /** When a container that ended at `finishedAtMs` may start; undefined: at once. */
  notBefore(
    name: string,
    finishedAtMs: number,
    nowMs: number,
  ): { readonly delayMs: number; readonly atMs: number } | undefined {
    const entry = this.#entries.get(name);
    if (entry === undefined || this.#isForgotten(entry, finishedAtMs)) return undefined;
    const atMs = finishedAtMs + entry.delayMs;
    return nowMs < atMs ? { delayMs: entry.delayMs, atMs } : undefined;
  }

  /** Called when it is started anew after it ended at `finishedAtMs`. */
  restarted(name: string, finishedAtMs: number, nowMs: number): void {
    const entry = this.#entries.get(name);
    const delayMs =
      entry === undefined || this.#isForgotten(entry, finishedAtMs)
        ? this.#options.initialMs
        : Math.min(entry.delayMs * 2, this.#options.maximumMs);
    this.#entries.set(name, { delayMs, updatedAtMs: nowMs });
  }

  #isForgotten(entry: Entry, finishedAtMs: number): boolean {
    return finishedAtMs - entry.updatedAtMs > 2 * this.#options.maximumMs;
  }
}

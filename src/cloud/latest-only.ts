import type { Clock } from "#base/clock.ts";

/**
 * A loop that runs once for any number of pokes that come while it is busy: what it does reads the newest state anyway.
 * It begins poked, and ends when the signal aborts.
 */
export interface Latest extends AsyncIterable<void> {
  poke(): void;
  pokeAfter(delayMs: number): void;
}

export function latestOnly(clock: Clock, signal: AbortSignal): Latest {
  let isPoked = true;
  let wake: (() => void) | undefined;
  const poke = () => {
    isPoked = true;
    wake?.();
  };
  signal.addEventListener("abort", poke, { once: true });
  return {
    poke,
    pokeAfter: delayMs => void clock.schedule(delayMs, poke, { background: true }),
    async *[Symbol.asyncIterator]() {
      while (!signal.aborted) {
        if (!isPoked) {
          await new Promise<void>(resolve => {
            wake = resolve;
          });
          wake = undefined;
          continue;
        }
        isPoked = false;
        yield;
      }
    },
  };
}

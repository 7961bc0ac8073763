import type { Clock } from "#base/clock.ts";

/** Lets others use the event loop when the work at hand has held it for a while. */
export type Pause = () => Promise<void>;

const sliceMs = 10;
const sliceItems = 50;

export function pauses(clock: Clock): Pause {
  let since = clock.monotonic();
  return async () => {
    if (clock.monotonic() - since < sliceMs) return;
    await clock.sleep(0);
    since = clock.monotonic();
  };
}

/** `make` of each item, in slices: a list of ten thousand holds the event loop no longer than one of ten. */
export async function inSlices<T, R>(items: readonly T[], make: (item: T) => R, clock: Clock): Promise<R[]> {
  const pause = pauses(clock);
  const made: R[] = [];
  for (const item of items) {
    made.push(make(item));
    if (made.length % sliceItems === 0) await pause();
  }
  return made;
}

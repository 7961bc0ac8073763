import type { Clock } from "#base/clock.ts";

/** Lets others use the event loop when the work at hand has held it for a while. */
export type Pause = () => Promise<void>;

const sliceMs = 10;

export function pauses(clock: Clock): Pause {
  let since = clock.monotonic();
  return async () => {
    if (clock.monotonic() - since < sliceMs) return;
    await clock.sleep(0);
    since = clock.monotonic();
  };
}

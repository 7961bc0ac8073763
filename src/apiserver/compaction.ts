import type { Clock } from "#base/clock.ts";
import type { Log } from "#base/log.ts";
import { isCompacted, type Kv } from "#store/kv.ts";

/** Upstream's default: between five and ten minutes of history can be read. */
const defaultIntervalMs = 5 * 60_000;

/**
 * **Makes true:** the store forgets versions older than the interval. What is compacted is the revision of one interval
 * ago, so that every page token and watch of the last interval can still be served.
 */
export async function runCompaction(
  { kv, clock, log }: { readonly kv: Kv; readonly clock: Clock; readonly log: Log },
  signal: AbortSignal,
  intervalMs = defaultIntervalMs,
): Promise<void> {
  let before = kv.currentRevision();
  while (!signal.aborted) {
    await clock.sleep(intervalMs, signal).catch(() => undefined); // Aborted: the loop's condition ends it.
    if (signal.aborted) return;
    const now = kv.currentRevision();
    // Nothing was written in the interval before the last one: that revision is compacted already.
    await kv.compact(before).catch((error: unknown) => {
      if (!isCompacted(error)) log.warn("the store could not be compacted", { revision: before, error });
    });
    before = now;
  }
}

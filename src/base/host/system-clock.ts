import type { Clock } from "../clock.ts";

/** The machine's time. */
export function systemClock(): Clock {
  return {
    now: () => performance.timeOrigin + performance.now(),
    monotonic: () => performance.now(),
    schedule(delayMs, callback, options) {
      // setTimeout fires at once for delays over 2^31 ms; a timer that far out may as well wake up early and wait again.
      const timer = setTimeout(callback, Math.min(delayMs, 0x7fff_ffff));
      if (options?.background) timer.unref();
      const cancel = () => clearTimeout(timer);
      return { cancel, [Symbol.dispose]: cancel };
    },
    sleep: (delayMs, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason as Error);
        const aborted = () => {
          clearTimeout(timer);
          reject(signal!.reason as Error);
        };
        const timer = setTimeout(() => {
          signal?.removeEventListener("abort", aborted);
          resolve();
        }, delayMs);
        signal?.addEventListener("abort", aborted, { once: true });
      }),
  };
}

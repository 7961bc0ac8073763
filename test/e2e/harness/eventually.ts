export interface EventuallyOptions {
  readonly withinMs?: number;
  readonly everyMs?: number;
}

/** Calls `check` until it throws no more, and gives its value; after `withinMs` the last error is thrown. */
export async function eventually<T>(check: () => T | Promise<T>, options: EventuallyOptions = {}): Promise<T> {
  const { withinMs = 30_000, everyMs = 100 } = options;
  const end = performance.now() + withinMs;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (performance.now() > end) throw error;
    }
    await sleep(everyMs);
  }
}

export const sleep = (ms: number) => new Promise<void>(resolve => setTimeout(resolve, ms));

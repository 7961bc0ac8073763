/**
 * Calls `make` up to `count` times in batches of 1, 2, 4, ...: when something is wrong with all of them, one failure
 * shows it before hundreds are tried. Answers how many succeeded and the first error.
 */
export async function slowStart(
  count: number,
  make: () => Promise<void>,
): Promise<{ readonly made: number; readonly error: unknown }> {
  let made = 0;
  for (let batch = Math.min(count, 1); batch > 0; batch = Math.min(2 * batch, count - made)) {
    const results = await Promise.allSettled(Array.from({ length: batch }, make));
    made += results.filter(result => result.status === "fulfilled").length;
    const failed = results.find(result => result.status === "rejected");
    if (failed !== undefined) return { made, error: failed.reason };
  }
  return { made, error: undefined };
}

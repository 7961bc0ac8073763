/**
 * The first index from `from` on at which `isReached` holds; `length` when it holds nowhere. Where it holds once, it holds
 * for all that follow.
 *
 * @example
 * firstIndex(revisions.length, at => revisions[at]! >= 812);
 */
export function firstIndex(length: number, isReached: (index: number) => boolean, from = 0): number {
  let low = from;
  let high = length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isReached(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}

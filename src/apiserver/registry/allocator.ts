import { type Random, randomInteger } from "#base/random.ts";

/**
 * Numbers 0 to `size - 1`, each held by at most one owner. What is taken is told from outside (`isTaken`, the watch
 * cache's view); here are only those of writes that are not in the cache yet.
 */
export interface Allocator {
  /** A free number, from the upper band first: the lower one is for those who ask for a certain one. */
  next(random: Random): number | undefined;
  /** False when somebody has it. */
  take(offset: number): boolean;
  giveBack(offset: number): void;
}

export function createAllocator(size: number, isTaken: (offset: number) => boolean): Allocator {
  const pending = new Set<number>();
  const reserved = reservedSize(size);
  const free = (offset: number) => !pending.has(offset) && !isTaken(offset);
  const search = (from: number, to: number, random: Random): number | undefined => {
    const span = to - from;
    if (span <= 0) return undefined;
    const start = randomInteger(random, span);
    for (let step = 0; step < span; step++) {
      const offset = from + ((start + step) % span);
      if (free(offset)) return offset;
    }
    return undefined;
  };
  return {
    next(random) {
      const offset = search(reserved, size, random) ?? search(0, reserved, random);
      if (offset !== undefined) pending.add(offset);
      return offset;
    },
    take(offset) {
      if (!free(offset)) return false;
      pending.add(offset);
      return true;
    },
    giveBack: offset => pending.delete(offset),
  };
}

/** Upstream's lower band: a sixteenth, at least 16 and at most 256. */
function reservedSize(size: number): number {
  if (size <= 16) return 0;
  return Math.min(Math.max(16, Math.floor(size / 16)), 256, size);
}

interface Keyed {
  readonly key: string;
}

/**
 * An ordered set of things with a key. Arrays of up to {@link chunkItems} of them, split when full: inserting stays about a
 * microsecond from a thousand to a million, and a range is two binary searches and a walk. New ones are put in their places
 * when somebody reads, {@link freshItems} of them at the most.
 *
 * Invariant: chunks are never empty, each is sorted, and each chunk's last key is below the next one's first; what is fresh
 * is in no chunk.
 */
export class SortedByKey<T extends Keyed> {
  readonly #chunks: T[][] = [];
  readonly #fresh = new Set<T>();

  /** An item whose key is not in the set. */
  add(item: T): void {
    this.#fresh.add(item);
    if (this.#fresh.size >= freshItems) this.#settle();
  }

  delete(item: T): void {
    if (this.#fresh.delete(item)) return;
    const chunkAt = this.#chunkOf(item.key);
    const chunk = this.#chunks[chunkAt];
    if (chunk === undefined) return;
    const at = lowerBound(chunk, item.key);
    if (chunk[at] !== item) return;
    chunk.splice(at, 1);
    if (chunk.length === 0) this.#chunks.splice(chunkAt, 1);
  }

  /** Items whose keys start with `prefix` and are not below `from`, in order. */
  withPrefix(prefix: string, from = prefix): readonly T[] {
    if (this.#fresh.size > 0) this.#settle();
    const found: T[] = [];
    const start = from > prefix ? from : prefix;
    const first = this.#chunkOf(start);
    for (let chunkAt = first; chunkAt < this.#chunks.length; chunkAt++) {
      const chunk = this.#chunks[chunkAt]!;
      const begin = chunkAt === first ? lowerBound(chunk, start) : 0;
      // All that start alike stand together: where the last one does, those before it do.
      const isWhole = chunk.at(-1)!.key.startsWith(prefix);
      const end = isWhole ? chunk.length : endOfPrefix(chunk, begin, prefix);
      for (let at = begin; at < end; at++) found.push(chunk[at]!);
      if (!isWhole) break;
    }
    return found;
  }

  #settle(): void {
    for (const item of this.#fresh) this.#insert(item);
    this.#fresh.clear();
  }

  #insert(item: T): void {
    if (this.#chunks.length === 0) {
      this.#chunks.push([item]);
      return;
    }
    const chunkAt = Math.min(this.#chunkOf(item.key), this.#chunks.length - 1);
    const chunk = this.#chunks[chunkAt]!;
    chunk.splice(lowerBound(chunk, item.key), 0, item);
    if (chunk.length > chunkItems) this.#chunks.splice(chunkAt + 1, 0, chunk.splice(chunkItems / 2));
  }

  /** The first chunk whose last key is not below `key`. */
  #chunkOf(key: string): number {
    let low = 0;
    let high = this.#chunks.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#chunks[middle]!.at(-1)!.key < key) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

const chunkItems = 512;
/** They are put in their places in about a millisecond. */
const freshItems = 2_048;

/** The first item from `begin` on, all of them not below `prefix`, whose key does not start with it. */
function endOfPrefix(items: readonly Keyed[], begin: number, prefix: string): number {
  let low = begin;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (items[middle]!.key.startsWith(prefix)) low = middle + 1;
    else high = middle;
  }
  return low;
}

function lowerBound(items: readonly Keyed[], key: string): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (items[middle]!.key < key) low = middle + 1;
    else high = middle;
  }
  return low;
}

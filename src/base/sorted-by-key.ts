import { firstIndex } from "./binary-search.ts";

interface Keyed {
  readonly key: string;
}

/**
 * Things by their key, and in its order. Arrays of up to {@link chunkItems} of them, split when full: inserting stays about a
 * microsecond from a thousand to a million, and a range is two binary searches and a walk. New ones are put in their places
 * when somebody reads, {@link freshItems} of them at the most.
 *
 * Invariant: chunks are never empty, each is sorted, and each chunk's last key is below the next one's first; what is fresh
 * is in no chunk.
 */
export class SortedByKey<T extends Keyed> {
  readonly #byKey = new Map<string, T>();
  readonly #chunks: T[][] = [];
  readonly #fresh = new Set<T>();

  get(key: string): T | undefined {
    return this.#byKey.get(key);
  }

  /** An item whose key is new. */
  add(item: T): void {
    this.#byKey.set(item.key, item);
    this.#fresh.add(item);
    if (this.#fresh.size >= freshItems) this.#settle();
  }

  delete(key: string): void {
    const item = this.#byKey.get(key);
    if (item === undefined) return;
    this.#byKey.delete(key);
    if (this.#fresh.delete(item)) return;
    const chunkAt = this.#chunkOf(key);
    const chunk = this.#chunks[chunkAt]!;
    chunk.splice(lowerBound(chunk, key), 1);
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
      const end = isWhole ? chunk.length : firstIndex(chunk.length, at => !chunk[at]!.key.startsWith(prefix), begin);
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
    return firstIndex(this.#chunks.length, at => this.#chunks[at]!.at(-1)!.key >= key);
  }
}

const chunkItems = 512;
/** They are put in their places in about a millisecond. */
const freshItems = 2_048;

function lowerBound(items: readonly Keyed[], key: string): number {
  return firstIndex(items.length, at => items[at]!.key >= key);
}

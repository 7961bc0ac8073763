import type { KubernetesObject } from "#api/resource.ts";
import { firstIndex } from "#base/binary-search.ts";
import type { Change } from "./change.ts";

/** Half of what is kept at the most; a change holds the object before it. */
const keptChanges = 5_000;
/** The newest are kept however old they are: upstream's least capacity of a watch cache. */
const leastChanges = 100;

/** The last changes, for watches that go on where another one ended. */
export class History<T extends KubernetesObject> {
  #changes: Change<T>[] = [];
  #oldest: number;
  /** So many of the changes were here at the last turn. */
  #known = 0;

  /** `revision`: everything after it will be added. */
  constructor(revision: number) {
    this.#oldest = revision;
  }

  /** Changes after any revision from this one on are all here. */
  get oldestRevision(): number {
    return this.#oldest;
  }

  add(change: Change<T>): void {
    this.#changes.push(change);
    if (this.#changes.length >= 2 * keptChanges) this.#drop(this.#changes.length - keptChanges);
  }

  /** Forgets what was here at the turn before this one already. True when the next one may have something to forget. */
  turn(): boolean {
    const old = Math.min(this.#known, this.#changes.length - leastChanges);
    if (old > 0) this.#drop(old);
    this.#known = this.#changes.length;
    return this.#known > leastChanges;
  }

  after(revision: number): readonly Change<T>[] {
    return this.#changes.slice(firstIndex(this.#changes.length, at => this.#changes[at]!.revision > revision));
  }

  #drop(count: number): void {
    this.#oldest = this.#changes[count - 1]!.revision;
    this.#changes = this.#changes.slice(count);
    this.#known = Math.max(0, this.#known - count);
  }
}

import type { KubernetesObject } from "#api/resource.ts";
import { firstIndex } from "#base/binary-search.ts";
import type { Change } from "./change.ts";

/** The last changes, for watches that go on where another one ended. */
export class History<T extends KubernetesObject> {
  #changes: Change<T>[] = [];
  #oldest: number;

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
    if (this.#changes.length < 2 * keptChanges) return;
    const dropped = this.#changes.splice(0, this.#changes.length - keptChanges);
    this.#oldest = dropped.at(-1)!.revision;
  }

  after(revision: number): readonly Change<T>[] {
    return this.#changes.slice(firstIndex(this.#changes.length, at => this.#changes[at]!.revision > revision));
  }
}

/** Half of what is kept at the most; a change holds the object before it. */
const keptChanges = 5_000;

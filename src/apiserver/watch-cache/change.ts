import type { KubernetesObject } from "#api/resource.ts";
import type { Cause } from "#base/cause.ts";
import type { StoredVersion } from "./stored-version.ts";
import type { CacheEvent, Selection } from "./watch-cache.ts";

/** What one revision did to one object. */
export class Change<T extends KubernetesObject> {
  readonly revision: number;
  readonly old: StoredVersion<T> | undefined;
  readonly current: StoredVersion<T> | undefined;
  readonly #cause: Cause | undefined;
  #gone: StoredVersion<T> | undefined;

  constructor(
    revision: number,
    old: StoredVersion<T> | undefined,
    current: StoredVersion<T> | undefined,
    cause: Cause | undefined,
  ) {
    this.revision = revision;
    this.old = old;
    this.current = current;
    this.#cause = cause;
  }

  /** The old body at this revision; made once, for all selections that the object leaves. */
  gone(): StoredVersion<T> {
    this.#gone ??= this.old!.at(this.revision, this.#cause);
    return this.#gone;
  }
}

/** How a change looks to a selection: entering it is ADDED, leaving it DELETED; undefined: not at all. */
export function eventFor<T extends KubernetesObject>(
  change: Change<T>,
  isIn: (version: StoredVersion<T>) => boolean,
): CacheEvent<T> | undefined {
  const wasIn = change.old !== undefined && isIn(change.old);
  const isNow = change.current !== undefined && isIn(change.current);
  if (isNow) return { type: wasIn ? "MODIFIED" : "ADDED", version: change.current! };
  return wasIn ? { type: "DELETED", version: change.gone() } : undefined;
}

/** The whole of a selection as one question about a version. */
export function selector<T extends KubernetesObject>(
  selection: Selection<T>,
  fieldValue: (field: string, object: T) => string,
): (version: StoredVersion<T>) => boolean {
  const { namespace, name, index, matches } = selection;
  return version =>
    (namespace === undefined || version.namespace === namespace) &&
    (name === undefined || version.name === name) &&
    (index === undefined || fieldValue(index.field, version.object) === index.value) &&
    (matches === undefined || matches(version.object));
}

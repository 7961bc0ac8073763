import type { JsonMap } from "#wire/patch/json-value.ts";
import { gained } from "./compare.ts";
import { conflictError, conflictsOf, exceptFields } from "./conflicts.ts";
import { difference, differenceBelow, equalSets, intersection, type MaybeSet, union } from "./field-set.ts";
import { type Manager, type ManagerIdentity, sameManager, withManager } from "./managers.ts";
import { merge } from "./merge.ts";
import { remove } from "./remove.ts";
import type { RootStructure } from "./structure.ts";
import { toSet, withNamedFields } from "./to-set.ts";

export interface ApplyInput {
  readonly root: RootStructure;
  readonly live: JsonMap;
  readonly applied: JsonMap;
  readonly managers: readonly Manager[];
  readonly applier: ManagerIdentity;
  readonly timeMs: number;
  /** Fields that the server resets: they are merged but never owned. */
  readonly reset: MaybeSet;
  /** Fields that may be taken from others; "all" is force. */
  readonly mayTake: MaybeSet | "all";
}

export interface ApplyResult {
  readonly object: JsonMap;
  readonly managers: readonly Manager[];
  readonly changed: boolean;
  /** Everybody owns what they owned before. */
  readonly sameOwners: boolean;
}

/**
 * Server-side apply: what the applier says is set and owned by it; what it said last time, says no more and nobody
 * else owns is removed; what others own and would change is a conflict.
 */
export function applyFields(input: ApplyInput): ApplyResult {
  const { root, live, managers, applier, reset } = input;
  const before = managers.find(manager => sameManager(manager, applier))?.fields;
  const others = managers.filter(manager => !sameManager(manager, applier));
  const fields = differenceBelow(toSet(root.owned, input.applied), reset);
  const merged = merge(root.whole, live, input.applied) as JsonMap;
  const object = prune(root, merged, before, [fields, ...others.map(other => other.fields)]);
  const changed = differenceBelow(gained(root.owned, live, object, "changed"), reset);
  const removed = differenceBelow(gained(root.owned, object, live, "added"), reset);
  refuseConflicts(others, changed, input.mayTake);
  const rest = released(released(others, changed), removed);
  const sameOthers = rest.length === others.length && rest.every((manager, index) => manager === others[index]);
  const sameOwners = sameOthers && equalSets(before, fields);
  const same = changed === undefined && removed === undefined;
  if (same && sameOwners) return { object: live, managers, changed: false, sameOwners };
  return { object, managers: withManager(rest, applier, fields, input.timeMs), changed: true, sameOwners };
}

function refuseConflicts(others: readonly Manager[], changed: MaybeSet, mayTake: MaybeSet | "all"): void {
  if (mayTake === "all") return;
  const conflicts = conflictsOf(others, changed);
  const remaining = exceptFields(conflicts, mayTake);
  if (remaining.length > 0) throw conflictError(remaining);
}

/** The managers without these fields; whoever has none left goes. */
export function released(managers: readonly Manager[], taken: MaybeSet): readonly Manager[] {
  if (taken === undefined) return managers;
  return managers.flatMap(manager => {
    if (intersection(manager.fields, taken) === undefined) return [manager];
    const fields = difference(manager.fields, taken);
    return fields === undefined ? [] : [{ ...manager, fields }];
  });
}

/**
 * Takes from `merged` what the applier owned before and nobody owns now. In two steps, because removing an item also
 * removes what lies below it: whatever of that is owned by anybody comes back, with the parts around it that it needs;
 * then what came back without being asked for goes again if the applier owned it.
 */
function prune(root: RootStructure, merged: JsonMap, before: MaybeSet, owned: readonly MaybeSet[]): JsonMap {
  if (before === undefined) return merged;
  const all = owned.reduce<MaybeSet>((sum, fields) => union(sum, fields), undefined);
  const structure = root.owned;
  const named = (set: MaybeSet) => withNamedFields(structure, set);
  const setNow = (value: unknown) => named(toSet(structure, (value ?? {}) as object));
  const mergedSet = setNow(merged);
  const last = named(before);
  const pruned = remove(structure, merged, last);
  const lost = difference(mergedSet, union(setNow(pruned), named(all)));
  const restored = remove(structure, merged, lost);
  const dangling = intersection(difference(mergedSet, setNow(restored)), last);
  return (remove(structure, merged, dangling) ?? {}) as JsonMap;
}

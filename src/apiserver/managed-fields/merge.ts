import { isArray, isMap, type JsonMap } from "#wire/patch/json-value.ts";
import { itemElement } from "./items.ts";
import type { KeyedStructure, SetStructure, Structure } from "./structure.ts";

/** `live` with everything that `applied` says; what it does not say stays. Neither is changed. */
export function merge(structure: Structure, live: unknown, applied: unknown): unknown {
  if (applied === undefined) return live;
  if (live === undefined) return applied;
  switch (structure.type) {
    case "leaf":
      return applied;
    case "struct":
      return mergeMaps(live, applied, key => structure.fields.get(key)?.value ?? untyped);
    case "map":
      return mergeMaps(live, applied, () => structure.values);
    case "deduced":
      return isMap(live) && isMap(applied) ? mergeMaps(live, applied, () => structure) : applied;
    default:
      return mergeLists(structure, live, applied);
  }
}

const untyped: Structure = { type: "deduced" };

/** Null is an empty map here: it takes nothing away. */
function mergeMaps(live: unknown, applied: unknown, structureOf: (key: string) => Structure): unknown {
  if (!isMap(applied) || Object.keys(applied).length === 0) return isEmpty(live) ? applied : live;
  if (!isMap(live)) return applied;
  const merged = Object.keys(applied).map(key => {
    const before = Object.hasOwn(live, key) ? live[key] : undefined;
    return [key, merge(structureOf(key), before, applied[key])] as const;
  });
  return { ...live, ...Object.fromEntries(merged) } as JsonMap;
}

function isEmpty(value: unknown): boolean {
  return !isMap(value) || Object.keys(value).length === 0;
}

interface Item {
  readonly element: string | undefined;
  readonly value: unknown;
}

/**
 * The applied items in their order; items that only the live list has stay between their neighbours. A live item that
 * both have takes the place that the applied list gives it.
 */
function mergeLists(list: KeyedStructure | SetStructure, live: unknown, applied: unknown): unknown {
  if (!isArray(applied) || applied.length === 0) return isArray(live) && live.length > 0 ? live : applied;
  if (!isArray(live)) return applied;
  const left = live.map(value => ({ element: itemElement(list, value), value }));
  const right = applied.map(value => ({ element: itemElement(list, value), value }));
  return interleave(list, left, right);
}

function interleave(list: KeyedStructure | SetStructure, left: readonly Item[], right: readonly Item[]): unknown[] {
  const leftByElement = new Map(left.map(item => [item.element, item]));
  const rightElements = new Set(right.map(({ element }) => element));
  const shared = right.filter(({ element }) => leftByElement.has(element));
  const merged: unknown[] = [];
  const done = new Set<string | undefined>();
  let nextShared = 0;
  const takeRight = (item: Item) => {
    const before = leftByElement.get(item.element);
    merged.push(list.type === "keyed" ? merge(list.items, before?.value, item.value) : item.value);
    done.add(item.element);
    if (shared[nextShared]?.element === item.element) nextShared++;
  };
  for (let l = 0, r = 0; l < left.length || r < right.length; ) {
    const [old, now] = [left[l], right[r]];
    if (old !== undefined && !rightElements.has(old.element)) {
      merged.push(old.value);
      l++;
    } else if (old !== undefined && done.has(old.element)) {
      l++;
    } else if (old !== undefined && now !== undefined && shared[nextShared]?.element !== old.element) {
      // Shared, but the applied list has another shared item first.
      l++;
    } else if (now !== undefined) {
      takeRight(now);
      r++;
      if (old?.element === now.element) l++;
    } else {
      l++;
    }
  }
  return merged;
}

import { failure } from "#api/status.ts";
import { isMap, type JsonArray, type JsonMap, type JsonValue, own } from "#wire/patch/json-value.ts";
import { badDirective, noMergeKey, wrongType } from "./errors.ts";

type MergeMaps = (original: JsonMap, patch: JsonMap) => JsonMap;

/**
 * Merges a patch's list into the original by merge key, or as a set of scalars. The patch's items come in the
 * patch's order; an item that is new to the list comes before those that the patch does not name.
 */
export function mergeList(
  original: JsonArray,
  patch: JsonArray,
  mergeKey: string | undefined,
  merge: MergeMaps,
): JsonArray {
  const first = original[0] ?? patch[0];
  if (first === undefined) return original;
  if (!isMap(first)) return orderList([...new Set([...original, ...patch])], patch, original, undefined);
  if (mergeKey === undefined) throw failure(500, "", "cannot merge lists without merge key");
  const { kept, items, replace } = applyDirectives(original, patch, mergeKey);
  if (replace) return items;
  return orderList(mergeMaps(kept, items, mergeKey, merge), items, kept, mergeKey);
}

/** `$patch` in items: delete removes the item of that key, replace makes the other items the whole list. */
function applyDirectives(original: JsonArray, patch: JsonArray, mergeKey: string) {
  const deleted = new Set<JsonValue>();
  let replace = false;
  const items: JsonMap[] = [];
  for (const item of patch) {
    if (!isMap(item)) throw wrongType("map[string]interface {}", item);
    const directive = own(item, "$patch");
    if (directive === undefined) items.push(item);
    else if (directive === "replace") replace = true;
    else if (directive === "delete") deleted.add(keyIn(item, mergeKey));
    else if (directive === "merge") throw failure(500, "", "merging lists cannot yet be specified in the patch");
    else throw badDirective(directive, item);
  }
  const kept = original.filter(item => !isMap(item) || !deleted.has(own(item, mergeKey) ?? null));
  return { kept, items, replace };
}

function mergeMaps(original: JsonArray, items: readonly JsonMap[], mergeKey: string, merge: MergeMaps): JsonArray {
  const result = [...original];
  const places = new Map(result.map((item, place) => [isMap(item) ? own(item, mergeKey) : undefined, place]));
  for (const item of items) {
    const key = keyIn(item, mergeKey);
    const place = places.get(key);
    if (place === undefined) {
      places.set(key, result.length);
      result.push(item);
    } else {
      result[place] = merge(result[place] as JsonMap, item);
    }
  }
  return result;
}

function keyIn(item: JsonMap, mergeKey: string): JsonValue {
  const key = own(item, mergeKey);
  if (key === undefined) throw noMergeKey(item, mergeKey);
  return key;
}

/**
 * Puts `items` in the order of `order`; those it does not name keep their order of `original` and stand before the
 * first named item that follows them there.
 */
export function orderList(
  items: JsonArray,
  order: JsonArray,
  original: JsonArray,
  mergeKey: string | undefined,
): JsonArray {
  const keyOf = (item: JsonValue) => (mergeKey !== undefined && isMap(item) ? own(item, mergeKey) : item);
  const wanted = placesOf(order, keyOf);
  const before = placesOf(original, keyOf);
  const named = items.filter(item => wanted.has(keyOf(item)));
  const others = items.filter(item => !wanted.has(keyOf(item)));
  named.sort((a, b) => wanted.get(keyOf(a))! - wanted.get(keyOf(b))!);
  others.sort((a, b) => (before.get(keyOf(a)) ?? Infinity) - (before.get(keyOf(b)) ?? Infinity) || 0);
  const stood = (item: JsonValue | undefined) => (item === undefined ? undefined : before.get(keyOf(item)));
  const result: JsonValue[] = [];
  for (let other = 0, name = 0; result.length < items.length; ) {
    const [left, right] = [stood(others[other]), stood(named[name])];
    const otherFirst = left !== undefined && right !== undefined && left < right;
    if (name >= named.length || (other < others.length && otherFirst)) result.push(others[other++]!);
    else result.push(named[name++]!);
  }
  return result;
}

function placesOf(list: JsonArray, keyOf: (item: JsonValue) => JsonValue | undefined) {
  const places = new Map<JsonValue | undefined, number>();
  list.forEach((item, place) => {
    if (!places.has(keyOf(item))) places.set(keyOf(item), place);
  });
  return places;
}

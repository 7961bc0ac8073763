import { isArray, isMap } from "#wire/patch/json-value.ts";
import { keyElement, valueElement } from "./path-element.ts";
import type { KeyedStructure, SetStructure } from "./structure.ts";

/** The element that tells an item from its siblings; undefined when it lacks every key. */
export function itemElement(list: KeyedStructure | SetStructure, item: unknown): string | undefined {
  if (list.type === "set") return valueElement(item);
  if (!isMap(item)) return undefined;
  const keys: [string, unknown][] = [];
  for (const { name, fallback } of list.keys) {
    const value = item[name] ?? fallback;
    if (value !== undefined) keys.push([name, value]);
  }
  return keys.length === 0 ? undefined : keyElement(keys);
}

/** The items by element, those that share an element together. */
export function itemsByElement(
  list: KeyedStructure | SetStructure,
  value: unknown,
): ReadonlyMap<string, readonly unknown[]> {
  const items = new Map<string, unknown[]>();
  if (!isArray(value)) return items;
  for (const item of value) {
    const element = itemElement(list, item);
    if (element === undefined) continue;
    const before = items.get(element);
    if (before === undefined) items.set(element, [item]);
    else before.push(item);
  }
  return items;
}

import { equalJson, isArray, isMap } from "#wire/patch/json-value.ts";
import { build, type FieldSet, leaf, type MaybeSet } from "./field-set.ts";
import { itemsByElement } from "./items.ts";
import { compareElements } from "./path-element.ts";
import type { KeyedStructure, MapStructure, SetStructure, StructStructure, Structure } from "./structure.ts";

/** `changed` counts fields whose value differs, too; `added` only those that were not there at all. */
export type Gain = "changed" | "added";

/**
 * The fields that `to` has and `from` has not, or has with another value: what the writer of `to` takes over.
 * Called the other way round with "added" it gives the fields that were removed.
 * A part that is new as a whole is a member beside its own parts.
 */
export function gained(structure: StructStructure, from: object, to: object, gain: Gain): MaybeSet {
  return structGain(structure, from, to, gain);
}

function gainOf(structure: Structure, from: unknown, to: unknown, gain: Gain): MaybeSet {
  if (from === to || to === undefined) return undefined;
  switch (structure.type) {
    case "leaf":
      return leafGain(from, to, gain);
    case "struct":
      return structGain(structure, from, to, gain);
    case "map":
      return mapGain(structure, from, to, gain);
    case "deduced":
      if (!isMap(to) || (from !== undefined && !isMap(from))) return leafGain(from, to, gain);
      return mapGain({ type: "map", values: structure }, from, to, gain);
    default:
      return listGain(structure, from, to, gain);
  }
}

function leafGain(from: unknown, to: unknown, gain: Gain): MaybeSet {
  if (from === undefined) return leaf;
  return gain === "changed" && !equalJson(from, to) ? leaf : undefined;
}

function structGain({ sorted }: StructStructure, from: unknown, to: unknown, gain: Gain): MaybeSet {
  const isNew = from === undefined;
  if (to === null) return isNew ? leaf : undefined;
  const before = (from ?? {}) as Readonly<Record<string, unknown>>;
  const after = to as Readonly<Record<string, unknown>>;
  let set: Record<string, FieldSet> | undefined;
  for (const { name, element, value, empty } of sorted) {
    const right = after[name] ?? empty;
    if (right === undefined) continue;
    const left = isNew || from === null ? undefined : (before[name] ?? empty);
    const child = gainOf(value, left, right, gain);
    if (child === undefined) continue;
    set ??= isNew ? { ".": leaf } : {};
    set[element] = child;
  }
  return set ?? (isNew ? leaf : undefined);
}

function mapGain({ values }: MapStructure, from: unknown, to: unknown, gain: Gain): MaybeSet {
  const isNew = from === undefined;
  if (!isMap(to)) return isNew ? leaf : undefined;
  const before = isMap(from) ? from : {};
  return build(isNew, Object.keys(to).sort().map(toElement), element => {
    const key = element.slice(2);
    return gainOf(values, Object.hasOwn(before, key) ? before[key] : undefined, to[key], gain);
  });
}

function toElement(key: string): string {
  return `f:${key}`;
}

function listGain(list: KeyedStructure | SetStructure, from: unknown, to: unknown, gain: Gain): MaybeSet {
  const isNew = from === undefined;
  if (!isArray(to) || to.length === 0) return isNew ? leaf : undefined;
  const before = itemsByElement(list, from);
  const after = itemsByElement(list, to);
  return build(isNew, [...after.keys()].sort(compareElements), element => {
    const [old, now] = [before.get(element), after.get(element)!];
    if (old === undefined) return now.length === 1 ? itemGain(list, undefined, now[0], gain) : leaf;
    if (old.length === 1 && now.length === 1) return itemGain(list, old[0], now[0], gain);
    return leafGain(old, now, gain);
  });
}

function itemGain(list: KeyedStructure | SetStructure, from: unknown, to: unknown, gain: Gain): MaybeSet {
  return list.type === "set" ? leafGain(from, to, gain) : gainOf(list.items, from, to, gain);
}

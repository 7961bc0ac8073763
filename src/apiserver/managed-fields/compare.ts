import { jsonEqual } from "#base/json-equal.ts";
import { isArray, isMap } from "#wire/patch/json-value.ts";
import { build, type FieldSet, leaf, type MaybeSet } from "./field-set.ts";
import { itemElement, itemsByElement } from "./items.ts";
import { compareElements } from "./path-element.ts";
import type {
  KeyedStructure,
  MapStructure,
  SetStructure,
  StructField,
  StructStructure,
  Structure,
} from "./structure.ts";

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
  return gain === "changed" && !jsonEqual(from, to) ? leaf : undefined;
}

type Fields = Readonly<Record<string, unknown>>;

function structGain(structure: StructStructure, from: unknown, to: unknown, gain: Gain): MaybeSet {
  if (to === null) return from === undefined ? leaf : undefined;
  return from === undefined
    ? newStruct(structure, to as Fields, gain)
    : changedStruct(structure, from as Fields | null, to as Fields, gain);
}

function newStruct({ sorted }: StructStructure, to: Fields, gain: Gain): FieldSet {
  let set: Record<string, FieldSet> | undefined;
  for (const { name, element, value, empty } of sorted) {
    const child = gainOf(value, undefined, to[name] ?? empty, gain);
    if (child === undefined) continue;
    set ??= { ".": leaf };
    set[element] = child;
  }
  return set ?? leaf;
}

/** Looks only at fields that are set and at those that are always written: most kinds have many more. */
function changedStruct(structure: StructStructure, from: Fields | null, to: Fields, gain: Gain): MaybeSet {
  const before = from ?? noFields;
  const gains: FieldGain[] = [];
  const compare = (field: StructField, right: unknown) => {
    const left = from === null ? undefined : (before[field.name] ?? field.empty);
    const set = gainOf(field.value, left, right, gain);
    if (set !== undefined) insertByName(gains, { field, set });
  };
  for (const name in to) {
    const right = to[name] ?? undefined;
    if (right === undefined || right === before[name]) continue;
    const field = structure.fields.get(name);
    if (field !== undefined) compare(field, right);
  }
  for (const field of structure.alwaysWritten) {
    if ((to[field.name] ?? undefined) === undefined) compare(field, field.empty);
  }
  if (gains.length === 0) return undefined;
  const gained: Record<string, FieldSet> = {};
  for (const { field, set } of gains) gained[field.element] = set;
  return gained;
}

const noFields: Fields = {};

interface FieldGain {
  readonly field: StructField;
  readonly set: FieldSet;
}

/** They are few, and mostly in order. */
function insertByName(gains: FieldGain[], gain: FieldGain): void {
  let at = gains.length;
  gains.push(gain);
  for (; at > 0 && gains[at - 1]!.field.name > gain.field.name; at--) gains[at] = gains[at - 1]!;
  gains[at] = gain;
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
  if (list.type === "keyed" && isArray(from) && sameKeys(list, from, to)) return alignedGain(list, from, to, gain);
  const before = itemsByElement(list, from);
  const after = itemsByElement(list, to);
  return build(isNew, [...after.keys()].sort(compareElements), element => {
    const [old, now] = [before.get(element), after.get(element)!];
    if (old === undefined) return now.length === 1 ? itemGain(list, undefined, now[0], gain) : leaf;
    if (old.length === 1 && now.length === 1) return itemGain(list, old[0], now[0], gain);
    return leafGain(old, now, gain);
  });
}

/** True when both lists have the same items in the same order: nearly always, and much cheaper to compare. */
function sameKeys({ keys }: KeyedStructure, from: readonly unknown[], to: readonly unknown[]): boolean {
  return (
    from.length === to.length &&
    from.every((left, index) => {
      const right = to[index];
      return isMap(left) && isMap(right) && keys.every(({ name }) => left[name] === right[name]);
    })
  );
}

function alignedGain(list: KeyedStructure, from: readonly unknown[], to: readonly unknown[], gain: Gain): MaybeSet {
  const children = new Map<string, FieldSet>();
  to.forEach((item, index) => {
    const child = gainOf(list.items, from[index], item, gain);
    const element = child === undefined ? undefined : itemElement(list, item);
    if (element !== undefined) children.set(element, child!);
  });
  return build(false, [...children.keys()].sort(compareElements), element => children.get(element));
}

function itemGain(list: KeyedStructure | SetStructure, from: unknown, to: unknown, gain: Gain): MaybeSet {
  return list.type === "set" ? leafGain(from, to, gain) : gainOf(list.items, from, to, gain);
}

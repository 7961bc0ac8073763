import { isArray, isMap } from "#wire/patch/json-value.ts";
import { build, type FieldSet, isMember, leaf, type MaybeSet, union } from "./field-set.ts";
import { itemElement } from "./items.ts";
import { compareElements } from "./path-element.ts";
import type { KeyedStructure, SetStructure, StructStructure, Structure } from "./structure.ts";

/**
 * The fields that a value sets: what who applies it comes to own. Unlike a comparison it names a struct only by its
 * fields; entries of maps and items of lists are members themselves.
 */
export function toSet(structure: StructStructure, value: object): MaybeSet {
  return setOf(structure, value);
}

function setOf(structure: Structure, value: unknown): MaybeSet {
  switch (structure.type) {
    case "leaf":
      return leaf;
    case "struct":
      return structSet(structure, value);
    case "map":
      return mapSet(value, structure.values);
    case "deduced":
      return isMap(value) ? mapSet(value, structure) : leaf;
    default:
      return listSet(structure, value);
  }
}

function structSet({ sorted }: StructStructure, value: unknown): MaybeSet {
  if (!isMap(value)) return undefined;
  const set: Record<string, FieldSet> = {};
  let found = false;
  for (const { name, element, value: inner } of sorted) {
    const field = value[name];
    if (field === undefined) continue;
    const child = isEmpty(field) ? leaf : setOf(inner, field);
    if (child === undefined) continue;
    set[element] = child;
    found = true;
  }
  return found ? set : undefined;
}

function mapSet(value: unknown, values: Structure): MaybeSet {
  if (!isMap(value)) return undefined;
  const elements = Object.keys(value)
    .sort()
    .map(key => `f:${key}`);
  return build(false, elements, element => memberOf(setOf(values, value[element.slice(2)])));
}

function listSet(list: KeyedStructure | SetStructure, value: unknown): MaybeSet {
  if (!isArray(value)) return undefined;
  const items = new Map<string, MaybeSet>();
  for (const item of value) {
    const element = itemElement(list, item);
    if (element === undefined) continue;
    const inner = list.type === "set" ? leaf : setOf(list.items, item);
    items.set(element, union(items.get(element), memberOf(inner)));
  }
  return build(false, [...items.keys()].sort(compareElements), element => items.get(element));
}

/** The same set with the path that leads to it. */
function memberOf(set: MaybeSet): FieldSet {
  if (set === undefined) return leaf;
  return isMember(set) ? set : { ".": leaf, ...set };
}

function isEmpty(value: unknown): boolean {
  return value === null || (isMap(value) && Object.keys(value).length === 0);
}

/**
 * The same set, in which each struct field that has members below it is a member too: when all of its parts go, it
 * goes with them.
 */
export function withNamedFields(structure: Structure, set: MaybeSet): MaybeSet {
  if (set === undefined) return undefined;
  const result: Record<string, FieldSet> = {};
  for (const [element, child] of Object.entries(set)) {
    const inner = element === "." ? undefined : structureAt(structure, element);
    const named = inner === undefined ? child : withNamedFields(inner, child)!;
    result[element] = structure.type === "struct" && inner !== undefined ? memberOf(named) : named;
  }
  return result;
}

/** The structure of the part that an element names; undefined when the schema knows none. */
export function structureAt(structure: Structure, element: string): Structure | undefined {
  switch (structure.type) {
    case "struct":
      return structure.fields.get(element.slice(2))?.value;
    case "map":
      return structure.values;
    case "keyed":
      return structure.items;
    case "deduced":
      return structure;
    default:
      return undefined;
  }
}

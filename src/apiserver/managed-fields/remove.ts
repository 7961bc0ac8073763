import { isArray, isMap } from "#wire/patch/json-value.ts";
import { type FieldSet, isMember, type MaybeSet } from "./field-set.ts";
import { itemElement } from "./items.ts";
import type { KeyedStructure, SetStructure, Structure } from "./structure.ts";
import { structureAt } from "./to-set.ts";

/** The value without the paths of a set; what becomes empty by it becomes null. */
export function remove(structure: Structure, value: unknown, paths: MaybeSet): unknown {
  if (paths === undefined) return value;
  if (structure.type === "keyed" || structure.type === "set") return removeItems(structure, value, paths);
  return structure.type === "leaf" ? value : removeFields(structure, value, paths);
}

function removeFields(structure: Structure, value: unknown, paths: FieldSet): unknown {
  if (!isMap(value)) return value;
  const kept: [string, unknown][] = [];
  for (const key of Object.keys(value)) {
    const element = `f:${key}`;
    const below = Object.hasOwn(paths, element) ? paths[element] : undefined;
    const inner = structureAt(structure, element);
    if (below === undefined || inner === undefined) kept.push([key, value[key]]);
    else if (!isMember(below)) kept.push([key, remove(inner, value[key], below)]);
  }
  return kept.length === 0 ? null : Object.fromEntries(kept);
}

function removeItems(list: KeyedStructure | SetStructure, value: unknown, paths: FieldSet): unknown {
  if (!isArray(value)) return value;
  const kept: unknown[] = [];
  for (const item of value) {
    const element = itemElement(list, item);
    const below = element === undefined || !Object.hasOwn(paths, element) ? undefined : paths[element];
    if (below === undefined || list.type === "set") {
      if (below === undefined) kept.push(item);
    } else if (!isMember(below)) {
      kept.push(remove(list.items, item, below));
    }
  }
  return kept.length === 0 ? null : kept;
}

import { isArray, isMap } from "#wire/patch/json-value.ts";
import { itemElement } from "./items.ts";
import { pathText } from "./path-element.ts";
import type { KeyedStructure, LeafKind, SetStructure, StructStructure, Structure } from "./structure.ts";

/** Where an applied object does not fit the schema, in the words of upstream's merge library; empty when it fits. */
export function appliedErrors(structure: StructStructure, applied: unknown): readonly string[] {
  const errors: string[] = [];
  check(structure, applied, [], errors);
  return errors;
}

/** One error stands alone, several are listed. */
export function joinErrors(errors: readonly string[]): string {
  return errors.length === 1 ? errors[0]! : ["errors:", ...errors.map(error => `  ${error}`)].join("\n");
}

function check(structure: Structure, value: unknown, path: readonly string[], errors: string[]): void {
  if (value === null || value === undefined) return;
  switch (structure.type) {
    case "leaf":
      return checkLeaf(structure.holds, value, path, errors);
    case "deduced":
      return;
    case "struct":
    case "map":
      if (!isMap(value)) errors.push(at(path, `expected map, got &{${goText(value)}}`));
      else if (structure.type === "struct") checkStruct(structure, value, path, errors);
      else for (const key of Object.keys(value)) check(structure.values, value[key], [...path, `f:${key}`], errors);
      return;
    default:
      if (isArray(value)) checkItems(structure, value, path, errors);
      else errors.push(at(path, `expected list, got &{${goText(value)}}`));
  }
}

function checkStruct(
  { fields }: StructStructure,
  value: Readonly<Record<string, unknown>>,
  path: readonly string[],
  errors: string[],
): void {
  for (const key of Object.keys(value)) {
    const field = fields.get(key);
    const inner = [...path, `f:${key}`];
    if (field === undefined) errors.push(at(inner, "field not declared in schema"));
    else check(field.value, value[key], inner, errors);
  }
}

function checkItems(
  list: KeyedStructure | SetStructure,
  items: readonly unknown[],
  path: readonly string[],
  errors: string[],
): void {
  const seen = new Set<string>();
  const repeated = new Set<string>();
  items.forEach((item, index) => {
    const element = itemElement(list, item);
    if (element === undefined) {
      errors.push(at(path, `element ${index}: ${missingKeys(list, item)}`));
      return;
    }
    if (seen.has(element)) repeated.add(element);
    seen.add(element);
    if (list.type === "keyed") check(list.items, item, [...path, element], errors);
  });
  for (const element of repeated) errors.push(at(path, `duplicate entries for key ${pathText([element])}`));
}

function missingKeys(list: KeyedStructure | SetStructure, item: unknown): string {
  if (list.type === "set" || !isMap(item)) return "associative list with keys may not have non-map elements";
  const names = list.keys.map(({ name }) => JSON.stringify(name)).join(" ");
  return `associative list with keys has an element that omits all key fields [${names}] (and doesn't have default values for any of them)`;
}

function checkLeaf(holds: LeafKind, value: unknown, path: readonly string[], errors: string[]): void {
  if (holds === "numeric" && typeof value !== "number") {
    errors.push(at(path, `expected numeric (int or float), got ${goType(value)}`));
  } else if ((holds === "string" || holds === "boolean") && typeof value !== holds) {
    errors.push(at(path, `expected ${holds}, got &value.valueUnstructured{Value:${goSource(value)}}`));
  } else if (holds === "list" && !isArray(value)) {
    errors.push(at(path, `expected list, got &{${goText(value)}}`));
  } else if (holds === "map" && !isMap(value)) {
    errors.push(at(path, `expected map, got &{${goText(value)}}`));
  }
}

function at(path: readonly string[], message: string): string {
  return path.length === 0 ? message : `${pathText(path)}: ${message}`;
}

function goType(value: unknown): string {
  if (isArray(value)) return "[]interface {}";
  if (isMap(value)) return "map[string]interface {}";
  if (typeof value === "boolean") return "bool";
  if (typeof value === "number") return Number.isInteger(value) ? "int64" : "float64";
  return typeof value;
}

/** As Go's `%v` prints it. */
function goText(value: unknown): string {
  if (value === null) return "<nil>";
  if (isArray(value)) return `[${value.map(goText).join(" ")}]`;
  if (!isMap(value)) return String(value);
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `map[${entries.map(([key, inner]) => `${key}:${goText(inner)}`).join(" ")}]`;
}

/** As Go's `%#v` prints it, for scalars and their like. */
function goSource(value: unknown): string {
  return isMap(value) || isArray(value) ? `${goType(value)}{...}` : JSON.stringify(value);
}

import { isMap } from "#wire/patch/json-value.ts";

/**
 * One step of a path, as FieldsV1 spells it: `f:name` a field, `k:{"name":"a"}` an item by its keys, `v:"x"` an item by
 * its value, `i:0` an item by its index.
 */
export function valueElement(value: unknown): string {
  return `v:${JSON.stringify(value)}`;
}

/** `keys` must be in alphabetical order. */
export function keyElement(keys: readonly (readonly [string, unknown])[]): string {
  const fields = keys.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`);
  return `k:{${fields.join(",")}}`;
}

const kinds = "fkvi";

/** Upstream's order of elements: fields, then keyed items, then values, then indexes; numbers by size. */
export function compareElements(a: string, b: string): number {
  if (a === b) return 0;
  const kind = kinds.indexOf(a[0]!) - kinds.indexOf(b[0]!);
  if (kind !== 0) return kind;
  if (a.startsWith("f:")) return a < b ? -1 : 1;
  return compareValues(parsed(a), parsed(b)) || (a < b ? -1 : 1);
}

/** `.spec.containers[name="a"].ports[containerPort=80,protocol="TCP"]`: how messages name a path. */
export function pathText(elements: readonly string[]): string {
  return elements.map(elementText).join("");
}

function elementText(element: string): string {
  const rest = element.slice(2);
  if (element.startsWith("f:")) return `.${rest}`;
  if (element.startsWith("v:")) return `[=${rest}]`;
  const value = parsed(element);
  if (!isMap(value)) return `[${rest}]`;
  return `[${Object.entries(value)
    .map(([name, inner]) => `${name}=${JSON.stringify(inner)}`)
    .join(",")}]`;
}

function parsed(element: string): unknown {
  try {
    return JSON.parse(element.slice(2));
  } catch {
    return element; // It only sorts and names what is not understood.
  }
}

function compareValues(a: unknown, b: unknown): number {
  if (typeof a === "number" && typeof b === "number") return a - b;
  if (isMap(a) && isMap(b)) return compareKeys(Object.entries(a), Object.entries(b));
  const [left, right] = [rank(a), rank(b)];
  if (left !== right) return left - right;
  return String(a) < String(b) ? -1 : String(a) > String(b) ? 1 : 0;
}

function compareKeys(a: [string, unknown][], b: [string, unknown][]): number {
  for (let at = 0; at < Math.min(a.length, b.length); at++) {
    const names = a[at]![0] < b[at]![0] ? -1 : a[at]![0] > b[at]![0] ? 1 : 0;
    const difference = names || compareValues(a[at]![1], b[at]![1]);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

/** Upstream's order of types: numbers, strings, booleans, lists, maps, null. */
function rank(value: unknown): number {
  if (value === null) return 5;
  if (Array.isArray(value)) return 3;
  return ["number", "string", "boolean", "-", "object"].indexOf(typeof value);
}

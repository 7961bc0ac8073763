/** What JSON.parse returns. Patches take and give such values and never change what they were given. */
export type JsonValue = null | boolean | number | string | JsonArray | JsonMap;
export type JsonArray = readonly JsonValue[];
export type JsonMap = { readonly [key: string]: JsonValue };

export function isMap(value: unknown): value is JsonMap {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function isArray(value: unknown): value is JsonArray {
  return Array.isArray(value);
}

/** The own value of a key: never what a prototype has. */
export function own(map: JsonMap, key: string): JsonValue | undefined {
  return Object.hasOwn(map, key) ? map[key] : undefined;
}

import { setOwn } from "../strict-json.ts";
import { isMap, type JsonMap, type JsonValue, own } from "./json-value.ts";

/** JSON Merge Patch (RFC 7396): null removes a key, an object merges, anything else replaces. */
export function mergePatch(target: JsonValue | undefined, patch: JsonValue): JsonValue {
  if (!isMap(patch)) return patch;
  const result: Record<string, JsonValue> = isMap(target) ? { ...target } : {};
  for (const key of Object.keys(patch)) {
    const value = patch[key]!;
    if (value === null) delete result[key];
    else setOwn(result, key, mergePatch(own(result, key), value));
  }
  return result satisfies JsonMap;
}

import { type ApiError, badRequest, failure } from "#api/status.ts";
import { isArray, isMap, type JsonMap, type JsonValue } from "#wire/patch/json-value.ts";

/** The answer to a patch that is well formed but cannot be applied. */
export function unprocessable(): ApiError {
  const message = "the server rejected our request due to an error in our request";
  return failure(422, "Invalid", message, {});
}

/** A body of the wrong JSON type, in the words of the decoder that clients know. */
export function wrongBody(value: JsonValue, wanted: string): ApiError {
  return badRequest(
    `error decoding patch: json: cannot unmarshal ${jsonTypeOf(value)} into Go value of type ${wanted}`,
  );
}

export function badFormat(of: "retainKeys" | "primitive list"): ApiError {
  return badRequest(`invalid patch format of ${of}`);
}

export function badDirective(directive: JsonValue, map: JsonMap): ApiError {
  return failure(500, "", `unknown patch type: ${goValue(directive)} in map: ${goValue(map)}`);
}

export function noMergeKey(map: JsonMap, mergeKey: string): ApiError {
  return failure(500, "", `map: ${goValue(map)} does not contain declared merge key: ${mergeKey}`);
}

export function wrongType(wanted: string, value: JsonValue): ApiError {
  return failure(500, "", `expected a ${wanted}, but received a ${goTypeOf(value)}`);
}

function jsonTypeOf(value: JsonValue): string {
  if (isArray(value)) return "array";
  if (typeof value === "boolean") return "bool";
  return value === null ? "null" : typeof value;
}

function goTypeOf(value: JsonValue): string {
  if (isArray(value)) return "[]interface {}";
  if (isMap(value)) return "map[string]interface {}";
  if (typeof value === "boolean") return "bool";
  if (typeof value === "number") return Number.isInteger(value) ? "int64" : "float64";
  return typeof value;
}

/** A value as Go prints it: `map[a:1 b:[x]]`. */
function goValue(value: JsonValue): string {
  if (value === null) return "<nil>";
  if (isArray(value)) return `[${value.map(goValue).join(" ")}]`;
  if (!isMap(value)) return String(value);
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `map[${entries.map(([key, inner]) => `${key}:${goValue(inner)}`).join(" ")}]`;
}

import type { TypeDefinition } from "#api/resource.ts";
import { badRequest, requestEntityTooLarge } from "#api/status.ts";
import { JsonPatchError, jsonPatch } from "#wire/patch/json-patch.ts";
import { isArray, isMap, type JsonMap, type JsonValue } from "#wire/patch/json-value.ts";
import { mergePatch } from "#wire/patch/merge-patch.ts";
import { scanJson } from "#wire/strict-json.ts";
import { unprocessable, wrongBody } from "./errors.ts";
import { strategicMerge } from "./strategic-merge.ts";

export interface PatchInput {
  readonly type: "json" | "merge" | "strategic";
  readonly patch: Uint8Array;
  /** The object as plain JSON, apiVersion and kind included; never changed, it may be frozen. */
  readonly current: JsonMap;
  /** Whose schema drives a strategic merge. */
  readonly definition: TypeDefinition;
}

const maximumOperations = 10_000;
const decoder = new TextDecoder();

/**
 * The object that a patch makes of `current`, still to be decoded and validated. Throws ApiErrors in upstream's words.
 * Parts that the patch does not touch are shared with `current`.
 */
export function applyPatch({ type, patch, current, definition }: PatchInput): JsonMap {
  const parsed = parse(patch);
  if (type === "json") return applyJsonPatch(current, parsed);
  if (!isMap(parsed)) throw wrongBody(parsed, "map[string]interface {}");
  if (type === "strategic") return strategicMerge(current, parsed, definition.struct);
  return mergePatch(current, parsed) as JsonMap;
}

function applyJsonPatch(current: JsonMap, operations: JsonValue): JsonMap {
  if (!isArray(operations)) throw wrongBody(operations, "[]handlers.jsonPatchOp");
  if (operations.length > maximumOperations) {
    const limit = `The allowed maximum operations in a JSON patch is ${maximumOperations}, got ${operations.length}`;
    throw requestEntityTooLarge(limit);
  }
  const stray = operations.find(operation => !isMap(operation));
  if (stray !== undefined) throw wrongBody(stray, "handlers.jsonPatchOp");
  try {
    const result = jsonPatch(current, operations as readonly JsonMap[]);
    if (!isMap(result)) throw unprocessable();
    return result;
  } catch (error) {
    if (error instanceof JsonPatchError) throw unprocessable();
    throw error;
  }
}

function parse(patch: Uint8Array): JsonValue {
  if (scanJson(patch).tooDeep) throw badRequest("invalid JSON patch: exceeded max depth");
  try {
    return JSON.parse(decoder.decode(patch));
  } catch {
    throw badRequest("invalid JSON patch");
  }
}

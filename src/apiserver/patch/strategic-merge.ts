import type { Field, Schema } from "#api/schema.ts";
import { failure } from "#api/status.ts";
import { isArray, isMap, type JsonArray, type JsonMap, type JsonValue, own } from "#wire/patch/json-value.ts";
import { setOwn } from "#wire/strict-json.ts";
import { badDirective, badFormat, unprocessable, wrongType } from "./errors.ts";
import { fieldOf } from "./flat-fields.ts";
import { mergeList, orderList } from "./merge-list.ts";

const directive = "$patch";
const retainKeys = "$retainKeys";
const elementOrder = "$setElementOrder/";
const primitiveDeletion = "$deleteFromPrimitiveList/";

/**
 * Strategic merge patch: objects merge key by key, null removes, lists merge where the schema says so (by merge key,
 * or as sets of scalars) and are replaced elsewhere. What `schema` does not know merges by the plain rules.
 *
 * @example
 * strategicMerge({ containers: [{ name: "a", image: "x" }] }, { containers: [{ name: "a", image: "y" }] }, podSpec)
 * // { containers: [{ name: "a", image: "y" }] }
 */
export function strategicMerge(original: JsonMap, patch: JsonMap, schema: Schema | undefined): JsonMap {
  const whole = own(patch, directive);
  if (whole !== undefined) return replaced(whole, patch);
  const result: Record<string, JsonValue> = { ...retained(original, patch) };
  const done = mergeOrderedLists(result, patch, schema);
  for (const key of Object.keys(patch)) {
    if (key === retainKeys || key.startsWith(elementOrder) || done.has(key)) continue;
    if (key.startsWith(primitiveDeletion)) deleteFromList(result, key.slice(primitiveDeletion.length), patch[key]!);
    else mergeKey(result, key, patch[key]!, schema);
  }
  return result;
}

/** `$patch` in an object: replace takes the rest as it is, delete empties it. */
function replaced(value: JsonValue, patch: JsonMap): JsonMap {
  if (value === "delete") return {};
  if (value !== "replace") throw badDirective(value, patch);
  const { [directive]: _, ...rest } = patch;
  return rest;
}

/** `$retainKeys`: whatever is not in its list goes. */
function retained(original: JsonMap, patch: JsonMap): JsonMap {
  const keep = own(patch, retainKeys);
  if (keep === undefined) return original;
  if (!isArray(keep)) throw badFormat("retainKeys");
  const kept = new Set(keep);
  const stray = Object.keys(patch).find(key => !key.startsWith("$") && patch[key] !== null && !kept.has(key));
  if (stray !== undefined) throw unprocessable();
  return Object.fromEntries(Object.entries(original).filter(([key]) => kept.has(key)));
}

/** Fields with a `$setElementOrder/` of their own; returns those that are finished by it. */
function mergeOrderedLists(
  result: Record<string, JsonValue>,
  patch: JsonMap,
  schema: Schema | undefined,
): ReadonlySet<string> {
  const done = new Set<string>();
  for (const key of Object.keys(patch)) {
    if (!key.startsWith(elementOrder)) continue;
    const name = key.slice(elementOrder.length);
    const order = listOrThrow(patch[key]!);
    const original = optionalList(own(result, name));
    const items = optionalList(own(patch, name));
    if (original === undefined && items === undefined) continue;
    const field = fieldOf(schema, name);
    if (items !== undefined) checkOrder(items, order, field?.mergeKey);
    const merged = items === undefined ? original! : mergedList(original, items, field);
    setOwn(result, name, orderList(merged, order, original ?? [], field?.mergeKey));
    done.add(name);
  }
  return done;
}

function mergedList(original: JsonArray | undefined, items: JsonArray, field: Field | undefined): JsonArray {
  if (original === undefined) return withoutDirectives(items) as JsonArray;
  return isMerged(field) ? mergeItems(original, items, field) : items;
}

/** Every item of the patch must be in the order, and in that order. */
function checkOrder(items: JsonArray, order: JsonArray, mergeKey: string | undefined): void {
  const keyOf = (item: JsonValue) => (mergeKey !== undefined && isMap(item) ? own(item, mergeKey) : item);
  const kept = items.filter(item => !isMap(item) || own(item, directive) === undefined);
  let at = 0;
  for (const item of kept) {
    while (at < order.length && keyOf(order[at]!) !== keyOf(item)) at++;
    if (at++ >= order.length) {
      throw failure(500, "", "The order in patch list doesn't match $setElementOrder list");
    }
  }
}

function deleteFromList(result: Record<string, JsonValue>, name: string, values: JsonValue): void {
  if (!isArray(values)) throw badFormat("primitive list");
  const original = own(result, name);
  if (!isArray(original)) return;
  const unwanted = new Set(values);
  const kept = original.filter(item => !unwanted.has(item));
  setOwn(result, name, kept);
}

function mergeKey(result: Record<string, JsonValue>, key: string, value: JsonValue, schema: Schema | undefined): void {
  if (value === null) {
    delete result[key];
    return;
  }
  const original = own(result, key);
  const field = fieldOf(schema, key);
  if (isMap(original) && isMap(value)) setOwn(result, key, mergedMap(original, value, schema, field));
  else if (isArray(original) && isArray(value))
    setOwn(result, key, isMerged(field) ? mergeItems(original, value, field) : value);
  else setOwn(result, key, withoutDirectives(value));
}

function mergedMap(original: JsonMap, value: JsonMap, schema: Schema | undefined, field: Field | undefined): JsonMap {
  if (field !== undefined && /\breplace\b/.test(field.patchStrategy ?? "")) return value;
  const inner = field?.schema ?? (schema?.type === "map" ? schema.values : undefined);
  return strategicMerge(original, value, inner);
}

function isMerged(field: Field | undefined): field is Field {
  return field !== undefined && /\bmerge\b/.test(field.patchStrategy ?? "");
}

function mergeItems(original: JsonArray, items: JsonArray, field: Field): JsonArray {
  const schema = field.schema.type === "list" ? field.schema.items : undefined;
  return mergeList(original, items, field.mergeKey, (left, right) => strategicMerge(left, right, schema));
}

function listOrThrow(value: JsonValue): JsonArray {
  if (!isArray(value)) throw wrongType("[]interface {}", value);
  return value;
}

function optionalList(value: JsonValue | undefined): JsonArray | undefined {
  return value === undefined || value === null ? undefined : listOrThrow(value);
}

/** What a patch adds where nothing was: its directives have nothing to act on, its nulls nothing to remove. */
function withoutDirectives(value: JsonValue): JsonValue {
  if (isArray(value)) {
    const kept = value.filter(item => !isMap(item) || own(item, directive) === undefined);
    return kept.map(withoutDirectives);
  }
  if (!isMap(value)) return value;
  const kept = Object.entries(value).filter(([key, inner]) => inner !== null && !isDirective(key));
  return Object.fromEntries(kept.map(([key, inner]) => [key, withoutDirectives(inner)]));
}

function isDirective(key: string): boolean {
  return key === directive || key === retainKeys || key.startsWith(elementOrder) || key.startsWith(primitiveDeletion);
}

import type { Pod } from "#api/core/v1/pod.ts";
import type { PodCondition, PodStatus } from "#api/core/v1/pod-status.ts";
import { findCondition } from "#api/meta/v1/find-condition.ts";

type Value = Record<string, unknown>;

/** Lists that a strategic merge patch would merge by key; here the new list replaces the old one. */
const replacedLists: ReadonlySet<string> = new Set(["podIPs", "hostIPs", "resourceClaimStatuses"]);

/**
 * The strategic merge patch that turns what the API has into `next`; undefined when there is nothing to say. Conditions
 * of other owners are left alone, and the uid keeps the patch from a newer pod of the same name.
 */
export function statusPatch(pod: Pod, next: PodStatus): Value | undefined {
  const before = (pod.status ?? {}) as unknown as Value;
  const after = next as unknown as Value;
  const status: Value = {};
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
    if (key === "conditions" || equalOnTheWire(before[key], after[key])) continue;
    const value = after[key];
    if (value === undefined) status[key] = null;
    else if (replacedLists.has(key)) status[key] = [...(value as readonly unknown[]), { $patch: "replace" }];
    else status[key] = value;
  }
  const conditions = conditionPatches(pod.status?.conditions ?? [], next.conditions ?? []);
  if (conditions.length > 0) status["conditions"] = conditions;
  return Object.keys(status).length === 0 ? undefined : { metadata: { uid: pod.metadata.uid }, status };
}

function conditionPatches(before: readonly PodCondition[], after: readonly PodCondition[]): Value[] {
  const patches: Value[] = [];
  for (const condition of after) {
    const old = findCondition(before, condition.type);
    if (equalOnTheWire(old, condition)) continue;
    const gone = (["reason", "message"] as const).filter(key => old?.[key] && !condition[key]);
    patches.push({ ...condition, ...Object.fromEntries(gone.map(key => [key, null])) });
  }
  return patches;
}

/** Equal as JSON, where an absent value equals an empty one that the wire leaves out. */
export function equalOnTheWire(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((item, at) => equalOnTheWire(item, b[at]));
  if (isObject(a) || isObject(b)) {
    const [left, right] = [a ?? {}, b ?? {}];
    if (!isObject(left) || !isObject(right)) return false;
    return [...new Set([...Object.keys(left), ...Object.keys(right)])].every(key =>
      equalOnTheWire(left[key], right[key]),
    );
  }
  return isZero(a) && isZero(b);
}

function isObject(value: unknown): value is Value {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isZero(value: unknown): boolean {
  return value === undefined || value === null || value === "" || (Array.isArray(value) && value.length === 0);
}

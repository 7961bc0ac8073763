import type { ManagedFieldsEntry } from "#api/meta/v1/object-meta.ts";
import { formatTime, parseTime } from "#base/clock.ts";
import { type FieldSet, type MaybeSet, union } from "./field-set.ts";

/** One entry of managedFields. */
export interface Manager {
  readonly name: string;
  readonly operation: "Apply" | "Update";
  readonly apiVersion: string;
  readonly subresource: string;
  readonly time: string | undefined;
  readonly fields: FieldSet;
}

/** Who a manager is: an applier is the same one in every version. */
export type ManagerIdentity = Pick<Manager, "name" | "operation" | "apiVersion" | "subresource">;

export function sameManager(a: ManagerIdentity, b: ManagerIdentity): boolean {
  return (
    a.name === b.name &&
    a.operation === b.operation &&
    a.subresource === b.subresource &&
    (a.operation === "Apply" || a.apiVersion === b.apiVersion)
  );
}

/** undefined when an entry is not well formed: such a list counts as not sent. */
export function decodeManagers(entries: readonly ManagedFieldsEntry[] | undefined): readonly Manager[] | undefined {
  const managers: Manager[] = [];
  for (const { manager = "", operation, apiVersion = "", subresource = "", time, fieldsType, fieldsV1 } of entries ??
    []) {
    if (operation !== "Apply" && operation !== "Update") return undefined;
    if (fieldsType !== "FieldsV1") return undefined;
    // A list that names one manager twice is somebody's slip: the fields belong to that one manager.
    const fields = (fieldsV1 ?? {}) as FieldSet;
    const identity: ManagerIdentity = { name: manager, operation, apiVersion, subresource };
    const same = managers.findIndex(other => sameManager(other, identity));
    const all = same === -1 ? fields : union(managers[same]!.fields, fields)!;
    const decoded: Manager = { ...identity, time: time ?? undefined, fields: all };
    if (same === -1) managers.push(decoded);
    else managers[same] = decoded;
  }
  return managers;
}

/** True for `[{}]`, by which a client asks for managedFields to be forgotten. */
export function isReset(entries: readonly ManagedFieldsEntry[] | undefined): boolean {
  return entries?.length === 1 && Object.values(entries[0]!).every(value => value === undefined || value === "");
}

/** As they are stored: appliers first, older first; undefined when there are none. */
export function encodeManagers(managers: readonly Manager[]): readonly ManagedFieldsEntry[] | undefined {
  return managers.length === 0 ? undefined : [...managers].sort(compareManagers).map(encodeManager);
}

function encodeManager({ name, operation, apiVersion, subresource, time, fields }: Manager): ManagedFieldsEntry {
  return {
    ...(name && { manager: name }),
    operation,
    ...(apiVersion && { apiVersion }),
    ...(time !== undefined && { time }),
    fieldsType: "FieldsV1",
    fieldsV1: fields,
    ...(subresource && { subresource }),
  };
}

function compareManagers(a: Manager, b: Manager): number {
  return (
    compareText(a.operation, b.operation) ||
    secondsOf(a.time) - secondsOf(b.time) ||
    compareText(a.name, b.name) ||
    compareText(a.apiVersion, b.apiVersion) ||
    compareText(a.subresource, b.subresource)
  );
}

function secondsOf(time: string | undefined): number {
  return time === undefined ? 0 : Math.floor(parseTime(time) / 1000);
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** `manager` with these fields and this time, in the place of the entry it had; gone when it has no fields. */
export function withManager(
  managers: readonly Manager[],
  identity: ManagerIdentity,
  fields: MaybeSet,
  timeMs: number,
): Manager[] {
  const others = managers.filter(manager => !sameManager(manager, identity));
  if (fields === undefined) return others;
  const { name, operation, apiVersion, subresource } = identity;
  return [...others, { name, operation, apiVersion, subresource, time: formatTime(timeMs), fields }];
}

const maximumUpdaters = 10;
const ancientManager = "ancient-changes";

/** So that short-lived clients do not fill the object: beyond ten updaters the oldest become one, per version. */
export function capUpdaters(managers: readonly Manager[]): readonly Manager[] {
  if (managers.length <= maximumUpdaters) return managers;
  const updaters = managers.filter(({ operation }) => operation === "Update");
  if (updaters.length <= maximumUpdaters) return managers;
  updaters.sort(
    (a, b) => Number(b.name === ancientManager) - Number(a.name === ancientManager) || compareManagers(a, b),
  );
  const ancient = new Map<string, Manager>();
  let merged = 0;
  while (updaters.length - merged + ancient.size > maximumUpdaters) {
    const updater = updaters[merged++]!;
    const fields = union(ancient.get(updater.apiVersion)?.fields, updater.fields)!;
    ancient.set(updater.apiVersion, { ...updater, name: ancientManager, subresource: "", fields });
  }
  const appliers = managers.filter(({ operation }) => operation === "Apply");
  return [...appliers, ...ancient.values(), ...updaters.slice(merged)];
}

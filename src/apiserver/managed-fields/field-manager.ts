import { codecOf } from "#api/codec/codec.ts";
import type { ManagedFieldsEntry } from "#api/meta/v1/object-meta.ts";
import { apiVersionOf, type TypeDefinition } from "#api/resource.ts";
import { badRequest, failure } from "#api/status.ts";
import { jsonEqual } from "#base/json-equal.ts";
import type { JsonMap } from "#wire/patch/json-value.ts";
import { applyFields, released } from "./apply.ts";
import { gained } from "./compare.ts";
import type { Applied, FieldManager, FieldWriter, JsonObject } from "./contract.ts";
import { differenceBelow, isFieldSet, type MaybeSet, union } from "./field-set.ts";
import { kubectlManager, unchangedSinceLastApplied, withLastApplied } from "./last-applied.ts";
import {
  capUpdaters,
  decodeManagers,
  encodeManagers,
  isReset,
  type Manager,
  type ManagerIdentity,
  sameManager,
  withManager,
} from "./managers.ts";
import { resetFieldsOf } from "./reset-fields.ts";
import { type RootStructure, rootStructureOf } from "./structure.ts";
import { appliedErrors, joinErrors } from "./validate-applied.ts";

export type { Applied, FieldManager, FieldWriter, JsonObject } from "./contract.ts";

/** Owns what an object had before its first apply, if nobody was recorded. */
const beforeFirstApply = "before-first-apply";
const nothing = Object.freeze({});

const managersByDefinition = new WeakMap<object, FieldManager>();

export function fieldManagerOf<T>(definition: TypeDefinition<T>): FieldManager {
  let manager = managersByDefinition.get(definition);
  if (manager === undefined) {
    manager = new SchemaFieldManager(definition);
    managersByDefinition.set(definition, manager);
  }
  return manager;
}

interface WithManagedFields {
  readonly metadata?: {
    readonly managedFields?: readonly ManagedFieldsEntry[];
    readonly name?: string;
    readonly namespace?: string;
  };
}

class SchemaFieldManager implements FieldManager {
  readonly #definition: TypeDefinition;
  readonly #apiVersion: string;
  readonly #root: RootStructure;

  constructor(definition: TypeDefinition) {
    this.#definition = definition;
    this.#apiVersion = apiVersionOf(definition);
    this.#root = rootStructureOf(definition);
  }

  recordCreate(object: object, writer: FieldWriter): readonly ManagedFieldsEntry[] | undefined {
    const sent = sentManagers(object) ?? [];
    const fields = this.#owned(gained(this.#root.owned, nothing, object, "changed"), writer);
    return encodeManagers(this.#take(sent, fields, writer));
  }

  recordUpdate(live: object, updated: object, writer: FieldWriter): readonly ManagedFieldsEntry[] | undefined {
    const sent = writer.subresource === "" ? sentManagers(updated) : undefined;
    const before = managedFieldsOf(live);
    const managers = sent ?? decodeManagers(before) ?? [];
    // An object that nobody was recorded for stays so until the first apply.
    if (managers.length === 0) return undefined;
    const changed = this.#owned(gained(this.#root.owned, live, updated, "changed"), writer);
    const removed = this.#owned(gained(this.#root.owned, updated, live, "added"), writer);
    if (changed === undefined && removed === undefined) return sent === undefined ? before : encodeManagers(sent);
    return encodeManagers(this.#take(released(managers, removed), changed, writer));
  }

  apply(live: object | undefined, applied: JsonObject, writer: FieldWriter & { readonly force: boolean }): Applied {
    this.#check(applied);
    const root = this.#root;
    const reset = resetFieldsOf(this.#definition, writer.subresource);
    const object = live === undefined ? {} : withoutManagedFields(codecOf(this.#definition).toValue(live));
    const applier = this.#identity(writer, "Apply");
    const managers = this.#managersBefore(live, object, applier, writer.timeMs);
    const mayTake = writer.force ? "all" : this.#inheritance(object, writer);
    const body = applied as JsonMap;
    const result = applyFields({
      ...{ root, live: object, applied: body, managers, applier, reset, mayTake },
      timeMs: writer.timeMs,
    });
    const unchanged = !result.changed || (result.sameOwners && this.#storedAlike(object, result.object));
    if (unchanged && live !== undefined) return { object: codecOf(this.#definition).toValue(live), changed: false };
    const merged = writer.manager === kubectlManager ? withLastApplied(result.object, body) : result.object;
    return { object: withManagedFields(merged, encodeManagers(capUpdaters(result.managers))), changed: true };
  }

  /** The managers with these fields taken from all others and given to the writer. */
  #take(managers: readonly Manager[], fields: MaybeSet, writer: FieldWriter): readonly Manager[] {
    if (fields === undefined) return managers;
    const identity = this.#identity(writer, "Update");
    const rest = released(managers, fields);
    const before = rest.find(manager => sameManager(manager, identity))?.fields;
    return capUpdaters(withManager(rest, identity, union(before, fields), writer.timeMs));
  }

  #owned(fields: MaybeSet, { subresource }: FieldWriter): MaybeSet {
    return fields === undefined ? undefined : differenceBelow(fields, resetFieldsOf(this.#definition, subresource));
  }

  #identity({ manager, subresource }: FieldWriter, operation: "Apply" | "Update"): ManagerIdentity {
    return { name: manager, operation, apiVersion: this.#apiVersion, subresource };
  }

  #managersBefore(
    live: object | undefined,
    object: JsonMap,
    applier: ManagerIdentity,
    timeMs: number,
  ): readonly Manager[] {
    const managers = (live === undefined ? undefined : decodeManagers(managedFieldsOf(live))) ?? [];
    if (managers.length > 0 || live === undefined) return managers;
    const first: ManagerIdentity = { ...applier, name: beforeFirstApply, operation: "Update", subresource: "" };
    const fields = differenceBelow(
      gained(this.#root.owned, nothing, object, "changed"),
      resetFieldsOf(this.#definition, applier.subresource),
    );
    return withManager([], first, fields, timeMs);
  }

  #inheritance(live: object, writer: FieldWriter): MaybeSet {
    return writer.manager === kubectlManager ? unchangedSinceLastApplied(this.#root, live) : undefined;
  }

  /** Other JSON may still be the same object: `[]` for nothing, `1000m` for `1`. */
  #storedAlike(live: JsonMap, merged: JsonMap): boolean {
    const codec = codecOf(this.#definition);
    const { object } = codec.decodeValue(merged);
    codec.applyDefaults(object);
    return jsonEqual(live, withoutManagedFields(codec.toValue(object)));
  }

  #check(applied: JsonObject): void {
    const { apiVersion, kind, metadata } = applied as { apiVersion?: unknown; kind?: unknown } & WithManagedFields;
    const { group, version, kind: ownKind } = this.#definition;
    if (apiVersion !== this.#apiVersion || kind !== ownKind) {
      throw badRequest(`invalid object type: ${kindText(apiVersion, kind)}`);
    }
    if (metadata?.managedFields !== undefined && metadata.managedFields !== null) {
      throw badRequest("metadata.managedFields must be nil");
    }
    const errors = appliedErrors(this.#root.whole, applied);
    if (errors.length === 0) return;
    const name = `${metadata?.namespace ?? ""}/${metadata?.name ?? ""}; ${group}/${version}, Kind=${ownKind}`;
    throw failure(500, "", `failed to create typed patch object (${name}): ${joinErrors(errors)}`);
  }
}

/** What the writer sent for managedFields, when it is to be taken instead of what is stored. */
function sentManagers(object: object): readonly Manager[] | undefined {
  const entries = managedFieldsOf(object);
  if (isReset(entries)) return [];
  if (entries?.some(({ fieldsV1 }) => fieldsV1 !== undefined && !isFieldSet(fieldsV1))) return undefined;
  const managers = decodeManagers(entries);
  return managers === undefined || managers.length === 0 ? undefined : managers;
}

function managedFieldsOf(object: object): readonly ManagedFieldsEntry[] | undefined {
  return (object as WithManagedFields).metadata?.managedFields;
}

function withoutManagedFields(object: Record<string, unknown>): JsonMap {
  const { managedFields: _, ...metadata } = (object["metadata"] ?? {}) as Record<string, unknown>;
  return { ...object, metadata } as JsonMap;
}

function withManagedFields(object: JsonMap, managedFields: readonly ManagedFieldsEntry[] | undefined): JsonObject {
  const metadata = (object["metadata"] ?? {}) as JsonObject;
  return { ...object, metadata: managedFields === undefined ? metadata : { ...metadata, managedFields } };
}

/** `apps/v1, Kind=Deployment`, as Go prints a kind; "/" when there is no version. */
function kindText(apiVersion: unknown, kind: unknown): string {
  const text = typeof apiVersion === "string" ? apiVersion : "";
  return `${text.includes("/") ? text : `/${text}`}, Kind=${typeof kind === "string" ? kind : ""}`;
}

import type { ManagedFieldsEntry } from "#api/meta/v1/object-meta.ts";

/** A plain JSON object; never changed by this module, it may be frozen. */
export type JsonObject = { readonly [key: string]: unknown };

/** Who writes, through which subresource, and when. */
export interface FieldWriter {
  /** The request's `fieldManager`, else the user agent up to the first "/". */
  readonly manager: string;
  /** Empty for the resource itself. */
  readonly subresource: string;
  /** Epoch milliseconds. */
  readonly timeMs: number;
}

/**
 * Who owns which field of a kind's objects. Objects are as the codec's decode and `applyDefaults` leave them, before
 * admission and before the strategy allocates anything: what the server adds by itself belongs to nobody.
 * The `managedFields` inside the objects are read; every result is what the caller has to put there.
 *
 * @example
 * const manager = fieldManagerOf(deployments);
 * deployment.metadata.managedFields = manager.recordCreate(deployment, writer);
 */
export interface FieldManager {
  recordCreate(object: object, writer: FieldWriter): readonly ManagedFieldsEntry[] | undefined;
  /** For PUT and for every patch but apply. The same array as `live` has when nothing changed hands. */
  recordUpdate(live: object, updated: object, writer: FieldWriter): readonly ManagedFieldsEntry[] | undefined;
  /**
   * Server-side apply. `live` is undefined when the object is to be created; `applied` is the body as parsed, without
   * defaults. Throws ApiErrors: 409 with a cause per conflicting field (unless `force`), 400 for a wrong kind or
   * managedFields in the body, 500 for values that do not fit the schema or repeat a key.
   */
  apply(live: object | undefined, applied: JsonObject, writer: FieldWriter & { readonly force: boolean }): Applied;
}

export interface Applied {
  /** The merged object as plain JSON, still to be decoded, defaulted and validated; has the new managedFields. */
  readonly object: JsonObject;
  /** False: the live object already is what was applied and owned so; nothing is to be written. */
  readonly changed: boolean;
}

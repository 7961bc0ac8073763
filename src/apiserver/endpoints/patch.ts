import { type Decoded, DecodeError } from "#api/codec.ts";
import { apiVersionOf, type KubernetesObject, type Mutable } from "#api/resource.ts";
import { type ApiError, badRequest, conflict, invalid, isNotFound, unsupportedMediaType } from "#api/status.ts";
import type { HttpResponse } from "#base/http.ts";
import type { JsonMap } from "#wire/patch/json-value.ts";
import { parseYaml } from "#wire/yaml.ts";
import type { Exchange } from "../exchange.ts";
import type { JsonObject } from "../managed-fields/contract.ts";
import { applyPatch } from "../patch/apply-patch.ts";
import { createObject } from "../registry/create.ts";
import type { ObjectRef, ObjectStore } from "../registry/object-store.ts";
import { type Change, updateObject } from "../registry/update.ts";
import type { Version } from "../watch-cache/watch-cache.ts";
import { contentTypeOf, readBody } from "./body.ts";
import { placeInNamespace } from "./create.ts";
import { respondObject } from "./read.ts";
import { representationFor } from "./respond.ts";
import { type WriteOptions, writeOptions } from "./write-options.ts";

const decoder = new TextDecoder();

type PatchType = "json" | "merge" | "strategic";

const patchTypes: ReadonlyMap<string, PatchType | "apply"> = new Map([
  ["application/json-patch+json", "json"],
  ["application/merge-patch+json", "merge"],
  ["application/strategic-merge-patch+json", "strategic"],
  ["application/apply-patch+yaml", "apply"],
]);

/** PATCH of an object or of its status, in one of four forms. */
export async function patchEndpoint(
  store: ObjectStore,
  exchange: Exchange,
  part: Change<KubernetesObject>["part"],
  restrict?: Change<KubernetesObject>["restrict"],
): Promise<HttpResponse> {
  const type = patchTypes.get(contentTypeOf(exchange));
  if (type === undefined) throw unsupportedMediaType([...patchTypes.keys()]);
  const options = writeOptions(exchange, "PatchOptions", type === "apply");
  const body = await readBody(exchange);
  if (type === "apply") return serverSideApply(store, exchange, part, options, body, restrict);
  const to = representationFor(exchange);
  const warned = exchange.warnings.length;
  const version = await updateObject(store, exchange, store.refOf(exchange.info), {
    options,
    part,
    restrict,
    apply(current) {
      exchange.warnings.length = warned;
      return patched(store, exchange, current, type, body, options);
    },
  });
  return respondObject(exchange, 200, store, version, to);
}

function patched(
  store: ObjectStore,
  exchange: Exchange,
  current: Version,
  type: PatchType,
  patch: Uint8Array,
  options: WriteOptions,
): Mutable<KubernetesObject> {
  const { codec, definition } = store;
  const value = applyPatch({ type, patch, current: currentValue(store, current, type), definition });
  const decoded = decodePatched(store, value);
  if (decoded.strictErrors.length > 0 && options.fieldValidation === "Strict") {
    throw invalidPatch(value, `strict decoding error: ${decoded.strictErrors.join(", ")}`);
  }
  if (options.fieldValidation === "Warn") exchange.warnings.push(...decoded.strictErrors);
  const object = decoded.object as Mutable<KubernetesObject>;
  codec.applyDefaults(object);
  return object;
}

/** What is patched. A JSON patch may name anything that a client is shown, empty fields too, which an object leaves out. */
function currentValue({ definition }: ObjectStore, current: Version, type: PatchType): JsonMap {
  if (type === "json") return JSON.parse(decoder.decode(current.json)) as JsonMap;
  return { kind: definition.kind, apiVersion: apiVersionOf(definition), ...current.object } as unknown as JsonMap;
}

function decodePatched(store: ObjectStore, value: unknown): Decoded<KubernetesObject> {
  try {
    return store.codec.decodeValue(value);
  } catch (error) {
    if (error instanceof DecodeError) throw invalidPatch(value, error.message);
    throw error;
  }
}

/** Upstream names no object here, only the text that could not be taken. */
function invalidPatch(value: unknown, detail: string): ApiError {
  return invalid({ group: "", kind: "" }, "", [
    { type: "Invalid", field: "patch", badValue: JSON.stringify(value), detail },
  ]);
}

/** PATCH that says all the caller has an opinion on; makes the object when there is none. */
async function serverSideApply(
  store: ObjectStore,
  exchange: Exchange,
  part: Change<KubernetesObject>["part"],
  options: WriteOptions,
  body: Uint8Array,
  restrict: Change<KubernetesObject>["restrict"],
): Promise<HttpResponse> {
  const to = representationFor(exchange);
  const ref = store.refOf(exchange.info);
  const applied = readApplied(body, ref);
  try {
    const version = await updateObject(store, exchange, ref, {
      options,
      part,
      restrict,
      applied: true,
      apply: current => applyTo(store, exchange, current, ref, applied, options),
    });
    return respondObject(exchange, 200, store, version, to);
  } catch (error) {
    if (!isNotFound(error) || part !== "" || error.status.details?.kind !== store.definition.plural) throw error;
  }
  exchange.requireRight("create");
  const object = applyTo(store, exchange, undefined, ref, applied, options)!;
  placeInNamespace(object, ref.namespace, store);
  const version = await createObject(store, exchange, object, { options, applied: true });
  return respondObject(exchange, 201, store, version, to);
}

function readApplied(body: Uint8Array, ref: ObjectRef): JsonObject {
  let value: unknown;
  try {
    value = parseYaml(decoder.decode(body));
  } catch (error) {
    throw badRequest(`error encoding patch: yaml: ${(error as Error).message}`);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw badRequest("error decoding YAML: the patch is no object");
  }
  const applied = value as { metadata?: { name?: unknown } };
  const name = applied.metadata?.name;
  if (name !== undefined && name !== ref.name) {
    throw badRequest(`the name of the object (${String(name)}) does not match the name on the URL (${ref.name})`);
  }
  return { ...applied, metadata: { ...applied.metadata, name: ref.name } };
}

function applyTo(
  store: ObjectStore,
  exchange: Exchange,
  current: Version | undefined,
  ref: ObjectRef,
  applied: JsonObject,
  options: WriteOptions,
): Mutable<KubernetesObject> | undefined {
  const { definition, codec, deps } = store;
  const { uid, resourceVersion } = applied["metadata"] as { uid?: string; resourceVersion?: string };
  if (current === undefined && uid !== undefined) {
    const message = `uid mismatch: the provided object specified uid ${uid}, and no existing object was found`;
    throw conflict(definition, ref.name, message);
  }
  if (resourceVersion && resourceVersion !== current?.object.metadata.resourceVersion) {
    throw conflict(definition, ref.name);
  }
  const result = deps.fieldManager.apply(current?.object, applied, {
    manager: options.fieldManager,
    subresource: exchange.info.subresource,
    timeMs: deps.clock.now(),
    force: options.force,
  });
  if (current !== undefined && !result.changed) return undefined;
  const decoded = decodePatched(store, result.object);
  if (options.fieldValidation === "Warn") exchange.warnings.push(...decoded.strictErrors);
  const object = decoded.object as Mutable<KubernetesObject>;
  codec.applyDefaults(object);
  return object;
}

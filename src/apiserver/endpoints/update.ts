import type { KubernetesObject, Mutable } from "#api/resource.ts";
import { badRequest, isNotFound } from "#api/status.ts";
import type { HttpResponse } from "#base/http.ts";
import type { Exchange } from "../exchange.ts";
import { createObject } from "../registry/create.ts";
import type { ObjectStore } from "../registry/object-store.ts";
import { type Change, updateObject } from "../registry/update.ts";
import { checkKind, contentTypeOf, decodeBody, readBody, reportStrictErrors } from "./body.ts";
import { placeInNamespace } from "./create.ts";
import { respondObject } from "./read.ts";
import { representationFor } from "./respond.ts";
import { type WriteOptions, writeOptions } from "./write-options.ts";

/** PUT of an object or of its status. */
export async function updateEndpoint(
  store: ObjectStore,
  exchange: Exchange,
  part: Change<KubernetesObject>["part"],
  restrict?: Change<KubernetesObject>["restrict"],
): Promise<HttpResponse> {
  const to = representationFor(exchange);
  const options = writeOptions(exchange, "UpdateOptions");
  const bytes = await readBody(exchange);
  const first = decodeReplacement(store, exchange, bytes, options);
  let given: Mutable<KubernetesObject> | undefined = first;
  const ref = store.refOf(exchange.info);
  try {
    const version = await updateObject(store, exchange, ref, {
      options,
      part,
      restrict,
      // Each try needs the object as it was sent; only a lost race pays for decoding it again.
      apply() {
        const object = given ?? decodeReplacement(store, exchange, bytes, { ...options, fieldValidation: "Ignore" });
        given = undefined;
        return object;
      },
    });
    return respondObject(exchange, 200, store, version, to);
  } catch (error) {
    const creates = isNotFound(error) && part === "" && store.definition.allowCreateOnUpdate;
    if (!creates || first.metadata.resourceVersion) throw error;
    exchange.requireRight("create");
    return respondObject(exchange, 201, store, await createObject(store, exchange, first, { options }), to);
  }
}

function decodeReplacement(
  store: ObjectStore,
  exchange: Exchange,
  bytes: Uint8Array,
  options: WriteOptions,
): Mutable<KubernetesObject> {
  const { name, namespace } = exchange.info;
  const decoded = decodeBody(contentTypeOf(exchange), bytes, store.definition);
  const object = decoded.object as Mutable<KubernetesObject>;
  checkKind(decoded, store.definition);
  reportStrictErrors(exchange, options.fieldValidation, decoded.strictErrors, store.definition);
  if (!object.metadata.name) throw badRequest("the name of the object must be provided");
  if (object.metadata.name !== name) {
    throw badRequest(`the name of the object (${object.metadata.name}) does not match the name on the URL (${name})`);
  }
  placeInNamespace(object, namespace, store);
  store.codec.applyDefaults(object);
  return object;
}

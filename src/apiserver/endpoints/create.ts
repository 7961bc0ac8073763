import type { KubernetesObject, Mutable } from "#api/resource.ts";
import { badRequest } from "#api/status.ts";
import type { HttpResponse } from "#base/http.ts";
import type { Exchange } from "../exchange.ts";
import { createObject } from "../registry/create.ts";
import type { ObjectStore } from "../registry/object-store.ts";
import { checkKind, readObject, reportStrictErrors } from "./body.ts";
import { respondObject } from "./read.ts";
import { representationFor } from "./respond.ts";
import { writeOptions } from "./write-options.ts";

/** POST of a new object. */
export async function createEndpoint(store: ObjectStore, exchange: Exchange): Promise<HttpResponse> {
  const to = representationFor(exchange);
  const options = writeOptions(exchange, "CreateOptions");
  const decoded = await readObject(exchange, store.definition);
  const object = decoded.object as Mutable<KubernetesObject>;
  checkKind(decoded, store.definition);
  reportStrictErrors(exchange, options.fieldValidation, decoded.strictErrors, store.definition);
  placeInNamespace(object, exchange.info.namespace, store);
  if (exchange.info.name !== "" && !object.metadata.name) object.metadata.name = exchange.info.name;
  const version = await createObject(store, exchange, object, { options });
  return respondObject(exchange, 201, store, version, to);
}

/** The path says the namespace; an object that says another is refused, one that says none is given it. */
export function placeInNamespace(
  object: Mutable<KubernetesObject>,
  namespace: string,
  { definition }: Pick<ObjectStore, "definition">,
): void {
  const { metadata } = object;
  if (definition.scope === "Cluster") {
    delete metadata.namespace;
    return;
  }
  if (metadata.namespace === undefined || metadata.namespace === "") metadata.namespace = namespace;
  if (metadata.namespace !== namespace) {
    throw badRequest("the namespace of the provided object does not match the namespace sent on the request");
  }
}

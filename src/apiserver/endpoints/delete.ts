import type { Status } from "#api/meta/v1/status.ts";
import type { KubernetesObject } from "#api/resource.ts";
import { ApiError, isNotFound } from "#api/status.ts";
import type { HttpResponse } from "#base/http.ts";
import type { Exchange } from "../exchange.ts";
import { deleteObject } from "../registry/delete.ts";
import type { ObjectStore, ObjectVersion } from "../registry/object-store.ts";
import { listOptions } from "./list-options.ts";
import { readPage } from "./list-read.ts";
import { respondObject, respondPage } from "./read.ts";
import { representationFor, respondStatus } from "./respond.ts";
import { selectionOf } from "./selection.ts";
import { readDeleteOptions } from "./write-options.ts";

/** Of one collection: writes that wait together share one commit to the disk. */
const deletesAtOnce = 32;

/** DELETE of one object. */
export async function deleteEndpoint(store: ObjectStore, exchange: Exchange): Promise<HttpResponse> {
  const to = representationFor(exchange);
  const options = await readDeleteOptions(exchange);
  const { version, gone } = await deleteObject(store, exchange, store.refOf(exchange.info), options);
  if (gone && !store.registry?.returnsDeletedObject) return respondStatus(exchange, deletedStatus(store, version));
  return respondObject(exchange, 200, store, version, to);
}

function deletedStatus({ definition }: ObjectStore, { name, object }: ObjectVersion<KubernetesObject>): Status {
  const { uid } = object.metadata;
  const { group, plural } = definition;
  return {
    metadata: {},
    status: "Success",
    details: { name, ...(group && { group }), kind: plural, ...(uid && { uid }) },
  };
}

/** DELETE of every object that the selectors leave; answers with the list of them as they were. */
export async function deleteCollectionEndpoint(store: ObjectStore, exchange: Exchange): Promise<HttpResponse> {
  const to = representationFor(exchange);
  const options = await readDeleteOptions(exchange);
  const selection = selectionOf(exchange, store.definition);
  const page = await readPage(store, selection, listOptions(exchange));
  const left = page.items.values();
  const deleteRest = async () => {
    for (const { namespace, name } of left) {
      try {
        await deleteObject(store, exchange, { namespace, name }, options);
      } catch (error) {
        // Somebody else deleted it meanwhile: it is gone, which is what was asked.
        if (!(error instanceof ApiError) || !isNotFound(error)) throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: deletesAtOnce }, deleteRest));
  return respondPage(exchange, store, page, to);
}

import { apiVersionOf } from "#api/resource.ts";
import type { HttpResponse } from "#base/http.ts";
import type { Exchange } from "../exchange.ts";
import { inSlices } from "../pause.ts";
import type { ObjectStore, ObjectVersion } from "../registry/object-store.ts";
import { bodyOf, enveloped, joined, jsonListPieces } from "./list-body.ts";
import { getRevision, listOptions } from "./list-options.ts";
import { type Page, readPage, waitUntil } from "./list-read.ts";
import { mediaTypes, type Representation } from "./negotiate.ts";
import { respondPartial, respondPartialList } from "./partial-metadata.ts";
import { prettyWanted, representationFor, respond, respondJson } from "./respond.ts";
import { selectionOf } from "./selection.ts";
import { respondRows, respondTable, tableForm, tableRow } from "./table.ts";

/** GET of one object. Synchronous when the cache is up to date, which it nearly always is. */
export function getObject(store: ObjectStore, exchange: Exchange): HttpResponse | Promise<HttpResponse> {
  const to = representationFor(exchange);
  const ref = store.refOf(exchange.info);
  const answer = () => respondObject(exchange, 200, store, store.present(ref), to);
  if (exchange.query.text === "") {
    const waiting = store.fresh();
    return waiting === undefined ? answer() : waiting.then(answer);
  }
  return waitUntil(store, getRevision(exchange)).then(answer);
}

/** One object in the form asked for. */
export function respondObject(
  exchange: Exchange,
  status: number,
  store: Pick<ObjectStore, "definition" | "deps">,
  version: ObjectVersion,
  to: Representation,
): HttpResponse {
  const { definition } = store;
  switch (to.as) {
    case "Table": {
      const page: Page = { items: [version], revision: version.revision, continueToken: "", remaining: undefined };
      return respondTable(exchange, tableForm(exchange, definition, to, store.deps.clock.now()), page, to);
    }
    case "PartialObjectMetadata":
    case "PartialObjectMetadataList":
      return respondPartial(exchange, status, version, to);
    default: {
      if (exchange.request.takesValues) return { status, headers: {}, value: version.object };
      const { json } = version;
      const payload = {
        apiVersion: apiVersionOf(definition),
        kind: definition.kind,
        json,
        protobuf: () => version.protobuf,
      };
      return respond(exchange, status, payload, to);
    }
  }
}

/** GET of a collection. */
export async function listObjects(store: ObjectStore, exchange: Exchange): Promise<HttpResponse> {
  const to = representationFor(exchange);
  const selection = selectionOf(exchange, store.definition);
  const page = await readPage(store, selection, listOptions(exchange));
  return respondPage(exchange, store, page, to);
}

export async function respondPage(
  exchange: Exchange,
  store: ObjectStore,
  page: Page,
  to: Representation,
): Promise<HttpResponse> {
  const { definition } = store;
  const { clock } = store.deps;
  if (to.as === "Table") {
    const form = tableForm(exchange, definition, to, clock.now());
    const rows = await inSlices(page.items, item => tableRow(form, item), clock);
    return respondRows(exchange, form, page, rows, to);
  }
  if (to.as !== "") return respondPartialList(exchange, page, to, clock);
  const { connection } = exchange.request;
  if (to.format === "protobuf") {
    const messages = await inSlices(page.items, item => item.protobuf, clock);
    const pieces = enveloped(apiVersionOf(definition), definition.listKind, page, messages);
    const body = bodyOf(pieces, connection);
    return { status: 200, headers: { "content-type": mediaTypes.protobuf }, body };
  }
  const pieces = jsonListPieces(definition, page);
  if (to.format === "json" && !prettyWanted(exchange, to)) {
    return { status: 200, headers: { "content-type": mediaTypes.json }, body: bodyOf(pieces, connection) };
  }
  return respondJson(exchange, 200, joined(pieces), to);
}

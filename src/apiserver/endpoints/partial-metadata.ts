import { codecOf } from "#api/codec/codec.ts";
import { type ObjectMeta, objectMeta } from "#api/meta/v1/object-meta.ts";
import { defineType, type KubernetesObject } from "#api/resource.ts";
import { message } from "#api/schema.ts";
import type { Clock } from "#base/clock.ts";
import type { HttpResponse } from "#base/http.ts";
import type { Exchange } from "../exchange.ts";
import { inSlices } from "../pause.ts";
import type { ObjectVersion } from "../registry/object-store.ts";
import { bodyOf, enveloped, listMeta } from "./list-body.ts";
import type { Page } from "./list-read.ts";
import { mediaTypes, type Representation } from "./negotiate.ts";
import { type Payload, respond, respondJson } from "./respond.ts";

const encoder = new TextEncoder();

/** An object of any kind, of which only the metadata goes over the wire. */
const partialType = defineType({
  group: "meta.k8s.io",
  version: "v1",
  kind: "PartialObjectMetadata",
  doc: "An object's metadata without the rest.",
  name: "io.k8s.apimachinery.pkg.apis.meta.v1.PartialObjectMetadata",
  fields: { metadata: message(1, objectMeta, { optional: true }) },
});

export function partialJson(metadata: ObjectMeta, version: string): string {
  return `{"kind":"PartialObjectMetadata","apiVersion":"meta.k8s.io/${version}","metadata":${JSON.stringify(metadata)}}`;
}

function partialMessage(object: KubernetesObject): Uint8Array {
  return codecOf(partialType).encodeProtobuf({ metadata: object.metadata });
}

export function partialPayload({ object }: ObjectVersion, { asVersion }: Representation): Payload {
  return {
    apiVersion: `meta.k8s.io/${asVersion}`,
    kind: "PartialObjectMetadata",
    json: encoder.encode(partialJson(object.metadata, asVersion)),
    protobuf: () => partialMessage(object),
  };
}

export function respondPartial(
  exchange: Exchange,
  status: number,
  version: ObjectVersion,
  to: Representation,
): HttpResponse {
  return respond(exchange, status, partialPayload(version, to), to);
}

export async function respondPartialList(
  exchange: Exchange,
  page: Page,
  to: Representation,
  clock: Clock,
): Promise<HttpResponse> {
  const apiVersion = `meta.k8s.io/${to.asVersion}`;
  if (to.format === "protobuf") {
    const items = await inSlices(page.items, ({ object }) => partialMessage(object), clock);
    const pieces = enveloped(apiVersion, "PartialObjectMetadataList", page, items);
    const body = bodyOf(pieces, exchange.request.connection);
    return { status: 200, headers: { "content-type": mediaTypes.protobuf }, body };
  }
  const items = await inSlices(page.items, ({ object }) => partialJson(object.metadata, to.asVersion), clock);
  const head = `{"kind":"PartialObjectMetadataList","apiVersion":"${apiVersion}","metadata":${JSON.stringify(listMeta(page))}`;
  return respondJson(exchange, 200, encoder.encode(`${head},"items":[${items.join(",")}]}`), to);
}

import { Metadata } from "@grpc/grpc-js";
import { type Cause, causeHeaders, parseCauseHeaders } from "#base/cause.ts";

/** A cause as gRPC metadata: the same two headers as over HTTP. */
export function causeMetadata(cause: Cause | undefined): Metadata {
  const metadata = new Metadata();
  if (cause === undefined) return metadata;
  const headers = causeHeaders(cause);
  metadata.set("traceparent", headers.traceparent);
  if (headers.baggage !== undefined) metadata.set("baggage", headers.baggage);
  return metadata;
}

export function causeOf(metadata: Metadata): Cause | undefined {
  return parseCauseHeaders(first(metadata, "traceparent"), first(metadata, "baggage"));
}

function first(metadata: Metadata, key: string): string | undefined {
  const value = metadata.get(key)[0];
  return typeof value === "string" ? value : undefined;
}

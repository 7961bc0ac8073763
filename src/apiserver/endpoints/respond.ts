import { codecOf } from "#api/codec/codec.ts";
import { type Status, statusType } from "#api/meta/v1/status.ts";
import type { HttpHeaders, HttpResponse } from "#base/http.ts";
import { wrapProtobuf } from "#wire/protobuf-envelope.ts";
import { toYaml } from "#wire/yaml.ts";
import type { Exchange } from "../exchange.ts";
import { mediaTypes, negotiate, type Representation } from "./negotiate.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Browsers and command lines read what machines do not: these get indented JSON without asking. */
const readers = /^(curl|Wget|Mozilla\/5\.0)/;

export function representationFor(exchange: Exchange): Representation {
  return negotiate(exchange.request.headers["accept"]);
}

/** For kinds that are never stored. */
export function transientRepresentationFor(exchange: Exchange): Representation {
  return negotiate(exchange.request.headers["accept"], { tables: false });
}

/** What is to be sent: canonical JSON, and the protobuf message made only when it is asked for. */
export interface Payload {
  readonly apiVersion: string;
  readonly kind: string;
  readonly json: Uint8Array;
  readonly protobuf: (() => Uint8Array) | undefined;
}

/** Answers with an object in the form that was negotiated. */
export function respond(exchange: Exchange, status: number, payload: Payload, to: Representation): HttpResponse {
  if (to.format === "protobuf" && payload.protobuf !== undefined) {
    const body = wrapProtobuf({ apiVersion: payload.apiVersion, kind: payload.kind, raw: payload.protobuf() });
    return { status, headers: { "content-type": mediaTypes.protobuf }, body };
  }
  return respondJson(exchange, status, payload.json, to);
}

/** Answers with JSON bytes: as they are, indented, or as YAML. */
export function respondJson(exchange: Exchange, status: number, json: Uint8Array, to: Representation): HttpResponse {
  if (to.format === "yaml") {
    const text = toYaml(JSON.parse(decoder.decode(json)));
    return { status, headers: { "content-type": mediaTypes.yaml }, body: encoder.encode(text) };
  }
  const body = prettyWanted(exchange, to) ? prettyJson(json) : json;
  return { status, headers: { "content-type": mediaTypes.json }, body };
}

export function respondText(status: number, text: string): HttpResponse {
  return {
    status,
    headers: { "content-type": "text/plain; charset=utf-8", "x-content-type-options": "nosniff" },
    body: encoder.encode(text),
  };
}

export const pageNotFound: HttpResponse = respondText(404, "404 page not found\n");

/** Answers with a Status; a client whose Accept cannot be met gets it as JSON. */
export function respondStatus(exchange: Exchange, status: Status): HttpResponse {
  const codec = codecOf(statusType);
  const payload: Payload = {
    apiVersion: "v1",
    kind: "Status",
    json: encoder.encode(statusJson(status)),
    protobuf: () => codec.encodeProtobuf(status),
  };
  const response = respond(exchange, status.code ?? 200, payload, statusRepresentation(exchange));
  const retry = status.details?.retryAfterSeconds;
  return retry ? { ...response, headers: withHeader(response.headers, "retry-after", String(retry)) } : response;
}

/** `kind` first, as upstream writes a Status. */
export function statusJson(status: Status): string {
  const { metadata, status: outcome, message, reason, details, code } = status;
  return JSON.stringify({
    kind: "Status",
    apiVersion: "v1",
    metadata,
    status: outcome,
    message,
    reason,
    details,
    code,
  });
}

function statusRepresentation(exchange: Exchange): Representation {
  try {
    return { ...representationFor(exchange), as: "" };
  } catch {
    // Nothing that the client takes can be served, which may be the very thing that it is told.
    return { format: "json", as: "", asVersion: "v1", pretty: false };
  }
}

function withHeader(headers: HttpHeaders, name: string, value: string): HttpHeaders {
  return { ...headers, [name]: value };
}

export function prettyWanted(exchange: Exchange, to: Representation): boolean {
  if (to.pretty) return true;
  if (exchange.query.has("pretty")) return exchange.query.flag("pretty");
  const agent = exchange.request.headers["user-agent"];
  return agent !== undefined && readers.test(agent);
}

function prettyJson(json: Uint8Array): Uint8Array {
  return encoder.encode(JSON.stringify(JSON.parse(decoder.decode(json)), undefined, 2));
}

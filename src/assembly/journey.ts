import { type Node, nodes } from "#api/core/v1/node.ts";
import { badRequest, notFound } from "#api/status.ts";
import type { HttpRequest, HttpResponse } from "#base/http.ts";
import type { HttpClient } from "#base/http-client.ts";
import type { Log } from "#base/log.ts";
import type { Client } from "#client/client.ts";
import type { Span, Subject } from "#journey/span.ts";
import { type Trace, traceOf } from "#journey/trace.ts";

export interface JourneyDeps {
  /** Everything that this process recorded. */
  readonly ownSpans: () => Promise<readonly Span[]>;
  /** Reads Nodes. */
  readonly client: () => Client;
  connectToNode(node: Node): HttpClient;
  readonly log: Log;
}

/** What `GET /journey` answers. */
export interface JourneyAnswer {
  readonly trace: Trace;
  /** Nodes whose part of the story could not be had. */
  readonly silentNodes: readonly string[];
}

const nodeTimeoutMs = 3_000;
const nodeLimitBytes = 64 * 1024 * 1024;

/** `GET /journey?resource=deployments&namespace=default&name=hello[&uid=][&revision=]`: the story of one change. */
export function journeyDocument(deps: JourneyDeps) {
  return (request: HttpRequest): Promise<HttpResponse> | undefined =>
    request.path === "/journey" ? answer(deps, request) : undefined;
}

async function answer(deps: JourneyDeps, request: HttpRequest): Promise<HttpResponse> {
  const query = new URLSearchParams(request.query);
  const subject = subjectOf(query);
  const revision = Number(query.get("revision") ?? "0");
  const all = await deps.client().list(nodes);
  const [own, ...ofNodes] = await Promise.all([deps.ownSpans(), ...all.items.map(node => spansOfNode(deps, node))]);
  const spans = [...own!, ...ofNodes.flatMap(found => found ?? [])];
  const trace = traceOf(spans, subject, revision > 0 ? { revision } : {});
  if (trace === undefined) throw notFound({ group: "", plural: `journeys of ${subject.resource}` }, subject.name);
  const silentNodes = all.items.filter((_, at) => ofNodes[at] === undefined).map(node => node.metadata.name ?? "");
  const body = new TextEncoder().encode(JSON.stringify({ trace, silentNodes } satisfies JourneyAnswer));
  return { status: 200, headers: { "content-type": "application/json" }, body };
}

function subjectOf(query: URLSearchParams): Subject {
  const [resource, name] = [query.get("resource"), query.get("name")];
  if (!resource || !name) throw badRequest("resource and name must be given");
  const [namespace, uid] = [query.get("namespace"), query.get("uid")];
  return { resource, name, ...(namespace && { namespace }), ...(uid && { uid }) };
}

/** undefined: the node did not answer. */
async function spansOfNode(deps: JourneyDeps, node: Node): Promise<readonly Span[] | undefined> {
  const http = deps.connectToNode(node);
  try {
    const response = await http.request({ method: "GET", target: "/journey?since=0", timeoutMs: nodeTimeoutMs });
    const bytes = await response.readAll(nodeLimitBytes);
    if (response.status !== 200) throw new Error(`status ${response.status}`);
    return (JSON.parse(new TextDecoder().decode(bytes)) as { readonly spans: readonly Span[] }).spans;
  } catch (error) {
    deps.log.info("a node did not tell its part of a journey", { node: node.metadata.name, error });
    return undefined;
  }
}

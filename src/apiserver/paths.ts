import type { HttpResponse } from "#base/http.ts";
import type { ServiceAccountTokens } from "./authn/service-account-tokens.ts";
import type { DocumentHandler } from "./discovery/documents.ts";
import { respondJson, respondText } from "./endpoints/respond.ts";
import type { Exchange } from "./exchange.ts";
import { type HealthChecks, healthPath, healthPaths } from "./health.ts";
import type { RequestMetrics } from "./metrics.ts";

export interface PathsDeps {
  readonly health: HealthChecks;
  readonly metrics: RequestMetrics;
  readonly tokens: ServiceAccountTokens;
  readonly version: object;
  /** Discovery and OpenAPI. */
  readonly documents: readonly DocumentHandler[];
  /** Paths of groups and versions, for the list at "/". */
  groupPaths(): readonly string[];
  /** `https://host:port` at which others reach this server. */
  readonly serverUrl: string;
}

type Answer = HttpResponse | undefined | Promise<HttpResponse | undefined>;

const encoder = new TextEncoder();
const jwksPath = "/openid/v1/jwks";
const openIdPath = "/.well-known/openid-configuration";
const ownPaths = [openIdPath, "/metrics", "/openapi/v2", "/openapi/v3", "/openapi/v3/", jwksPath, "/version"];

/** Everything that is no resource: version, health, metrics, keys, discovery, OpenAPI. */
export function createPaths(deps: PathsDeps): (exchange: Exchange) => Answer {
  return exchange => {
    const { method, path } = exchange.request;
    if (method !== "GET" && method !== "HEAD") return undefined;
    return ownPath(deps, exchange, path) ?? documentPath(deps, exchange) ?? healthPath(deps.health, exchange);
  };
}

function ownPath(deps: PathsDeps, exchange: Exchange, path: string): Answer {
  switch (path) {
    case "/":
      return json(exchange, { paths: [...deps.groupPaths(), ...healthPaths(deps.health), ...ownPaths].sort() });
    case "/version":
    case "/version/":
      return json(exchange, deps.version);
    case "/metrics": {
      const response = respondText(200, deps.metrics.text());
      return { ...response, headers: { "content-type": "text/plain; version=0.0.4; charset=utf-8" } };
    }
    case jwksPath:
      return publicKeys(exchange, deps.tokens.jwks(), "application/jwk-set+json");
    case openIdPath:
      return publicKeys(exchange, deps.tokens.discoveryDocument(`${deps.serverUrl}${jwksPath}`), "application/json");
    default:
      return undefined;
  }
}

/** Indented, as upstream serves these to people and scripts. */
function json(exchange: Exchange, value: object): HttpResponse {
  const pretty = { format: "json", as: "", asVersion: "v1", pretty: true } as const;
  return respondJson(exchange, 200, encoder.encode(JSON.stringify(value)), pretty);
}

function publicKeys(exchange: Exchange, value: object, contentType: string): HttpResponse {
  const response = json(exchange, value);
  return { ...response, headers: { "content-type": contentType, "cache-control": "public, max-age=3600" } };
}

function documentPath({ documents }: PathsDeps, { request }: Exchange): Promise<HttpResponse> | undefined {
  for (const document of documents) {
    const answer = document(request);
    if (answer !== undefined) return answer;
  }
  return undefined;
}

import type { Pod } from "#api/core/v1/pod.ts";
import type { Service } from "#api/core/v1/service.ts";
import { endpointSlices } from "#api/discovery.k8s.io/v1/endpoint-slice.ts";
import { badRequest, serviceUnavailable } from "#api/status.ts";
import type { HttpResponse } from "#base/http.ts";
import type { HttpClient } from "#base/http-client.ts";
import { type Random, randomInteger } from "#base/random.ts";
import { isIPv4 } from "#wire/ip.ts";
import type { Caches } from "../authz/caches.ts";
import { withLinks } from "./proxied-page.ts";
import { proxyTo } from "./proxy.ts";
import { linkRewriter } from "./proxy-links.ts";
import { proxyPath, redirectBelow } from "./proxy-path.ts";
import type { SubresourceRequest } from "./registry.ts";

export interface AddressProxyDeps {
  readonly caches: Caches;
  readonly random: Random;
  /** A client of any address inside the cluster; absent where the server cannot reach pods. */
  readonly connectToAddress: ((url: string) => HttpClient) | undefined;
}

/** `[scheme:]name[:port]`, as proxy paths name their target. */
export interface ProxyTarget {
  readonly scheme: "http" | "https";
  readonly name: string;
  readonly port: string;
}

function parseProxyTarget(text: string): ProxyTarget {
  const parts = text.split(":");
  if (parts.length === 1) return { scheme: "http", name: parts[0]!, port: "" };
  if (parts.length === 2) return { scheme: "http", name: parts[0]!, port: parts[1]! };
  const [scheme = "", name = "", port = ""] = parts;
  if (parts.length > 3 || (scheme !== "" && scheme !== "http" && scheme !== "https")) {
    throw badRequest(`invalid pod or service request ${JSON.stringify(text)}`);
  }
  return { scheme: scheme === "https" ? "https" : "http", name, port };
}

/** pods/<name>/proxy: to the pod's own address. */
export async function podProxy(deps: AddressProxyDeps, request: SubresourceRequest<Pod>): Promise<HttpResponse> {
  const { exchange, store } = request;
  const target = parseProxyTarget(exchange.info.name);
  const { object } = await store.get({ namespace: exchange.info.namespace, name: target.name });
  const ports = object.spec.containers.flatMap(container => container.ports ?? []);
  const named = ports.find(({ name }) => name !== undefined && name === target.port)?.containerPort;
  const port = named ?? (target.port === "" ? (ports[0]?.containerPort ?? 80) : Number(target.port));
  if (!Number.isInteger(port)) throw badRequest(`invalid port ${JSON.stringify(target.port)}`);
  const { podIP } = object.status ?? {};
  if (!podIP) throw badRequest("address not allowed");
  return pass(deps, request, `${target.scheme}://${podIP}:${port}`);
}

/** services/<name>/proxy: to one of the ready endpoints behind the service's port. */
export async function serviceProxy(
  deps: AddressProxyDeps,
  request: SubresourceRequest<Service>,
): Promise<HttpResponse> {
  const { exchange, store } = request;
  const { namespace } = exchange.info;
  const target = parseProxyTarget(exchange.info.name);
  const { object } = await store.get({ namespace, name: target.name });
  const addresses = endpointsOf(deps.caches, object, portNameOf(object, target.port));
  const chosen = addresses[randomInteger(deps.random, addresses.length)];
  if (chosen === undefined)
    throw serviceUnavailable(`no endpoints available for service ${JSON.stringify(target.name)}`);
  return pass(deps, request, `${target.scheme}://${chosen}`);
}

/** Ports are asked for by name or number; endpoints know the name only. */
function portNameOf({ spec }: Service, port: string): string {
  const ports = spec.ports ?? [];
  if (port === "") return ports[0]?.name ?? "";
  const found = ports.find(each => each.name === port || String(each.port) === port);
  if (found === undefined) throw serviceUnavailable(`no service port ${JSON.stringify(port)} found`);
  return found.name ?? "";
}

function endpointsOf(caches: Caches, { metadata }: Service, portName: string): string[] {
  const { namespace, name } = metadata;
  const found: string[] = [];
  for (const { object } of caches.of(endpointSlices).list({ namespace, text: `\u0000proxy ${namespace}` })) {
    if (object.metadata.labels?.["kubernetes.io/service-name"] !== name) continue;
    const port = (object.ports ?? []).find(each => (each.name ?? "") === portName)?.port;
    if (port === undefined) continue;
    for (const endpoint of object.endpoints ?? []) {
      const address = endpoint.addresses[0];
      if (address !== undefined && endpoint.conditions?.ready !== false) found.push(`${address}:${port}`);
    }
  }
  return found;
}

/** This server's own neighbourhood (loopback, link-local, everybody's): whoever wrote it into a status wants more than a pod. */
const ownNeighbourhood = /^(0|127|169\.254|22[4-9]|23\d|255)\./;

function checkAddress(url: string): void {
  const { hostname } = URL.parse(url) ?? {};
  if (hostname === undefined || !isIPv4(hostname) || ownNeighbourhood.test(hostname)) {
    throw badRequest("address not allowed");
  }
}

/** Passes the request on to an address; links of the answer lead through this server again. */
async function pass(
  { connectToAddress }: AddressProxyDeps,
  { exchange }: Pick<SubresourceRequest<Pod>, "exchange">,
  url: string,
): Promise<HttpResponse> {
  if (connectToAddress === undefined) throw serviceUnavailable("this server has no way to pods and services");
  checkAddress(url);
  const { prefix, target } = proxyPath(exchange);
  const { method, headers } = exchange.request;
  if (target === undefined && (method === "GET" || method === "HEAD")) return redirectBelow(exchange);
  const client = connectToAddress(url);
  let response: HttpResponse;
  try {
    response = await proxyTo(client, exchange, target ?? "/");
  } catch (error) {
    await client[Symbol.asyncDispose]();
    throw error;
  }
  const asked = headers["host"] ?? headers[":authority"] ?? "";
  return closing(client, withLinks(response, linkRewriter({ prefix, own: new URL(url).host, asked })));
}

/** The answer, with its client closed at the end. An upgraded connection is on its own. */
async function closing(client: HttpClient, response: HttpResponse): Promise<HttpResponse> {
  const { body } = response;
  if (typeof body !== "function") {
    await client[Symbol.asyncDispose]();
    return response;
  }
  return {
    ...response,
    async body(sink) {
      await using _client = client;
      await body(sink);
    },
  };
}

import { nodes } from "#api/core/v1/node.ts";
import type { Pod } from "#api/core/v1/pod.ts";
import { badRequest } from "#api/status.ts";
import type { HttpResponse } from "#base/http.ts";
import type { HttpClient } from "#base/http-client.ts";
import type { AcceptWebSocket } from "#base/websocket.ts";
import type { Caches } from "../authz/caches.ts";
import { bodyOverWebSocket, wantsWebSocket } from "../endpoints/web-socket-body.ts";
import type { Query } from "../query.ts";
import type { NodeRegistryDeps } from "./nodes.ts";
import { askOther, pipeBody, proxyTo } from "./proxy.ts";
import type { SubresourceRequest } from "./registry.ts";

export interface PodStreamDeps extends NodeRegistryDeps {
  readonly caches: Caches;
  readonly acceptWebSocket?: AcceptWebSocket;
}

const defaultContainerAnnotation = "kubectl.kubernetes.io/default-container";

/** GET pods/<name>/log: the kubelet's answer as it is. */
export async function podLog(deps: PodStreamDeps, request: SubresourceRequest<Pod>): Promise<HttpResponse> {
  const { pod, query } = await podOf(request);
  const container = containerOf(pod, query.get("container") ?? "", false);
  if (!pod.spec.nodeName) return { status: 200, headers: { "content-type": "text/plain" }, body: new Uint8Array(0) };
  const passed = passedQuery(query, logParameters);
  const target = `/containerLogs/${podPath(pod)}/${container}${passed}`;
  const { acceptWebSocket } = deps;
  const { exchange } = request;
  if (acceptWebSocket === undefined || !wantsWebSocket(exchange.request)) return toKubelet(deps, request, pod, target);
  // Kubelets know logs as bodies only.
  const { status, headers, body } = await askOther(kubeletOf(deps, pod), exchange, target);
  if (status === 200) return bodyOverWebSocket(acceptWebSocket, exchange.request, body);
  return { status, headers: { "content-type": headers["content-type"] }, body: sink => pipeBody({ body }, sink) };
}

/** exec and attach: a stream between the client and the kubelet. */
export async function podStream(
  deps: PodStreamDeps,
  request: SubresourceRequest<Pod>,
  act: "exec" | "attach",
): Promise<HttpResponse> {
  requireCreate(request);
  const { pod, query } = await podOf(request);
  const container = containerOf(pod, query.get("container") ?? "", true);
  const parameters = new URLSearchParams();
  for (const [ours, kubelets] of streamFlags) if (isOn(query, ours)) parameters.append(kubelets, "1");
  if (parameters.size === 0) throw badRequest("you must specify at least 1 of stdin, stdout, stderr");
  if (act === "exec") {
    const command = query.getAll("command");
    if (command.length === 0) throw badRequest("you must specify at least one command for the container");
    for (const part of command) parameters.append("command", part);
  }
  return toKubelet(deps, request, pod, `/${act}/${podPath(pod)}/${container}?${parameters}`);
}

export async function podPortForward(deps: PodStreamDeps, request: SubresourceRequest<Pod>): Promise<HttpResponse> {
  requireCreate(request);
  const { pod, query } = await podOf(request);
  const ports = query.getAll("ports");
  const parameters = ports.length === 0 ? "" : `?${new URLSearchParams(ports.map(port => ["port", port]))}`;
  return toKubelet(deps, request, pod, `/portForward/${podPath(pod)}${parameters}`);
}

/** A WebSocket can only open with GET: who may no more than read must not run commands by it. */
function requireCreate({ exchange }: SubresourceRequest<Pod>): void {
  if (exchange.info.verb !== "create") exchange.requireRight("create");
}

const logParameters = [
  "follow",
  "previous",
  "sinceSeconds",
  "sinceTime",
  "timestamps",
  "tailLines",
  "limitBytes",
  "stream",
];

/** The API's parameter and the kubelet's name for it. */
const streamFlags = [
  ["stdin", "input"],
  ["stdout", "output"],
  ["stderr", "error"],
  ["tty", "tty"],
] as const;

function isOn(query: Query, name: string): boolean {
  return query.has(name) && query.flag(name);
}

function passedQuery(query: Query, names: readonly string[]): string {
  const parameters = new URLSearchParams();
  for (const name of names) for (const value of query.getAll(name)) parameters.append(name, value);
  return parameters.size === 0 ? "" : `?${parameters}`;
}

async function podOf({ exchange, store }: SubresourceRequest<Pod>): Promise<{ pod: Pod; query: Query }> {
  const { namespace, name } = exchange.info;
  const { object } = await store.get({ namespace, name });
  return { pod: object, query: exchange.query };
}

function podPath({ metadata }: Pod): string {
  return `${metadata.namespace}/${metadata.name}`;
}

function toKubelet(deps: PodStreamDeps, { exchange }: SubresourceRequest<Pod>, pod: Pod, target: string) {
  // The kubelet takes POST for streams; a WebSocket can only open with GET.
  return proxyTo(kubeletOf(deps, pod), exchange, target);
}

function kubeletOf(deps: PodStreamDeps, pod: Pod): HttpClient {
  const { nodeName } = pod.spec;
  if (!nodeName) throw badRequest(`pod ${pod.metadata.name} does not have a host assigned`);
  const node = deps.caches.of(nodes).get("", nodeName)?.object;
  if (node === undefined) throw badRequest(`the node ${nodeName} of pod ${pod.metadata.name} does not exist`);
  return deps.connectToNode(node);
}

/** The container meant: as named, else the only one, else the annotated one. */
export function containerOf(pod: Pod, asked: string, mayDefault: boolean): string {
  const { spec, metadata } = pod;
  const main = spec.containers.map(({ name }) => name);
  const others = [...(spec.initContainers ?? []), ...(spec.ephemeralContainers ?? [])].map(({ name }) => name);
  if (asked !== "") {
    if (main.includes(asked) || others.includes(asked)) return asked;
    throw badRequest(`container ${asked} is not valid for pod ${metadata.name}`);
  }
  const annotated = metadata.annotations?.[defaultContainerAnnotation];
  if (annotated !== undefined && (main.includes(annotated) || others.includes(annotated))) return annotated;
  if (main.length === 1) return main[0]!;
  if (mayDefault && main.length > 1) return main[0]!;
  const init = spec.initContainers?.length
    ? ` or one of the init containers: [${spec.initContainers.map(({ name }) => name).join(" ")}]`
    : "";
  throw badRequest(
    `a container name must be specified for pod ${metadata.name}, choose one of: [${main.join(" ")}]${init}`,
  );
}

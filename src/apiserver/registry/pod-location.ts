import { nodes } from "#api/core/v1/node.ts";
import type { Pod } from "#api/core/v1/pod.ts";
import { type ApiError, badRequest, failure, internalError } from "#api/status.ts";
import type { HttpResponse } from "#base/http.ts";
import type { HttpClient, HttpClientResponse } from "#base/http-client.ts";
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

/** GET pods/<name>/log: the log as the kubelet sends it, or in a Status why it does not. */
export async function podLog(deps: PodStreamDeps, request: SubresourceRequest<Pod>): Promise<HttpResponse> {
  const { pod, query } = await podOf(request);
  const container = containerOf(pod, query.get("container") ?? "", false);
  if (!pod.spec.nodeName) return { status: 200, headers: { "content-type": "text/plain" }, body: new Uint8Array(0) };
  const passed = passedQuery(query, logParameters);
  const target = `/containerLogs/${podPath(pod)}/${container}${passed}`;
  const { acceptWebSocket } = deps;
  const { exchange } = request;
  const answer = await askOther(kubeletOf(deps, pod), exchange, target);
  const { status, headers, body } = answer;
  if (status !== 200) throw await logFailure(answer, pod.metadata.name ?? "");
  // Kubelets know logs as bodies only.
  if (acceptWebSocket && wantsWebSocket(exchange.request))
    return bodyOverWebSocket(acceptWebSocket, exchange.request, body);
  return { status, headers: { "content-type": headers["content-type"] }, body: sink => pipeBody({ body }, sink) };
}

const refusalLimitBytes = 50_000;

/** What a client is told of the kubelet's refusal. */
async function logFailure(answer: HttpClientResponse, name: string): Promise<ApiError> {
  const { status } = answer;
  const text = new TextDecoder().decode(await answer.readAll(refusalLimitBytes));
  if (status === 400) return badRequest(text);
  if (status === 500) return internalError(text);
  const [reason, message] =
    status === 404
      ? ["NotFound", "the server could not find the requested resource"]
      : ["", `the server responded with the status code ${status} but did not return more information`];
  return failure(status, reason, `${message} ( pods/log ${name})`, { name, kind: "pods/log" });
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

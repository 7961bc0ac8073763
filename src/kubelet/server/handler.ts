import type { Pod } from "#api/core/v1/pod.ts";
import { allContainers } from "#api/core/v1/pod-containers.ts";
import { messageOf } from "#base/error-message.ts";
import type { HttpHandler, HttpRequest, HttpResponse } from "#base/http.ts";
import { kubernetesVersion } from "#base/version.ts";
import { isCriNotFound } from "#cri/services.ts";
import type { KubeletDeps } from "../deps.ts";
import type { KubeletOptions } from "../options.ts";
import { newestContainer, type RuntimeContainer, type RuntimePod } from "../pods/runtime-pod.ts";
import { readRuntimePod } from "../pods/runtime-reader.ts";
import { NodeAccess, verbOf } from "./authenticate.ts";
import { isSet, logOptions, sendLog, whyNoLog } from "./container-logs.ts";
import { resourceMetrics, statsSummary } from "./stats-summary.ts";
import { passThrough } from "./streaming.ts";

export interface HandlerDeps extends KubeletDeps {
  readonly pods: { pods(): readonly Pod[]; find(namespace: string, name: string): Pod | undefined };
  readonly node: { readonly runtimeVersion: unknown };
}

interface Call {
  readonly request: HttpRequest;
  readonly query: URLSearchParams;
  /** The path's parts after the first. */
  readonly parts: readonly string[];
}

type Route = (deps: HandlerDeps, options: KubeletOptions, call: Call) => Promise<HttpResponse>;

/** By the first part of the path. */
const routes: Readonly<Record<string, Route>> = {
  healthz: async () => text(200, "ok"),
  pods: async deps => json({ kind: "PodList", apiVersion: "v1", metadata: {}, items: deps.pods.pods() }),
  runningpods: async deps => json({ kind: "PodList", apiVersion: "v1", metadata: {}, items: deps.pods.pods() }),
  containerLogs,
  exec: (deps, _options, call) => stream(deps, call, "exec"),
  attach: (deps, _options, call) => stream(deps, call, "attach"),
  portForward,
  run,
  stats: async (deps, options, { parts }) =>
    parts[0] === "summary" ? json(await statsSummary(deps, options)) : missing(),
  metrics,
  configz: async (_deps, options) =>
    json({ kubeletconfig: { ...options, kubeletVersion: kubernetesVersion(options.version) } }),
  journey,
};

/** The kubelet's HTTPS API. Everyone has to say who they are, and may use what the API server says they may. */
export function createKubeletHandler(deps: HandlerDeps, options: KubeletOptions): HttpHandler {
  const access = new NodeAccess(deps, options);
  const mayUse = deps.authorize ?? ((user, verb, path) => access.mayUse(user, verb, path));
  return async request => {
    const [, first = "", ...rest] = request.path.split("/");
    try {
      const user = await access.user(request);
      if (user === undefined) return text(401, "Unauthorized");
      const verb = verbOf(request.method);
      if (!(await mayUse(user, verb, request.path))) {
        return text(403, `Forbidden (user=${user.name}, verb=${verb}, resource=nodes, subresource(s)=[proxy])\n`);
      }
      const route = Object.hasOwn(routes, first) ? routes[first] : undefined;
      if (route === undefined) return missing();
      const parts = rest.map(decoded);
      return await route(deps, options, { request, query: new URLSearchParams(request.query), parts });
    } catch (error) {
      if (error instanceof RequestError) return text(error.status, error.message);
      deps.log.warn("a request to the kubelet failed", { path: request.path, error });
      return text(500, messageOf(error));
    }
  };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new RequestError(400, `${part} is no part of a path`);
  }
}

class RequestError extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

async function containerLogs(
  deps: HandlerDeps,
  _options: KubeletOptions,
  { query, parts }: Call,
): Promise<HttpResponse> {
  const [namespace = "", name = "", containerName = ""] = parts;
  const pod = findPod(deps, namespace, name);
  const runtime = await readRuntimePod(deps.runtime, pod.metadata.uid ?? "");
  const previous = isSet(query.get("previous"));
  const container = logContainer(pod, runtime, containerName, previous);
  const options = logOptions(query, deps.clock.now());
  const source = {
    files: deps.host.files,
    clock: deps.clock,
    isRunning: async () => {
      try {
        const { status } = await deps.runtime.containerStatus({ containerId: container.id }, {});
        return status?.state === "CONTAINER_RUNNING" || status?.state === "CONTAINER_CREATED";
      } catch (error) {
        if (isCriNotFound(error)) return false;
        throw error;
      }
    },
  };
  return {
    status: 200,
    headers: { "content-type": "text/plain" },
    body: sink => sendLog(source, container.logPath, options, sink),
  };
}

/** The run whose log is asked for: the last one that started, or (`previous`) the one before. */
function logContainer(pod: Pod, runtime: RuntimePod, name: string, previous: boolean): RuntimeContainer {
  const { spec } = pod;
  const known = allContainers(spec);
  if (!known.some(container => container.name === name)) {
    throw new RequestError(404, `container ${name} is not valid for pod ${pod.metadata.name}`);
  }
  const runs = runtime.containers.filter(container => container.name === name && container.state !== "created");
  const found = previous ? previousRun(runs) : runs[0];
  if (found !== undefined) return found;
  throw new RequestError(400, whyNoLog(pod, name, previous));
}

/** The run before the last one. */
function previousRun(runs: readonly RuntimeContainer[]): RuntimeContainer | undefined {
  return runs.slice(1).find(run => run.state === "exited");
}

async function stream(
  deps: HandlerDeps,
  { request, query, parts }: Call,
  what: "exec" | "attach",
): Promise<HttpResponse> {
  const [namespace = "", name = "", ...more] = parts;
  const containerId = await runningId(deps, namespace, name, more.at(-1) ?? "");
  const streams = {
    containerId,
    stdin: isSet(query.get("input")) || isSet(query.get("stdin")),
    stdout: isSet(query.get("output")) || isSet(query.get("stdout")),
    stderr: isSet(query.get("error")) || isSet(query.get("stderr")),
    tty: isSet(query.get("tty")),
  };
  const wanted = { ...streams, stderr: streams.stderr && !streams.tty };
  const { signal } = request;
  const answer =
    what === "exec"
      ? await deps.runtime.exec({ ...wanted, cmd: query.getAll("command") }, { signal })
      : await deps.runtime.attach(wanted, { signal });
  return passThrough(deps.host.network, request, answer.url ?? "");
}

async function portForward(
  deps: HandlerDeps,
  _options: KubeletOptions,
  { request, query, parts }: Call,
): Promise<HttpResponse> {
  const [namespace = "", name = ""] = parts;
  const pod = findPod(deps, namespace, name);
  const runtime = await readRuntimePod(deps.runtime, pod.metadata.uid ?? "");
  const sandbox = runtime.sandboxes.find(({ ready }) => ready);
  if (sandbox === undefined) throw new RequestError(400, `pod ${name} has no running sandbox`);
  const port = [...query.getAll("port"), ...query.getAll("ports")].flatMap(list => list.split(",")).map(Number);
  const answer = await deps.runtime.portForward({ podSandboxId: sandbox.id, port }, { signal: request.signal });
  return passThrough(deps.host.network, request, answer.url ?? "");
}

async function run(deps: HandlerDeps, _options: KubeletOptions, { query, parts }: Call): Promise<HttpResponse> {
  const [namespace = "", name = "", ...more] = parts;
  const containerId = await runningId(deps, namespace, name, more.at(-1) ?? "");
  const cmd = (query.get("cmd") ?? "").split(" ").filter(word => word !== "");
  const answer = await deps.runtime.execSync({ containerId, cmd }, {});
  const decoder = new TextDecoder();
  return text(
    200,
    decoder.decode(answer.stdout ?? new Uint8Array()) + decoder.decode(answer.stderr ?? new Uint8Array()),
  );
}

async function runningId(deps: HandlerDeps, namespace: string, name: string, container: string): Promise<string> {
  const pod = findPod(deps, namespace, name);
  const runtime = await readRuntimePod(deps.runtime, pod.metadata.uid ?? "");
  const found = newestContainer(runtime, container);
  if (found?.state !== "running") throw new RequestError(404, `container not found ("${container}")`);
  return found.id;
}

async function metrics(deps: HandlerDeps, options: KubeletOptions, { parts }: Call): Promise<HttpResponse> {
  const type = { "content-type": "text/plain; version=0.0.4; charset=utf-8" };
  const respond = (body: string) => ({ status: 200, headers: type, body: new TextEncoder().encode(body) });
  if (parts[0] === "resource") return respond(await resourceMetrics(deps));
  if (parts.length > 0 && parts[0] !== "") return missing();
  const all = deps.pods.pods();
  const running = all.filter(pod => pod.status?.phase === "Running").length;
  const lines = [
    "# HELP kubelet_node_name The node's name. The count is always 1.",
    "# TYPE kubelet_node_name gauge",
    `kubelet_node_name{node="${options.nodeName}"} 1`,
    "# HELP kubelet_running_pods Pods whose containers run.",
    "# TYPE kubelet_running_pods gauge",
    `kubelet_running_pods ${running}`,
    "# HELP kubelet_desired_pods Pods bound to the node.",
    "# TYPE kubelet_desired_pods gauge",
    `kubelet_desired_pods ${all.length}`,
    "",
  ];
  return respond(lines.join("\n"));
}

/** Spans of this process from a position on, and the position to ask from next. */
async function journey(deps: HandlerDeps, _options: KubeletOptions, { query }: Call): Promise<HttpResponse> {
  if (deps.spans === undefined) return missing();
  const position = deps.spans.position;
  return json({ position, spans: deps.spans.since(Number(query.get("since") ?? 0)) });
}

function findPod(deps: HandlerDeps, namespace: string, name: string): Pod {
  const pod = deps.pods.find(namespace, name);
  if (pod === undefined) throw new RequestError(404, `pod does not exist`);
  return pod;
}

function text(status: number, body: string): HttpResponse {
  return { status, headers: { "content-type": "text/plain; charset=utf-8" }, body: new TextEncoder().encode(body) };
}

function json(value: unknown): HttpResponse {
  return {
    status: 200,
    headers: { "content-type": "application/json" },
    body: new TextEncoder().encode(JSON.stringify(value)),
  };
}

function missing(): HttpResponse {
  return text(404, "404 page not found\n");
}

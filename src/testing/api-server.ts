import { type ApiServerDeps, type ApiServerOptions, apiServerDefaults, createApiServer } from "#apiserver/server.ts";
import { createServiceAccountKeys } from "#base/host/certificates.ts";
import { systemClock } from "#base/host/system-clock.ts";
import type { BodySink, HttpHandler, HttpHeaders, HttpRequest, HttpResponse } from "#base/http.ts";
import type { HttpClient } from "#base/http-client.ts";
import { silentLog } from "#base/log.ts";
import { seededRandom } from "#base/random.ts";
import type { Span } from "#journey/span.ts";
import { createMemoryKv } from "#store/memory/memory-kv.ts";

export interface TestAnswer {
  readonly status: number;
  readonly headers: HttpHeaders;
  readonly bytes: Uint8Array;
  readonly text: string;
  /** The body, parsed. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into whatever came.
  readonly json: any;
}

export interface TestRequest {
  /** Encoded as JSON unless it is text or bytes. */
  readonly body?: unknown;
  readonly headers?: HttpHeaders;
  readonly user?: { readonly name: string; readonly groups: readonly string[] };
}

export interface TestServer extends AsyncDisposable {
  /** `"GET /api/v1/pods?limit=1"`. */
  send(line: string, request?: TestRequest): Promise<TestAnswer>;
  /** The handler itself. */
  readonly handle: HttpHandler;
  /** Opens a stream; frames come as lines. */
  watch(target: string, headers?: HttpHeaders): Promise<TestWatch>;
  readonly spans: readonly Span[];
}

export interface TestWatch {
  readonly answer: HttpResponse;
  /** The next line of the stream, parsed; rejects after two seconds without one, undefined at the end. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into whatever came.
  next(): Promise<any>;
  /** Every chunk written so far. */
  readonly chunks: readonly Uint8Array[];
  close(): void;
}

const admin = { name: "admin", groups: ["system:masters"] };

/** A whole API server over a memory store, called directly; `ready` has settled. */
export async function startTestServer(
  options: Partial<ApiServerOptions> &
    Partial<Pick<ApiServerDeps, "connectToNode" | "connectToAddress" | "acceptWebSocket">> = {},
): Promise<TestServer> {
  const clock = systemClock();
  const kv = createMemoryKv({ clock });
  const spans: Span[] = [];
  const server = await createApiServer(
    {
      kv,
      clock,
      random: seededRandom(1),
      log: silentLog,
      recorder: { record: span => spans.push(span) },
      connectToNode: options.connectToNode ?? unconnected,
      ...(options.connectToAddress && { connectToAddress: options.connectToAddress }),
      ...(options.acceptWebSocket && { acceptWebSocket: options.acceptWebSocket }),
      serviceAccountKeys: await createServiceAccountKeys(),
    },
    { ...apiServerDefaults, advertiseAddress: "198.18.0.2", ...options },
  );
  await server.ready;
  const open = (line: string, { body, headers = {}, user = admin }: TestRequest, abort: AbortController) =>
    server.handler(requestOf(line, body, headers, user, abort.signal));
  return {
    spans,
    handle: server.handler,
    async send(line, request = {}) {
      const response = await open(line, request, new AbortController());
      return answerOf(response);
    },
    async watch(target, headers = {}) {
      const abort = new AbortController();
      return watchOf(await open(`GET ${target}`, { headers }, abort), abort);
    },
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await kv[Symbol.asyncDispose]();
    },
  };
}

function unconnected(): HttpClient {
  throw new Error("no node is connected");
}

function requestOf(
  line: string,
  body: unknown,
  headers: HttpHeaders,
  identity: { readonly name: string; readonly groups: readonly string[] },
  signal: AbortSignal,
): HttpRequest {
  const [method = "", target = ""] = line.split(" ");
  const [path = "", query = ""] = target.split("?");
  const bytes = body instanceof Uint8Array ? body : new TextEncoder().encode(textOf(body));
  return {
    method,
    path,
    query,
    headers: { "content-type": "application/json", ...headers },
    connection: { remoteAddress: "127.0.0.1", protocol: "direct", identity },
    signal,
    readBody: async () => bytes,
  };
}

function textOf(body: unknown): string {
  if (body === undefined) return "";
  return typeof body === "string" ? body : JSON.stringify(body);
}

async function answerOf({ status, headers, body }: HttpResponse): Promise<TestAnswer> {
  const chunks: Uint8Array[] = [];
  if (typeof body === "function") await body(sinkOf(bytes => chunks.push(bytes), new AbortController().signal));
  else if (body !== undefined) chunks.push(body);
  const bytes = Buffer.concat(chunks);
  const text = bytes.toString("utf8");
  return { status, headers, bytes, text, json: parsed(text) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function sinkOf(write: (bytes: Uint8Array) => void, signal: AbortSignal): BodySink {
  return {
    signal,
    pendingBytes: 0,
    drained: async () => {},
    write(bytes) {
      write(bytes);
      return true;
    },
  };
}

function watchOf(answer: HttpResponse, abort: AbortController): TestWatch {
  const chunks: Uint8Array[] = [];
  const lines: string[] = [];
  let rest = "";
  let ended = false;
  let wake = () => {};
  const write = (bytes: Uint8Array) => {
    chunks.push(bytes);
    const parts = (rest + Buffer.from(bytes).toString("utf8")).split("\n");
    rest = parts.pop()!;
    lines.push(...parts);
    wake();
  };
  if (typeof answer.body === "function") {
    const end = () => {
      ended = true;
      wake();
    };
    answer.body(sinkOf(write, abort.signal)).then(end, end);
  }
  return {
    answer,
    chunks,
    close: () => abort.abort(),
    async next() {
      const deadline = AbortSignal.timeout(2_000);
      while (lines.length === 0) {
        if (ended) return undefined;
        await new Promise<void>((resolve, reject) => {
          wake = resolve;
          deadline.addEventListener("abort", () => reject(new Error("nothing came within two seconds")), {
            once: true,
          });
        });
      }
      return JSON.parse(lines.shift()!);
    },
  };
}

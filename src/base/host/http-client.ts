import { Agent, request as httpRequest, type IncomingMessage } from "node:http";
import { type ClientHttp2Session, connect as connectHttp2 } from "node:http2";
import { request as httpsRequest, Agent as TlsAgent } from "node:https";
import { createSecureContext, type SecureContext } from "node:tls";
import type { HttpHeaders } from "../http.ts";
import type { HttpClient, HttpClientRequest, HttpClientResponse, HttpUpgradeResponse } from "../http-client.ts";
import type { Log } from "../log.ts";

export interface HttpClientOptions {
  /** `https://host:port`, `http://host:port` or `unix:///path`. */
  readonly url: string;
  /** PEM. */
  readonly ca?: string;
  readonly certificate?: string;
  readonly key?: string;
  /** A bearer token, asked for with every request. */
  readonly token?: () => string | undefined;
  readonly serverName?: string;
  /** https to whoever answers, whatever its certificate; HTTP/1.1 then, which everybody speaks. */
  readonly anyServer?: boolean;
  readonly log: Log;
}

/** https speaks HTTP/2 over one connection that is made anew when it ends; http and unix speak HTTP/1.1. */
export function createHttpClient(options: HttpClientOptions): HttpClient {
  const isHttp2 = options.url.startsWith("https:") && !options.anyServer;
  return isHttp2 ? new Http2Client(options) : new Http1Client(options);
}

/** An upgrade needs HTTP/1.1; https.request passes this on to TLS although its types do not say so. */
const http1Only: object = { ALPNProtocols: ["http/1.1"] };
const maxBodyBytes = 256 * 1024 * 1024;
const connectTimeoutMs = 10_000;
/** A peer that vanished without a word (its node stopped) is found out by a ping that goes unanswered. */
const pingEveryMs = 15_000;
const pingTimeoutMs = 10_000;

class Http2Client implements HttpClient {
  readonly #options: HttpClientOptions;
  /** Made once: who waits for a server connects many times. */
  #secureContext: SecureContext | undefined;
  #session: ClientHttp2Session | undefined;
  #connecting: Promise<ClientHttp2Session> | undefined;
  /** The session that {@link #connecting} waits for. */
  #opening: ClientHttp2Session | undefined;
  #closed = false;

  constructor(options: HttpClientOptions) {
    this.#options = options;
  }

  async request(request: HttpClientRequest): Promise<HttpClientResponse> {
    const session = this.#usable() ?? (await this.#connect());
    request.signal?.throwIfAborted();
    const stream = session.request(
      { ":method": request.method, ":path": request.target, ...withToken(this.#options, request.headers) },
      { endStream: request.body === undefined },
    );
    if (request.body !== undefined) stream.end(request.body);
    const aborted = () => stream.close(8 /* CANCEL */);
    request.signal?.addEventListener("abort", aborted, { once: true });
    const timer =
      request.timeoutMs === undefined
        ? undefined
        : setTimeout(() => stream.destroy(timedOut(request)), request.timeoutMs);
    stream.once("close", () => {
      clearTimeout(timer);
      request.signal?.removeEventListener("abort", aborted);
    });
    const headers = await new Promise<HttpHeaders & { ":status"?: number }>((resolve, reject) => {
      stream.once("response", found => resolve(found as unknown as HttpHeaders & { ":status"?: number }));
      stream.once("error", reject);
      stream.once("close", () =>
        reject(
          request.signal?.aborted
            ? (request.signal.reason as Error)
            : new Error("the connection ended before the answer"),
        ),
      );
    });
    stream.on("error", () => undefined); // Whoever reads the body is told; whoever does not, does not care.
    return responseOf(headers[":status"] ?? 0, headers, stream);
  }

  upgrade(request: HttpClientRequest): Promise<HttpUpgradeResponse> {
    const url = new URL(this.#options.url);
    const outgoing = httpsRequest({
      host: url.hostname,
      port: url.port,
      method: request.method,
      path: request.target,
      headers: withToken(this.#options, request.headers),
      ...tlsOptions(this.#options),
      ...http1Only,
      agent: false,
    });
    return finishUpgrade(outgoing, request);
  }

  #usable(): ClientHttp2Session | undefined {
    const session = this.#session;
    return session !== undefined && !session.closed && !session.destroyed ? session : undefined;
  }

  #connect(): Promise<ClientHttp2Session> {
    if (this.#closed) return Promise.reject(new Error("the client is closed"));
    this.#secureContext ??= createSecureContext(tlsOptions(this.#options));
    const secureContext = this.#secureContext;
    this.#connecting ??= new Promise<ClientHttp2Session>((resolve, reject) => {
      const session = connectHttp2(this.#options.url, {
        ...tlsOptions(this.#options),
        secureContext,
        settings: { initialWindowSize: 1 << 20, enablePush: false },
        peerMaxConcurrentStreams: 1_000,
        maxSessionMemory: 512,
      });
      this.#opening = session;
      const timer = setTimeout(
        () => session.destroy(new Error(`no connection to ${this.#options.url} within ${connectTimeoutMs} ms`)),
        connectTimeoutMs,
      );
      session.once("connect", () => {
        clearTimeout(timer);
        session.setLocalWindowSize(8 << 20);
        keepAlive(session);
        this.#session = session;
        resolve(session);
      });
      session.on("error", error => {
        clearTimeout(timer);
        reject(error);
      });
      session.once("close", () => {
        clearTimeout(timer);
        if (this.#session === session) this.#session = undefined;
        reject(new Error(`the connection to ${this.#options.url} ended`));
      });
    }).finally(() => {
      this.#connecting = undefined;
      this.#opening = undefined;
    });
    return this.#connecting;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    this.#opening?.destroy();
    this.#session?.destroy();
  }
}

function keepAlive(session: ClientHttp2Session): void {
  const timer = setInterval(() => {
    if (session.destroyed) return clearInterval(timer);
    const late = setTimeout(() => session.destroy(new Error("the server does not answer pings")), pingTimeoutMs);
    late.unref();
    try {
      session.ping(() => clearTimeout(late));
    } catch {
      clearTimeout(late); // The session is closing: its close event says the rest.
    }
  }, pingEveryMs);
  timer.unref();
  session.once("close", () => clearInterval(timer));
}

class Http1Client implements HttpClient {
  readonly #options: HttpClientOptions;
  readonly #agent: Agent;
  readonly #isTls: boolean;

  constructor(options: HttpClientOptions) {
    this.#options = options;
    this.#isTls = options.url.startsWith("https:");
    const connections = { keepAlive: true, maxSockets: 64 };
    this.#agent = this.#isTls ? new TlsAgent(connections) : new Agent(connections);
  }

  request(request: HttpClientRequest): Promise<HttpClientResponse> {
    const outgoing = this.#start(request, this.#agent);
    return new Promise((resolve, reject) => {
      outgoing.once("response", incoming =>
        resolve(responseOf(incoming.statusCode ?? 0, incoming.headers as HttpHeaders, incoming)),
      );
      outgoing.once("error", reject);
      outgoing.end(request.body);
    });
  }

  upgrade(request: HttpClientRequest): Promise<HttpUpgradeResponse> {
    return finishUpgrade(this.#start(request, false), request);
  }

  #start(request: HttpClientRequest, agent: Agent | false) {
    const url = new URL(this.#options.url);
    const place = url.protocol === "unix:" ? { socketPath: url.pathname } : { host: url.hostname, port: url.port };
    const outgoing = (this.#isTls ? httpsRequest : httpRequest)({
      ...place,
      ...(this.#isTls && tlsOptions(this.#options)),
      method: request.method,
      path: request.target,
      headers: {
        host: url.host || "localhost",
        ...withToken(this.#options, request.headers),
        ...(request.body && { "content-length": request.body.length }),
      },
      agent,
      // What answers may be anybody's program: a line that ends without a carriage return is understood, as Go's client does.
      insecureHTTPParser: true,
      ...(request.signal && { signal: request.signal }),
    });
    if (request.timeoutMs !== undefined)
      outgoing.setTimeout(request.timeoutMs, () => outgoing.destroy(timedOut(request)));
    return outgoing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#agent.destroy();
  }
}

function finishUpgrade(
  outgoing: ReturnType<typeof httpRequest>,
  request: HttpClientRequest,
): Promise<HttpUpgradeResponse> {
  return new Promise((resolve, reject) => {
    outgoing.once("upgrade", (incoming, socket, head) => {
      socket.on("error", () => socket.destroy());
      resolve({ status: incoming.statusCode ?? 101, headers: incoming.headers as HttpHeaders, socket, head });
    });
    outgoing.once("response", async (incoming: IncomingMessage) => {
      const response = responseOf(incoming.statusCode ?? 0, incoming.headers as HttpHeaders, incoming);
      resolve({
        status: response.status,
        headers: response.headers,
        // The refusal is its status; words that do not come, or too many of them, are left out.
        body: await response.readAll(1 << 20).catch(() => new Uint8Array(0)),
      });
    });
    outgoing.once("error", reject);
    request.signal?.addEventListener("abort", () => outgoing.destroy(), { once: true });
    outgoing.end(request.body);
  });
}

function tlsOptions(options: HttpClientOptions) {
  return {
    ...(options.anyServer && { rejectUnauthorized: false }),
    ...(options.ca !== undefined && { ca: options.ca }),
    ...(options.certificate !== undefined && { cert: options.certificate, key: options.key }),
    ...(options.serverName !== undefined && { servername: options.serverName }),
  };
}

function withToken(options: HttpClientOptions, headers: HttpHeaders = {}): Record<string, string> {
  const token = options.token?.();
  const merged: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
  for (const [name, value] of Object.entries(headers)) if (value !== undefined) merged[name] = value;
  return merged;
}

function timedOut(request: HttpClientRequest): Error {
  return new Error(`${request.method} ${request.target.split("?")[0]}: no answer within ${request.timeoutMs} ms`);
}

function responseOf(status: number, headers: HttpHeaders, body: AsyncIterable<Uint8Array>): HttpClientResponse {
  return {
    status,
    headers,
    body,
    async readAll(limitBytes = maxBodyBytes) {
      const chunks: Uint8Array[] = [];
      let size = 0;
      for await (const chunk of body) {
        size += chunk.length;
        if (size > limitBytes) throw new Error(`the answer is longer than ${limitBytes} bytes`);
        chunks.push(chunk);
      }
      return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, size);
    },
  };
}

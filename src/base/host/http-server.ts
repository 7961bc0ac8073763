import { createServer as createHttp1Server, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createHttp2Server, type Http2Session, type ServerHttp2Stream } from "node:http2";
import type { AddressInfo, Server, Socket } from "node:net";
import type { Duplex } from "node:stream";
import { createServer as createTlsServer, type TLSSocket } from "node:tls";
import {
  type HttpConnection,
  type HttpHandler,
  type HttpRequest,
  type HttpResponse,
  SlowReaderError,
} from "../http.ts";
import type { Log } from "../log.ts";
import { Http1Request, respondHttp1, respondUpgrade } from "./http1-exchange.ts";
import { Http2Request, respondHttp2 } from "./http2-exchange.ts";

export interface HttpServer extends AsyncDisposable {
  readonly port: number;
  /** Stops listening and ends every connection. */
  close(): Promise<void>;
}

export interface HttpsOptions {
  readonly handler: HttpHandler;
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** PEM. */
  readonly certificate: string;
  readonly key: string;
  /** PEM; client certificates that end at it give the connection its peer. */
  readonly clientCa?: string;
  readonly log: Log;
}

/** Commands of exec and selectors come in the request line. */
const maxHeaderBytes = 64 * 1024;

/**
 * client-go multiplexes hundreds of watches over one connection and cancels them in bursts; node:http2's own limits
 * take that for an attack (GOAWAY after 1,000 quick cancels, ENHANCE_YOUR_CALM above 10 MB of queued answers).
 * Memory is bounded instead by the endpoints, which wait for `drained()`.
 */
const http2Options = {
  settings: { maxConcurrentStreams: 1_000, initialWindowSize: 1 << 20, maxHeaderListSize: maxHeaderBytes },
  peerMaxConcurrentStreams: 1_000,
  streamResetBurst: 100_000,
  streamResetRate: 50_000,
  maxSessionMemory: 512,
  maxSessionRejectedStreams: 10_000,
};

const upgrades: ReadonlySet<string> = new Set(["websocket", "spdy/3.1"]);

/** Longer than client-go keeps an idle connection (90 s), so that it never finds one just closed. */
const keepAliveMs = 180_000;

/** HTTP/2 and HTTP/1.1 (with upgrades) by ALPN on one TLS port. */
export async function listenHttps(options: HttpsOptions): Promise<HttpServer> {
  const http1 = http1Server(options.handler, options.log);
  const http2 = createHttp2Server(http2Options);
  http2.on("session", session => {
    session.setLocalWindowSize?.(8 << 20);
    session.on("error", () => session.destroy());
  });
  http2.on("stream", (stream: ServerHttp2Stream, headers) => {
    stream.on("error", () => undefined); // The client went away: the request's signal has told whoever waits.
    const request = new Http2Request(stream, headers, connectionOfSession(stream.session!));
    void answer(options, request, response => respondHttp2(stream, request, response));
  });
  const tls = createTlsServer({
    cert: options.certificate,
    key: options.key,
    ...(options.clientCa !== undefined && { ca: options.clientCa, requestCert: true }),
    rejectUnauthorized: false,
    minVersion: "TLSv1.2",
    ALPNProtocols: ["h2", "http/1.1"],
    noDelay: true,
  });
  tls.on("secureConnection", socket => {
    socket.on("error", () => socket.destroy());
    (socket.alpnProtocol === "h2" ? http2 : http1).emit("connection", socket);
  });
  tls.on("tlsClientError", error => options.log.debug("TLS handshake failed", { error: error.message }));
  await listening(tls, () => tls.listen({ host: options.host, port: options.port }));
  return serverOf(tls, options.log);
}

export type HttpOptions = { readonly handler: HttpHandler; readonly log: Log } & (
  | { readonly host: string; readonly port: number }
  | { readonly socketPath: string }
);

/** Plain HTTP/1.1 on a loopback port or a unix socket. */
export async function listenHttp(options: HttpOptions): Promise<HttpServer> {
  const http1 = http1Server(options.handler, options.log);
  await listening(http1, () =>
    "socketPath" in options
      ? http1.listen({ path: options.socketPath })
      : http1.listen({ host: options.host, port: options.port }),
  );
  return serverOf(http1, options.log);
}

function http1Server(handler: HttpHandler, log: Log) {
  const server = createHttp1Server({
    keepAliveTimeout: keepAliveMs,
    requestTimeout: 0,
    maxHeaderSize: maxHeaderBytes,
    noDelay: true,
    // Offers of anything else (h2c) are ignored, as upstream does: the request is answered like any other.
    shouldUpgradeCallback: ({ headers }) => upgrades.has(headers.upgrade?.toLowerCase() ?? ""),
  });
  server.on("request", (incoming: IncomingMessage, outgoing: ServerResponse) => {
    const request = new Http1Request(incoming, connectionOfSocket(incoming.socket, "HTTP/1.1"), outgoing);
    void answer({ handler, log }, request, response => respondHttp1(outgoing, request, response));
  });
  server.on("upgrade", (incoming: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on("error", () => socket.destroy());
    const request = new Http1Request(incoming, connectionOfSocket(incoming.socket, "HTTP/1.1"), socket);
    void answer({ handler, log }, request, response => respondUpgrade(socket, head, response));
  });
  return server;
}

async function answer(
  { handler, log }: { readonly handler: HttpHandler; readonly log: Log },
  request: HttpRequest,
  respond: (response: HttpResponse) => void | Promise<void>,
): Promise<void> {
  try {
    await respond(await handler(request));
  } catch (error) {
    if (request.signal.aborted) return;
    // Handlers translate their errors themselves; what arrives here is a bug of ours.
    if (error instanceof SlowReaderError) return log.debug("a client does not read", { path: request.path });
    log.error("request failed", { method: request.method, path: request.path, error });
    await respondBug(respond);
  }
}

async function respondBug(respond: (response: HttpResponse) => void | Promise<void>): Promise<void> {
  const body = new TextEncoder().encode("internal error\n");
  try {
    await respond({ status: 500, headers: { "content-type": "text/plain" }, body });
  } catch {
    // The answer had begun, or the connection is gone: there is nobody to tell.
  }
}

const connections = new WeakMap<object, HttpConnection>();

function connectionOfSession(session: Http2Session): HttpConnection {
  const known = connections.get(session);
  if (known !== undefined) return known;
  // session.socket is a proxy that refuses most of a socket; the wrapped one answers.
  const made = describeConnection(session.socket as TLSSocket, "HTTP/2.0");
  connections.set(session, made);
  return made;
}

function connectionOfSocket(socket: Socket, protocol: "HTTP/1.1"): HttpConnection {
  const known = connections.get(socket);
  if (known !== undefined) return known;
  const made = describeConnection(socket, protocol);
  connections.set(socket, made);
  return made;
}

function describeConnection(socket: Socket | TLSSocket, protocol: HttpConnection["protocol"]): HttpConnection {
  const base = {
    remoteAddress: socket.remoteAddress ?? "",
    ...(socket.localAddress !== undefined && { localAddress: socket.localAddress }),
    protocol,
  };
  // Not `in`: a session's proxy only answers for members that are read.
  if (!isTls(socket)) return base;
  const certificate = socket.getPeerCertificate();
  if (certificate === null || Object.keys(certificate).length === 0) return base;
  if (!socket.authorized) return { ...base, peerRejected: String(socket.authorizationError ?? "not trusted") };
  const organizations = certificate.subject.O as string | string[] | undefined;
  const common = certificate.subject.CN as string | string[] | undefined;
  return {
    ...base,
    peer: {
      commonName: (Array.isArray(common) ? common[0] : common) ?? "",
      organizations: organizations === undefined ? [] : [organizations].flat(),
      fingerprint: certificate.fingerprint256.replaceAll(":", "").toLowerCase(),
      notAfterMs: Date.parse(certificate.valid_to),
    },
  };
}

function isTls(socket: Socket | TLSSocket): socket is TLSSocket {
  return typeof (socket as TLSSocket).getPeerCertificate === "function";
}

function listening(server: Server, listen: () => void): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.once("listening", () => {
      server.off("error", reject);
      resolve();
    });
    listen();
  });
}

function serverOf(server: Server, log: Log): HttpServer {
  const sockets = new Set<Socket>();
  // A connection that cannot be accepted (no file descriptor left) is not the end of the others.
  server.on("error", error => log.warn("a connection was not accepted", { error }));
  server.on("connection", socket => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  const close = () =>
    new Promise<void>(resolve => {
      server.close(() => resolve());
      for (const socket of sockets) socket.destroy();
    });
  const address = server.address() as AddressInfo | string | null;
  return {
    port: typeof address === "object" && address !== null ? address.port : 0,
    close,
    [Symbol.asyncDispose]: close,
  };
}

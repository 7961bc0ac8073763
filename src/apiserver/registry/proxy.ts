import { failure } from "#api/status.ts";
import { messageOf } from "#base/error-message.ts";
import type { BodySink, ByteDuplex, HttpHeaders, HttpResponse } from "#base/http.ts";
import type { HttpClient, HttpClientResponse } from "#base/http-client.ts";
import { readBody } from "../endpoints/body.ts";
import type { Exchange } from "../exchange.ts";

/** Not passed on: they concern this connection, are the caller's credentials for this server, or hide links in answers. */
const ownHeaders = new Set([
  "authorization",
  "accept-encoding",
  "host",
  "content-length",
  "transfer-encoding",
  "keep-alive",
  "proxy-connection",
  "te",
  "http2-settings",
]);

/**
 * Passes the request on and the answer back. After an upgrade (WebSocket, SPDY) the bytes go both ways as they are:
 * what they mean is between the client and the other server.
 */
export async function proxyTo(
  client: HttpClient,
  exchange: Exchange,
  target: string,
  method = exchange.request.method,
): Promise<HttpResponse> {
  if (exchange.request.headers["upgrade"] !== undefined) return proxyUpgrade(client, exchange, target, method);
  const response = await askOther(client, exchange, target, method);
  return {
    status: response.status,
    headers: passedOn(response.headers, false),
    body: sink => pipeBody(response, sink),
  };
}

/** The other server's answer to the same request, made without an upgrade. */
export async function askOther(
  client: HttpClient,
  exchange: Exchange,
  target: string,
  method = exchange.request.method,
): Promise<HttpClientResponse> {
  const { headers, signal } = exchange.request;
  const body = method === "GET" || method === "HEAD" ? undefined : await readBody(exchange);
  return reach(() =>
    client.request({
      method,
      target,
      headers: passedOn(headers, false),
      signal,
      ...(body !== undefined && body.length > 0 && { body }),
    }),
  );
}

export async function pipeBody(response: Pick<HttpClientResponse, "body">, sink: BodySink): Promise<void> {
  for await (const chunk of response.body) {
    if (sink.signal.aborted) return;
    if (!sink.write(chunk)) await sink.drained();
  }
}

async function proxyUpgrade(
  client: HttpClient,
  exchange: Exchange,
  target: string,
  method: string,
): Promise<HttpResponse> {
  const headers = passedOn(exchange.request.headers, true);
  const response = await reach(() => client.upgrade({ method, target, headers, signal: exchange.request.signal }));
  const { socket: far, head: farHead } = response;
  if (far === undefined) {
    const answer = { status: response.status, headers: passedOn(response.headers, false) };
    return response.body === undefined ? answer : { ...answer, body: response.body };
  }
  return {
    status: response.status,
    headers: passedOn(response.headers, true),
    upgrade(near, nearHead) {
      // Gone while the other side was asked: its end was told to nobody.
      if (near.destroyed) return void far.destroy();
      if (nearHead.length > 0) far.write(nearHead);
      if (farHead !== undefined && farHead.length > 0) near.write(farHead);
      connect(near, far);
      connect(far, near);
    },
  };
}

/** Copies one direction with back-pressure; an end ends the other side, an error destroys it. */
function connect(from: ByteDuplex, to: ByteDuplex): void {
  from.on("data", bytes => {
    if (to.destroyed) return;
    if (to.write(bytes)) return;
    from.pause();
    to.once("drain", () => from.resume());
  });
  from.on("end", () => to.end());
  from.on("error", () => to.destroy());
  from.on("close", () => {
    if (!to.destroyed) to.destroy();
  });
}

function passedOn(headers: HttpHeaders, upgrade: boolean): HttpHeaders {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined || name.startsWith(":") || ownHeaders.has(name)) continue;
    if (!upgrade && (name === "connection" || name === "upgrade" || name.startsWith("sec-websocket-"))) continue;
    kept[name] = value;
  }
  return kept;
}

async function reach<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw failure(502, "", `error dialing backend: ${messageOf(error)}`);
  }
}

import * as http from "node:http";
import * as https from "node:https";
import * as net from "node:net";
import { createHttpClient } from "#base/host/http-client.ts";
import type { Log } from "#base/log.ts";
import type { ConnectOptions, HostNetwork, HttpProbeRequest } from "../host.ts";
import { grpcHealth } from "./grpc-health.ts";

const bodyLimitBytes = 10 * 1024;
const redirectLimit = 10;

/** {@link HostNetwork} from the namespace that this process runs in. */
export function linuxNetwork(log: Log): HostNetwork {
  return {
    httpGet: request => get(request, 0),
    tcpConnect,
    grpcHealth,
    httpClient: url => createHttpClient({ url, log }),
  };
}

function get(request: HttpProbeRequest, redirects: number): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const { url, headers, signal } = request;
    const options = {
      headers,
      timeout: request.timeoutMs,
      rejectUnauthorized: false,
      agent: false as const,
      // Programs in containers answer as they like: a line may end without a carriage return, as Go's client allows.
      insecureHTTPParser: true,
      ...(signal && { signal }),
    };
    const exchange = (url.startsWith("https:") ? https : http).get(url, options, answer => {
      const status = answer.statusCode ?? 0;
      const target = redirectTarget(url, status, answer.headers.location);
      if (target !== undefined && redirects < redirectLimit) {
        answer.resume();
        resolve(get({ ...request, url: target }, redirects + 1));
        return;
      }
      readStart(answer).then(body => resolve({ status, body }), reject);
    });
    exchange.on("timeout", () =>
      exchange.destroy(new Error("context deadline exceeded (Client.Timeout exceeded while awaiting headers)")),
    );
    exchange.on("error", error => reject(new Error(`Get "${url}": ${reasonOf(error, new URL(url))}`)));
  });
}

/** Only within the same host: a probe must not be led elsewhere. */
function redirectTarget(url: string, status: number, location: string | undefined): string | undefined {
  if (status < 300 || status >= 400 || location === undefined) return undefined;
  const target = new URL(location, url);
  return target.hostname === new URL(url).hostname ? target.href : undefined;
}

/** What the kernel said of a connection, in the words that Go has for it. */
const kernelWords: Readonly<Record<string, string>> = {
  ECONNREFUSED: "connection refused",
  EHOSTUNREACH: "no route to host",
  ENETUNREACH: "network is unreachable",
  ETIMEDOUT: "connection timed out",
};

function reasonOf(error: Error & { readonly code?: string }, to: { hostname: string; port: string }): string {
  const words = kernelWords[error.code ?? ""];
  if (words !== undefined) return `dial tcp ${to.hostname}:${to.port}: connect: ${words}`;
  return error.code === "ECONNRESET" ? "EOF" : error.message;
}

async function readStart(answer: http.IncomingMessage): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of answer as AsyncIterable<Uint8Array>) {
    chunks.push(chunk);
    length += chunk.length;
    if (length >= bodyLimitBytes) break;
  }
  return Buffer.concat(chunks).subarray(0, bodyLimitBytes).toString("utf8");
}

function tcpConnect(host: string, port: number, { timeoutMs, signal }: ConnectOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = net.connect({ host, port, timeout: timeoutMs, ...(signal && { signal }) }, () => {
      socket.destroy();
      resolve();
    });
    const address = { hostname: host, port: String(port) };
    socket.on("timeout", () => socket.destroy(new Error(`dial tcp ${host}:${port}: i/o timeout`)));
    socket.on("error", error => reject(new Error(reasonOf(error, address))));
  });
}

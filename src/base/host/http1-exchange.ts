import { type IncomingMessage, type ServerResponse, STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import {
  BodyTooLargeError,
  type HttpConnection,
  type HttpHeaders,
  type HttpRequest,
  type HttpResponse,
} from "../http.ts";
import { WritableSink } from "./writable-sink.ts";

/** One request of an HTTP/1.1 connection. */
export class Http1Request implements HttpRequest {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly headers: HttpHeaders;
  readonly connection: HttpConnection;
  readonly #incoming: IncomingMessage;
  readonly #outgoing: ServerResponse | Duplex;
  #abort: AbortController | undefined;

  constructor(incoming: IncomingMessage, connection: HttpConnection, outgoing: ServerResponse | Duplex) {
    const target = incoming.url ?? "/";
    const mark = target.indexOf("?");
    this.method = incoming.method ?? "GET";
    this.path = mark < 0 ? target : target.slice(0, mark);
    this.query = mark < 0 ? "" : target.slice(mark + 1);
    this.headers = incoming.headers as HttpHeaders;
    this.connection = connection;
    this.#incoming = incoming;
    this.#outgoing = outgoing;
  }

  get signal(): AbortSignal {
    if (this.#abort === undefined) {
      const abort = new AbortController();
      this.#abort = abort;
      if (this.#outgoing.destroyed) abort.abort();
      else this.#outgoing.once("close", () => abort.abort());
    }
    return this.#abort.signal;
  }

  readBody(limitBytes: number): Promise<Uint8Array> {
    const incoming = this.#incoming;
    if (incoming.readableEnded) return Promise.resolve(new Uint8Array(0));
    // Not `for await`: leaving that early would end the connection before the refusal is sent.
    return new Promise((resolve, reject) => {
      const chunks: Buffer[] = [];
      let size = 0;
      incoming.on("data", (chunk: Buffer) => {
        size += chunk.length;
        if (size <= limitBytes) return void chunks.push(chunk);
        chunks.length = 0;
        reject(new BodyTooLargeError(limitBytes));
      });
      incoming.once("end", () => resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, size)));
      incoming.once("close", () => reject(new Error("the client went away while sending its body")));
      incoming.once("error", reject);
    });
  }
}

export async function respondHttp1(
  outgoing: ServerResponse,
  request: HttpRequest,
  response: HttpResponse,
): Promise<void> {
  const { body } = response;
  closeUnread(outgoing);
  if (body instanceof Uint8Array) {
    outgoing.writeHead(response.status, { ...headersOf(response), "content-length": body.length });
    outgoing.end(request.method === "HEAD" ? undefined : body);
    return;
  }
  outgoing.writeHead(response.status, headersOf(response));
  if (body === undefined || request.method === "HEAD") return void outgoing.end();
  outgoing.flushHeaders();
  try {
    await body(new WritableSink(outgoing, request.signal));
    outgoing.end();
  } catch (error) {
    outgoing.destroy();
    throw error;
  }
}

/** How long a client that still sends its body has to finish it, or to read the answer. */
const lingerMs = 500;
/** So much of a body that nobody wanted is taken off, so that the connection can serve the next request. */
const dumpedBytes = 256 * 1024;

/** A body that is still on its way when it is answered is read by nobody: unless it is short, the connection ends. */
function closeUnread(outgoing: ServerResponse): void {
  const { req: incoming } = outgoing;
  if (incoming.complete) return;
  const length = Number(incoming.headers["content-length"] ?? Number.POSITIVE_INFINITY);
  if (length > dumpedBytes) outgoing.setHeader("connection", "close");
  outgoing.once("finish", () => {
    const { socket } = incoming;
    if (incoming.complete) return;
    const timer = setTimeout(() => socket.destroy(), lingerMs);
    incoming.once("close", () => clearTimeout(timer));
  });
}

/** Answers an upgrade request: hands the connection over, or refuses like any other request and closes it. */
export async function respondUpgrade(socket: Duplex, head: Uint8Array, response: HttpResponse): Promise<void> {
  const lines = [`HTTP/1.1 ${response.status} ${STATUS_CODES[response.status] ?? ""}`];
  for (const [name, value] of Object.entries(headersOf(response))) lines.push(`${name}: ${value}`);
  if (response.upgrade !== undefined) {
    socket.write(`${lines.join("\r\n")}\r\n\r\n`);
    response.upgrade(socket, head);
    return;
  }
  const body = response.body instanceof Uint8Array ? response.body : new Uint8Array(0);
  lines.push(`content-length: ${body.length}`, "connection: close");
  socket.write(`${lines.join("\r\n")}\r\n\r\n`);
  socket.end(body);
}

function headersOf(response: HttpResponse): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(response.headers)) if (value !== undefined) headers[name] = value;
  return headers;
}

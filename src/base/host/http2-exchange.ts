import { constants, type IncomingHttpHeaders, type ServerHttp2Stream } from "node:http2";
import {
  BodyTooLargeError,
  type HttpConnection,
  type HttpHeaders,
  type HttpRequest,
  type HttpResponse,
} from "../http.ts";
import { WritableSink } from "./writable-sink.ts";

/** One request stream of an HTTP/2 connection. */
export class Http2Request implements HttpRequest {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly headers: HttpHeaders;
  readonly connection: HttpConnection;
  readonly #stream: ServerHttp2Stream;
  #abort: AbortController | undefined;

  constructor(stream: ServerHttp2Stream, headers: IncomingHttpHeaders, connection: HttpConnection) {
    const target = headers[":path"] ?? "/";
    const mark = target.indexOf("?");
    this.method = headers[":method"] ?? "GET";
    this.path = mark < 0 ? target : target.slice(0, mark);
    this.query = mark < 0 ? "" : target.slice(mark + 1);
    this.headers = headers as HttpHeaders;
    this.connection = connection;
    this.#stream = stream;
  }

  /** Made when somebody asks: most requests end before anyone wants to know. */
  get signal(): AbortSignal {
    if (this.#abort === undefined) {
      const abort = new AbortController();
      this.#abort = abort;
      if (this.#stream.closed || this.#stream.destroyed) abort.abort();
      else this.#stream.once("close", () => abort.abort());
    }
    return this.#abort.signal;
  }

  readBody(limitBytes: number): Promise<Uint8Array> {
    const stream = this.#stream;
    if (stream.readableEnded || stream.endAfterHeaders) return Promise.resolve(new Uint8Array(0));
    return new Promise((resolve, reject) => {
      const chunks: Buffer[] = [];
      let size = 0;
      stream.on("data", (chunk: Buffer) => {
        size += chunk.length;
        if (size > limitBytes) {
          chunks.length = 0;
          reject(new BodyTooLargeError(limitBytes));
        } else chunks.push(chunk);
      });
      stream.once("end", () => resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, size)));
      stream.once("close", () => {
        if (!stream.readableEnded) reject(new Error("the client went away while sending its body"));
      });
    });
  }
}

export function respondHttp2(
  stream: ServerHttp2Stream,
  request: HttpRequest,
  response: HttpResponse,
): void | Promise<void> {
  if (stream.destroyed || stream.closed) return;
  const headers = { ":status": response.status, ...response.headers };
  const { body } = response;
  if (body === undefined || request.method === "HEAD") {
    stream.respond(headers, { endStream: true });
    return closeInput(stream);
  }
  stream.respond(headers);
  if (body instanceof Uint8Array) {
    stream.end(body);
    return closeInput(stream);
  }
  return body(new WritableSink(stream, request.signal)).then(
    () => {
      stream.end();
      closeInput(stream);
    },
    error => {
      stream.close(constants.NGHTTP2_INTERNAL_ERROR);
      throw error;
    },
  );
}

/**
 * Whoever is still sending a body that nobody will read is told to stop once the answer is out, without an error for
 * what was answered (RFC 9113, 8.1): a body that never ends holds no stream.
 */
function closeInput(stream: ServerHttp2Stream): void {
  if (stream.readableEnded || stream.endAfterHeaders) return;
  // What came whole with its headers only has to be taken off.
  stream.resume();
  if (stream.writableFinished) stream.close(constants.NGHTTP2_NO_ERROR);
  else stream.once("finish", () => !stream.readableEnded && stream.close(constants.NGHTTP2_NO_ERROR));
}

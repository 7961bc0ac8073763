import {
  BodyTooLargeError,
  type HttpConnection,
  type HttpHandler,
  type HttpRequest,
  type HttpResponse,
  queuedValueBytes,
  type Sink,
} from "#base/http.ts";
import type { HttpClient, HttpClientRequest, HttpClientResponse, HttpUpgradeResponse } from "#base/http-client.ts";

export interface DirectIdentity {
  readonly name: string;
  readonly groups: readonly string[];
}

/** A writer is asked to wait while this much of what it wrote is unread. */
const queueLimitBytes = 256 * 1024;

/**
 * Calls a handler of the same process, with the whole request chain and no socket. Who takes values is handed the
 * server's own frozen objects, neither encoded nor decoded. Streams keep their back-pressure: a reader that does not read
 * lets the writer wait. It has no timeouts (the handler has its own) and no upgrades.
 */
export function createDirectHttpClient(handler: HttpHandler, identity: DirectIdentity): HttpClient {
  const connection: HttpConnection = { remoteAddress: "127.0.0.1", protocol: "direct", identity };
  const open = new Set<AbortController>();
  return {
    async request(request: HttpClientRequest): Promise<HttpClientResponse> {
      request.signal?.throwIfAborted();
      const abort = new AbortController();
      const follow = () => abort.abort(request.signal?.reason);
      request.signal?.addEventListener("abort", follow, { once: true });
      open.add(abort);
      const release = () => {
        open.delete(abort);
        request.signal?.removeEventListener("abort", follow);
      };
      try {
        const response = await untilAborted(handler(serverRequest(request, connection, abort.signal)), abort.signal);
        return clientResponse(response, abort, release);
      } catch (error) {
        release();
        throw error;
      }
    },

    async upgrade(): Promise<HttpUpgradeResponse> {
      throw new Error("the direct transport carries no upgrades");
    },

    async [Symbol.asyncDispose](): Promise<void> {
      for (const abort of open) abort.abort(new Error("the client was closed"));
    },
  };
}

function serverRequest(request: HttpClientRequest, connection: HttpConnection, signal: AbortSignal): HttpRequest {
  const mark = request.target.indexOf("?");
  return {
    method: request.method,
    path: mark < 0 ? request.target : request.target.slice(0, mark),
    query: mark < 0 ? "" : request.target.slice(mark + 1),
    headers: request.headers ?? {},
    connection,
    signal,
    ...(request.takesValues && { takesValues: true }),
    async readBody(limitBytes: number): Promise<Uint8Array> {
      const body = request.body ?? new Uint8Array(0);
      if (body.length > limitBytes) throw new BodyTooLargeError(limitBytes);
      return body;
    },
  };
}

function clientResponse(response: HttpResponse, abort: AbortController, release: () => void): HttpClientResponse {
  const { status, headers, body, value } = response;
  if (response.values !== undefined) {
    const values = new Pipe(response.values, ({ length }) => length * queuedValueBytes, abort, release);
    return { status, headers, values, body: noBytes, readAll: async () => new Uint8Array(0) };
  }
  const chunks =
    typeof body === "function" ? new Pipe(body, ({ length }) => length, abort, release) : wholeBody(body, release);
  return {
    status,
    headers,
    body: chunks,
    ...(value !== undefined && { value }),
    async readAll(limitBytes = Number.POSITIVE_INFINITY): Promise<Uint8Array> {
      if (typeof body !== "function") {
        if (body !== undefined && body.length > limitBytes) throw tooLong(limitBytes);
        return body ?? new Uint8Array(0);
      }
      return joined(chunks, limitBytes);
    },
  };
}

const noBytes: AsyncIterable<Uint8Array> = { async *[Symbol.asyncIterator]() {} };

function wholeBody(body: Uint8Array | undefined, release: () => void): AsyncIterable<Uint8Array> {
  release();
  return (async function* () {
    if (body !== undefined && body.length > 0) yield body;
  })();
}

async function joined(chunks: AsyncIterable<Uint8Array>, limitBytes: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    length += chunk.length;
    if (length > limitBytes) throw tooLong(limitBytes);
    parts.push(chunk);
  }
  const all = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

function tooLong(limitBytes: number): Error {
  return new Error(`the response is longer than ${limitBytes} bytes`);
}

/** One streamed body: the writer's sink on one side, the reader's chunks on the other. */
class Pipe<Chunk> implements Sink<Chunk>, AsyncIterable<Chunk> {
  readonly signal: AbortSignal;
  readonly #sizeOf: (chunk: Chunk) => number;
  readonly #abort: AbortController;
  readonly #chunks: Chunk[] = [];
  #pendingBytes = 0;
  #ended = false;
  #error: unknown;
  #wakeReader: (() => void) | undefined;
  #wakeWriters: (() => void)[] = [];

  constructor(
    write: (sink: Sink<Chunk>) => Promise<void>,
    sizeOf: (chunk: Chunk) => number,
    abort: AbortController,
    release: () => void,
  ) {
    this.signal = abort.signal;
    this.#sizeOf = sizeOf;
    this.#abort = abort;
    abort.signal.addEventListener("abort", () => this.#end(abort.signal.reason), { once: true });
    const settle = (error?: unknown) => {
      release();
      this.#end(error);
    };
    write(this).then(() => settle(), settle);
  }

  get pendingBytes(): number {
    return this.#pendingBytes;
  }

  write(chunk: Chunk): boolean {
    if (this.#ended) return false;
    this.#chunks.push(chunk);
    this.#pendingBytes += this.#sizeOf(chunk);
    this.#wakeReader?.();
    return this.#pendingBytes < queueLimitBytes;
  }

  drained(): Promise<void> {
    if (this.#ended || this.#pendingBytes < queueLimitBytes) return Promise.resolve();
    return new Promise(resolve => this.#wakeWriters.push(resolve));
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Chunk> {
    try {
      for (;;) {
        const chunk = this.#chunks.shift();
        if (chunk !== undefined) {
          this.#pendingBytes -= this.#sizeOf(chunk);
          if (this.#pendingBytes < queueLimitBytes) this.#wake();
          yield chunk;
        } else if (this.#ended) {
          if (this.#error !== undefined) throw this.#error;
          return;
        } else {
          await new Promise<void>(resolve => {
            this.#wakeReader = resolve;
          });
          this.#wakeReader = undefined;
        }
      }
    } finally {
      if (!this.#ended) this.#abort.abort(new Error("the reader went away"));
    }
  }

  #end(error: unknown): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#error = error;
    this.#wake();
    this.#wakeReader?.();
  }

  #wake(): void {
    const waiting = this.#wakeWriters;
    this.#wakeWriters = [];
    for (const resolve of waiting) resolve();
  }
}

/** Rejects when the signal aborts first; the handler sees the abort too and finishes by itself. */
function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const aborted = () => reject(signal.reason as Error);
    signal.addEventListener("abort", aborted, { once: true });
    const settled = () => signal.removeEventListener("abort", aborted);
    promise.then(
      value => {
        settled();
        resolve(value);
      },
      error => {
        settled();
        reject(error as Error);
      },
    );
  });
}

/**
 * A server is a function from request to response, testable without a socket. `base/host/http-server.ts` puts one
 * behind TLS (HTTP/2 and HTTP/1.1); the client's direct transport calls one in the same process.
 */
export type HttpHandler = (request: HttpRequest) => Promise<HttpResponse>;

/** Lower-case names; a repeated header is joined with ", ". */
export type HttpHeaders = Readonly<Record<string, string | undefined>>;

export interface HttpRequest {
  readonly method: string;
  /** Decoded by nobody: as on the request line, without the query. */
  readonly path: string;
  /** Without the "?"; empty when there is none. */
  readonly query: string;
  readonly headers: HttpHeaders;
  readonly connection: HttpConnection;
  /** Aborts when the client goes away or the connection ends. */
  readonly signal: AbortSignal;
  /**
   * The whole body. Throws {@link BodyTooLargeError} when it is longer than `limitBytes`; may be called once.
   */
  readBody(limitBytes: number): Promise<Uint8Array>;
  /**
   * Set only by the direct transport, whose caller shares the server's memory: objects of the answer may come as deeply
   * frozen values in place of bytes.
   */
  readonly takesValues?: boolean;
}

export interface HttpConnection {
  /** The verified client certificate's subject, when one was presented and its chain ends at the client CA. */
  readonly peer?: PeerCertificate;
  /** Why the client certificate that was presented is no good; then there is no {@link peer}. */
  readonly peerRejected?: string;
  readonly remoteAddress: string;
  readonly localAddress?: string;
  readonly protocol: "HTTP/1.1" | "HTTP/2.0" | "direct";
  /**
   * Set only by the direct transport, whose caller is code of this process: the identity the component has. Over a
   * socket it is always undefined.
   */
  readonly identity?: { readonly name: string; readonly groups: readonly string[] };
}

export interface PeerCertificate {
  readonly commonName: string;
  readonly organizations: readonly string[];
  /** SHA-256 of the certificate, hexadecimal. */
  readonly fingerprint: string;
  /** Epoch milliseconds after which it is no longer good: checked per request, connections live long. */
  readonly notAfterMs: number;
}

export class BodyTooLargeError extends Error {
  override readonly name = "BodyTooLargeError";
  readonly limitBytes: number;

  constructor(limitBytes: number) {
    super(`the body is longer than ${limitBytes} bytes`);
    this.limitBytes = limitBytes;
  }
}

/** A body writer throws this to give up a client that does not read: its stream is reset, what is queued is dropped. */
export class SlowReaderError extends Error {
  override readonly name = "SlowReaderError";
}

export interface HttpResponse {
  readonly status: number;
  readonly headers: HttpHeaders;
  /** Nothing, all bytes at once, or a writer that is called once the headers are sent. */
  readonly body?: Uint8Array | BodyWriter;
  /** In place of a body, and only where the request takes values: what the body would say, deeply frozen. */
  readonly value?: unknown;
  /** The same in place of a streamed body. */
  readonly values?: ValueWriter;
  /** Takes over the connection after the headers (status 101, HTTP/1.1 only). */
  readonly upgrade?: (socket: ByteDuplex, head: Uint8Array) => void;
}

/** Writes a streamed body; the body ends when the promise settles. Must return soon after `sink.signal` aborts. */
export type BodyWriter = (sink: BodySink) => Promise<void>;

/** Writes a stream of frozen values, some at a time; otherwise as {@link BodyWriter}. */
export type ValueWriter = (sink: Sink<readonly unknown[]>) => Promise<void>;

export interface Sink<Chunk> {
  /** Queues a chunk (which the sink then owns no copy of: never change it). False: wait for {@link drained}. */
  write(chunk: Chunk): boolean;
  /**
   * A buffer of `size` bytes to be filled and written next: perhaps one that was written before, which spares the kernel
   * the making of new pages. Absent: the sink keeps what it is given, make your own.
   */
  room?(size: number): Uint8Array;
  /** Resolves when the queue is short again, or the stream has ended. */
  drained(): Promise<void>;
  /** Bytes accepted and not yet taken by the kernel, or by the reader of the same process. */
  readonly pendingBytes: number;
  readonly signal: AbortSignal;
}

export type BodySink = Sink<Uint8Array>;

/** What a frozen value in a queue counts as: it is shared, so that little more than a pointer to it waits. */
export const queuedValueBytes = 256;

/** The part of node's Duplex that protocols above a raw connection use. */
export interface ByteDuplex {
  write(bytes: Uint8Array, written?: (error?: Error | null) => void): boolean;
  end(): unknown;
  destroy(error?: Error): unknown;
  pause(): unknown;
  resume(): unknown;
  readonly destroyed: boolean;
  on(event: "data", listener: (bytes: Uint8Array) => void): unknown;
  on(event: "end" | "close" | "drain", listener: () => void): unknown;
  on(event: "error", listener: (error: Error) => void): unknown;
  once(event: "end" | "close" | "drain", listener: () => void): unknown;
}

import type { ByteDuplex } from "#base/http.ts";
import {
  decodeHeaderBlock,
  encodeFrame,
  encodeHeaderBlock,
  type Frame,
  FrameReader,
  SpdyError,
  type SpdyHeaders,
} from "./frames.ts";

/** What a peer may send before anybody listens (a command's input while it starts), or if nobody ever does. */
export const unreadLimitBytes = 64 * 1024 * 1024;
const maxStreams = 4096;

/** Compresses and expands header blocks; one for each connection, as each block builds on those before. */
export interface HeaderCodec {
  encode(block: Uint8Array): Promise<Uint8Array>;
  decode(block: Uint8Array): Promise<Uint8Array>;
  close(): void;
}

/** One stream inside a connection. Bytes that come before anybody listens are kept. */
export class SpdyStream {
  readonly id: number;
  readonly headers: SpdyHeaders;
  readonly #connection: SpdyConnection;
  readonly #early: (Uint8Array | undefined)[] = [];
  #earlyBytes = 0;
  #listener: ((bytes: Uint8Array | undefined) => void) | undefined;
  #paused = false;
  #sentFin = false;

  constructor(connection: SpdyConnection, id: number, headers: SpdyHeaders) {
    this.#connection = connection;
    this.id = id;
    this.headers = headers;
  }

  /** Each piece of data, then undefined when the peer has no more (or the stream broke). */
  read(listener: (bytes: Uint8Array | undefined) => void): void {
    this.#listener = listener;
    for (const piece of this.#early.splice(0)) listener(piece);
  }

  /** False: wait for the connection to drain before writing more. */
  write(bytes: Uint8Array): boolean {
    if (this.#sentFin || bytes.length === 0) return true;
    return this.#connection.send({ type: "data", stream: this.id, fin: false, bytes });
  }

  /** No more from us. */
  end(): void {
    if (this.#sentFin) return;
    this.#sentFin = true;
    this.#connection.send({ type: "data", stream: this.id, fin: true, bytes: new Uint8Array(0) });
  }

  reset(): void {
    this.#sentFin = true;
    this.#connection.send({ type: "reset", stream: this.id, status: 5 });
  }

  /** A stream that is not read holds up the whole connection: SPDY's own windows are not used by Kubernetes' clients. */
  pause(): void {
    if (!this.#paused) this.#connection.hold(1);
    this.#paused = true;
  }

  resume(): void {
    if (this.#paused) this.#connection.hold(-1);
    this.#paused = false;
  }

  /** Only for the connection. */
  receive(bytes: Uint8Array | undefined): void {
    if (this.#listener !== undefined) return this.#listener(bytes);
    this.#early.push(bytes);
    this.#earlyBytes += bytes?.length ?? 0;
    if (bytes === undefined || this.#earlyBytes <= unreadLimitBytes) return;
    this.#early.length = 0;
    throw new SpdyError(`nobody reads stream ${this.id}`);
  }
}

export interface SpdyConnectionOptions {
  readonly transport: ByteDuplex;
  readonly codec: HeaderCodec;
  /** A stream that the peer opened; its reply is sent already. */
  readonly onStream?: (stream: SpdyStream) => void;
  readonly onClose?: () => void;
}

/** SPDY/3.1 over a byte stream: many streams, opened by either side. */
export class SpdyConnection {
  readonly #options: SpdyConnectionOptions;
  readonly #reader = new FrameReader();
  readonly #streams = new Map<number, SpdyStream>();
  #nextId = 1;
  #holds = 0;
  #pumping = false;
  #closed = false;
  #writing: Promise<unknown> = Promise.resolve();

  constructor(options: SpdyConnectionOptions) {
    this.#options = options;
    const { transport } = options;
    transport.on("data", bytes => this.receive(bytes));
    transport.on("error", () => this.#close());
    transport.on("close", () => this.#close());
    transport.on("end", () => this.#close());
  }

  /** Bytes of the peer that came before this connection had its transport. */
  receive(bytes: Uint8Array): void {
    if (this.#closed) return;
    try {
      this.#reader.push(bytes);
    } catch (error) {
      return this.#fail(error);
    }
    void this.#pump();
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Opens a stream as a client does. */
  async open(headers: SpdyHeaders): Promise<SpdyStream> {
    const stream = new SpdyStream(this, this.#nextId, headers);
    this.#nextId += 2;
    this.#streams.set(stream.id, stream);
    await this.#sendHeaders("synStream", stream.id, headers);
    return stream;
  }

  send(frame: Exclude<Frame, { type: "other" }>): boolean {
    return this.#closed || this.#options.transport.write(encodeFrame(frame));
  }

  drained(): Promise<void> {
    if (this.#closed) return Promise.resolve();
    return new Promise(resolve => {
      this.#options.transport.once("drain", resolve);
      this.#options.transport.once("close", resolve);
    });
  }

  hold(change: 1 | -1): void {
    this.#holds += change;
    if (this.#holds > 0) this.#options.transport.pause();
    else this.#options.transport.resume();
  }

  /** Sends what is queued and ends the connection. */
  end(): void {
    this.#options.transport.end();
  }

  /** Frames are handled one after another; only header blocks take time. */
  async #pump(): Promise<void> {
    if (this.#pumping) return;
    this.#pumping = true;
    try {
      for (let frame = this.#reader.next(); frame !== undefined; frame = this.#reader.next()) await this.#handle(frame);
    } catch (error) {
      this.#fail(error);
    } finally {
      this.#pumping = false;
    }
  }

  #fail(error: unknown): void {
    this.#options.transport.destroy(error instanceof Error ? error : undefined);
    this.#close();
  }

  async #handle(frame: Frame): Promise<void> {
    switch (frame.type) {
      case "synStream":
        return this.#accept(frame);
      case "data":
        if (frame.bytes.length > 0) this.#streams.get(frame.stream)?.receive(frame.bytes);
        if (frame.fin) this.#finish(frame.stream);
        return;
      case "reset":
        this.#finish(frame.stream);
        return;
      case "synReply":
      case "headers":
        await this.#options.codec.decode(frame.headers); // keeps the codec in step
        if (frame.fin) this.#finish(frame.stream);
        return;
      case "ping":
        if (frame.id % 2 === 1) this.send(frame);
        return;
      case "goAway":
      case "other":
        return;
    }
  }

  async #accept(frame: Extract<Frame, { type: "synStream" }>): Promise<void> {
    const headers = decodeHeaderBlock(await this.#options.codec.decode(frame.headers));
    if (this.#streams.size >= maxStreams) throw new SpdyError("too many streams");
    const stream = new SpdyStream(this, frame.stream, headers);
    if (!frame.fin) this.#streams.set(frame.stream, stream);
    await this.#sendHeaders("synReply", frame.stream, {});
    this.#options.onStream?.(stream);
    if (frame.fin) stream.receive(undefined);
  }

  #finish(id: number): void {
    const stream = this.#streams.get(id);
    this.#streams.delete(id);
    stream?.receive(undefined);
  }

  /** Blocks must be sent in the order in which they were compressed. */
  #sendHeaders(type: "synStream" | "synReply", stream: number, headers: SpdyHeaders): Promise<void> {
    const sent = this.#writing.then(async () => {
      const block = await this.#options.codec.encode(encodeHeaderBlock(headers));
      this.send({ type, stream, fin: false, headers: block });
    });
    this.#writing = sent.catch(() => undefined); // The sender is told; those behind it only wait for their turn.
    return sent;
  }

  #close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#options.codec.close();
    for (const id of [...this.#streams.keys()]) this.#finish(id);
    this.#options.onClose?.();
  }
}

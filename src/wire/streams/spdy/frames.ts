import { Buffer } from "node:buffer";

/** A frame of SPDY/3.1 as the connection handles it. Header blocks are still compressed. */
export type Frame =
  | { readonly type: "data"; readonly stream: number; readonly fin: boolean; readonly bytes: Uint8Array }
  | { readonly type: "synStream"; readonly stream: number; readonly fin: boolean; readonly headers: Uint8Array }
  | { readonly type: "synReply"; readonly stream: number; readonly fin: boolean; readonly headers: Uint8Array }
  | { readonly type: "headers"; readonly stream: number; readonly fin: boolean; readonly headers: Uint8Array }
  | { readonly type: "reset"; readonly stream: number; readonly status: number }
  | { readonly type: "ping"; readonly id: number }
  | { readonly type: "goAway"; readonly lastStream: number; readonly status: number }
  | { readonly type: "other"; readonly kind: number };

export class SpdyError extends Error {
  override readonly name = "SpdyError";
}

const version = 0x8003;
const finFlag = 1;
/** Larger frames than any client of Kubernetes sends are refused. */
const frameLimitBytes = 4 << 20;
const kinds = { synStream: 1, synReply: 2, reset: 3, ping: 6, goAway: 7, headers: 8 } as const;

/** Cuts a byte stream into frames. */
export class FrameReader {
  #pending: Buffer = Buffer.alloc(0);

  /** Throws {@link SpdyError} when frames come faster than they are taken, without end. */
  push(bytes: Uint8Array): void {
    if (this.#pending.length > 2 * frameLimitBytes) throw new SpdyError("too much is waiting");
    this.#pending = this.#pending.length === 0 ? Buffer.from(bytes) : Buffer.concat([this.#pending, bytes]);
  }

  /** The next whole frame; undefined when more bytes are needed. */
  next(): Frame | undefined {
    if (this.#pending.length < 8) return undefined;
    const length = this.#pending.readUIntBE(5, 3);
    if (length > frameLimitBytes) throw new SpdyError(`a frame of ${length} bytes is too long`);
    if (this.#pending.length < 8 + length) return undefined;
    const frame = parseFrame(this.#pending.subarray(0, 8 + length));
    this.#pending = this.#pending.subarray(8 + length);
    return frame;
  }
}

function parseFrame(frame: Buffer): Frame {
  const fin = (frame[4]! & finFlag) !== 0;
  const body = frame.subarray(8);
  if ((frame[0]! & 0x80) === 0) return { type: "data", stream: frame.readUInt32BE(0), fin, bytes: body };
  if (frame.readUInt16BE(0) !== version) throw new SpdyError("only SPDY/3 is spoken here");
  const kind = frame.readUInt16BE(2);
  const least = kind === kinds.synStream ? 10 : kind === kinds.reset || kind === kinds.goAway ? 8 : 4;
  if (body.length < least) throw new SpdyError(`a frame of type ${kind} is too short`);
  const stream = body.readUInt32BE(0) & 0x7fffffff;
  switch (kind) {
    case kinds.synStream:
      return { type: "synStream", stream, fin, headers: body.subarray(10) };
    case kinds.synReply:
      return { type: "synReply", stream, fin, headers: body.subarray(4) };
    case kinds.headers:
      return { type: "headers", stream, fin, headers: body.subarray(4) };
    case kinds.reset:
      return { type: "reset", stream, status: body.readUInt32BE(4) };
    case kinds.ping:
      return { type: "ping", id: body.readUInt32BE(0) };
    case kinds.goAway:
      return { type: "goAway", lastStream: stream, status: body.readUInt32BE(4) };
    default:
      return { type: "other", kind };
  }
}

/** The bytes of a frame. */
export function encodeFrame(frame: Exclude<Frame, { type: "other" }>): Uint8Array {
  switch (frame.type) {
    case "data": {
      const head = Buffer.alloc(8);
      head.writeUInt32BE(frame.stream, 0);
      head[4] = frame.fin ? finFlag : 0;
      head.writeUIntBE(frame.bytes.length, 5, 3);
      return Buffer.concat([head, frame.bytes]);
    }
    case "synStream":
      return control(kinds.synStream, frame.fin, [uint32(frame.stream), Buffer.alloc(6), frame.headers]);
    case "synReply":
    case "headers":
      return control(kinds[frame.type], frame.fin, [uint32(frame.stream), frame.headers]);
    case "reset":
      return control(kinds.reset, false, [uint32(frame.stream), uint32(frame.status)]);
    case "ping":
      return control(kinds.ping, false, [uint32(frame.id)]);
    case "goAway":
      return control(kinds.goAway, false, [uint32(frame.lastStream), uint32(frame.status)]);
  }
}

function control(kind: number, fin: boolean, parts: readonly Uint8Array[]): Uint8Array {
  const head = Buffer.alloc(8);
  head.writeUInt16BE(version, 0);
  head.writeUInt16BE(kind, 2);
  head[4] = fin ? finFlag : 0;
  head.writeUIntBE(
    parts.reduce((sum, part) => sum + part.length, 0),
    5,
    3,
  );
  return Buffer.concat([head, ...parts]);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value >>> 0, 0);
  return bytes;
}

/** Header names (lower case) to values; several values of one name are joined by NUL on the wire. */
export type SpdyHeaders = Readonly<Record<string, string>>;

export function encodeHeaderBlock(headers: SpdyHeaders): Uint8Array {
  const entries = Object.entries(headers);
  const parts = [uint32(entries.length)];
  for (const text of entries.flat()) {
    const bytes = Buffer.from(text);
    parts.push(uint32(bytes.length), bytes);
  }
  return Buffer.concat(parts);
}

export function decodeHeaderBlock(block: Uint8Array): SpdyHeaders {
  const bytes = Buffer.from(block);
  let at = 0;
  const number = () => {
    if (at + 4 > bytes.length) throw new SpdyError("a header block is cut short");
    at += 4;
    return bytes.readUInt32BE(at - 4);
  };
  const text = () => {
    const length = number();
    if (at + length > bytes.length) throw new SpdyError("a header block is cut short");
    at += length;
    return bytes.toString("utf8", at - length, at);
  };
  const headers: Record<string, string> = {};
  for (let left = number(); left > 0; left--) headers[text().toLowerCase()] = text();
  return headers;
}

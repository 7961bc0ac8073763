import { Buffer } from "node:buffer";

/** The protobuf wire format. Kinds of fields are the caller's; see `api/codec` for what each type looks like. */

export const wireType = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const;

export class ProtobufError extends Error {
  override readonly name = "ProtobufError";
}

/**
 * Writes a message from its end to its beginning: a nested message's length is then known when its tag is written,
 * without a second pass. So fields are written last first.
 */
export class ProtobufWriter {
  private buffer: Buffer;
  private start: number;

  constructor(size = 1024) {
    this.buffer = Buffer.allocUnsafe(size);
    this.start = size;
  }

  /** Bytes written so far; the difference of two marks is the length of what lies between. */
  get length(): number {
    return this.buffer.length - this.start;
  }

  /** The message, as a copy of its own. */
  finish(): Uint8Array {
    return Uint8Array.prototype.slice.call(this.buffer, this.start);
  }

  tag(field: number, type: number): void {
    this.varint(field * 8 + type);
  }

  /** A length-delimited field around everything written since `mark`. */
  enclose(field: number, mark: number): void {
    this.varint(this.length - mark);
    this.tag(field, wireType.bytes);
  }

  varint(value: number): void {
    if (value < 0) {
      this.negative(value);
      return;
    }
    const size = varintSize(value);
    this.reserve(size);
    this.start -= size;
    let at = this.start;
    while (value > 0x7f) {
      this.buffer[at++] = (value % 0x80) | 0x80;
      value = value > 0x7fffffff ? Math.floor(value / 0x80) : value >>> 7;
    }
    this.buffer[at] = value;
  }

  /** Negative numbers take ten bytes: two's complement of 64 bits. */
  private negative(value: number): void {
    this.reserve(10);
    this.start -= 10;
    let rest = BigInt.asUintN(64, BigInt(value));
    for (let at = this.start; at < this.start + 9; at++) {
      this.buffer[at] = Number(rest & 0x7fn) | 0x80;
      rest >>= 7n;
    }
    this.buffer[this.start + 9] = Number(rest);
  }

  double(value: number): void {
    this.reserve(8);
    this.start -= 8;
    this.buffer.writeDoubleLE(value, this.start);
  }

  string(field: number, value: string): void {
    const size = Buffer.byteLength(value);
    this.reserve(size);
    this.start -= size;
    this.buffer.write(value, this.start, size, "utf8");
    this.varint(size);
    this.tag(field, wireType.bytes);
  }

  bytes(field: number, value: Uint8Array): void {
    this.raw(value);
    this.varint(value.length);
    this.tag(field, wireType.bytes);
  }

  /** Bytes without tag or length. */
  raw(value: Uint8Array): void {
    this.reserve(value.length);
    this.start -= value.length;
    this.buffer.set(value, this.start);
  }

  private reserve(size: number): void {
    if (this.start >= size) return;
    const used = this.length;
    const grown = Buffer.allocUnsafe(Math.max(this.buffer.length * 2, used + size));
    this.buffer.copy(grown, grown.length - used, this.start);
    this.start = grown.length - used;
    this.buffer = grown;
  }
}

function varintSize(value: number): number {
  let size = 1;
  for (let limit = 0x80; value >= limit; limit *= 0x80) size++;
  return size;
}

/** Tag and length of a length-delimited field whose `length` bytes follow. */
export function lengthDelimitedHead(field: number, length: number): number[] {
  return [(field << 3) | wireType.bytes, ...varintBytes(length)];
}

export function varintBytes(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 0x7f; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80);
  bytes.push(rest);
  return bytes;
}

/** Reads a message forwards; `end` moves while nested messages are read. Throws {@link ProtobufError}. */
export class ProtobufReader {
  readonly buffer: Buffer;
  position: number;
  end: number;

  constructor(bytes: Uint8Array) {
    this.buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.position = 0;
    this.end = bytes.byteLength;
  }

  get done(): boolean {
    return this.position >= this.end;
  }

  /** An unsigned number; beyond 2^53 it loses its last bits. */
  unsigned(): number {
    let value = 0;
    let factor = 1;
    for (let count = 0; count < 10; count++) {
      const byte = this.byte();
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
      factor *= 0x80;
    }
    throw new ProtobufError("proto: integer overflow");
  }

  /** A signed number in two's complement of 64 bits. */
  signed(): number {
    const start = this.position;
    const value = this.unsigned();
    if (value < 2 ** 63) return value;
    return this.signedBig(start);
  }

  private signedBig(start: number): number {
    let value = 0n;
    for (let at = start, shift = 0n; at < this.position; at++, shift += 7n) {
      value |= BigInt(this.buffer[at]! & 0x7f) << shift;
    }
    return Number(BigInt.asIntN(64, value));
  }

  double(): number {
    const at = this.advance(8);
    return this.buffer.readDoubleLE(at);
  }

  string(): string {
    const size = this.unsigned();
    const at = this.advance(size);
    return this.buffer.toString("utf8", at, at + size);
  }

  /** A view, not a copy. */
  bytes(): Buffer {
    const size = this.unsigned();
    const at = this.advance(size);
    return this.buffer.subarray(at, at + size);
  }

  /** Reads a nested message by `read`, which must consume up to the end. */
  nested<T>(read: (reader: ProtobufReader) => T): T {
    const size = this.unsigned();
    const outer = this.end;
    if (this.position + size > outer) throw unexpectedEnd();
    this.end = this.position + size;
    const value = read(this);
    this.position = this.end;
    this.end = outer;
    return value;
  }

  skip(type: number): void {
    if (type === wireType.varint) this.unsigned();
    else if (type === wireType.fixed64) this.advance(8);
    else if (type === wireType.fixed32) this.advance(4);
    else if (type === wireType.bytes) this.advance(this.unsigned());
    else throw new ProtobufError(`proto: illegal wireType ${type}`);
  }

  private byte(): number {
    if (this.position >= this.end) throw unexpectedEnd();
    return this.buffer[this.position++]!;
  }

  private advance(size: number): number {
    const at = this.position;
    if (at + size > this.end) throw unexpectedEnd();
    this.position = at + size;
    return at;
  }
}

function unexpectedEnd(): ProtobufError {
  return new ProtobufError("unexpected EOF");
}

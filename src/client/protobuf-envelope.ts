/**
 * Kubernetes' protobuf bodies: the magic `k8s\0`, then a message with the kind (1), the object's message (2). Reads only
 * what an envelope, a list and a watch event are made of: length-delimited fields, skipping the others.
 */
export interface ProtobufField {
  readonly number: number;
  readonly bytes: Uint8Array;
}

const magic = Uint8Array.of(0x6b, 0x38, 0x73, 0);
const utf8 = new TextDecoder();
const encoder = new TextEncoder();

export function isEnvelope(bytes: Uint8Array): boolean {
  return bytes.length >= 4 && magic.every((byte, at) => bytes[at] === byte);
}

export function unwrap(bytes: Uint8Array): { readonly kind: string; readonly raw: Uint8Array } {
  if (!isEnvelope(bytes)) throw new Error("the body is not Kubernetes protobuf");
  const fields = messageFields(bytes.subarray(4));
  return { kind: fieldText(messageFields(fieldBytes(fields, 1)), 2), raw: fieldBytes(fields, 2) };
}

export function wrap(apiVersion: string, kind: string, raw: Uint8Array): Uint8Array {
  const typeMeta = concat([field(1, encoder.encode(apiVersion)), field(2, encoder.encode(kind))]);
  return concat([magic, field(1, typeMeta), field(2, raw)]);
}

export function messageFields(bytes: Uint8Array): readonly ProtobufField[] {
  const fields: ProtobufField[] = [];
  const cursor = { at: 0 };
  while (cursor.at < bytes.length) {
    const tag = varint(bytes, cursor);
    const wireType = tag & 7;
    if (wireType === 2) {
      const length = varint(bytes, cursor);
      fields.push({ number: tag >>> 3, bytes: bytes.subarray(cursor.at, cursor.at + length) });
      cursor.at += length;
    } else skip(bytes, cursor, wireType);
  }
  return fields;
}

/** The last field with this number; empty when there is none. */
export function fieldBytes(fields: readonly ProtobufField[], number: number): Uint8Array {
  return fields.findLast(candidate => candidate.number === number)?.bytes ?? new Uint8Array(0);
}

export function fieldText(fields: readonly ProtobufField[], number: number): string {
  return utf8.decode(fieldBytes(fields, number));
}

function skip(bytes: Uint8Array, cursor: { at: number }, wireType: number): void {
  if (wireType === 0) varint(bytes, cursor);
  else if (wireType === 1) cursor.at += 8;
  else if (wireType === 5) cursor.at += 4;
  else throw new Error(`protobuf wire type ${wireType}`);
}

/** Tags and lengths fit 53 bits; larger values are only skipped. */
function varint(bytes: Uint8Array, cursor: { at: number }): number {
  let value = 0;
  for (let scale = 1; ; scale *= 128) {
    const byte = bytes[cursor.at++];
    if (byte === undefined) throw new Error("a protobuf message ends early");
    value += (byte & 0x7f) * scale;
    if (byte < 0x80) return value;
  }
}

function field(number: number, bytes: Uint8Array): Uint8Array {
  const head: number[] = [(number << 3) | 2];
  let length = bytes.length;
  for (; length >= 128; length = Math.floor(length / 128)) head.push((length & 0x7f) | 0x80);
  head.push(length);
  return concat([Uint8Array.from(head), bytes]);
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

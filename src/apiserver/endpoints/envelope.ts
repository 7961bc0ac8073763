import { badRequest } from "#api/status.ts";

/** Starts every Kubernetes protobuf body: "k8s" and a zero byte. */
const magic = Uint8Array.of(0x6b, 0x38, 0x73, 0x00);
const encoder = new TextEncoder();
const decoder = new TextDecoder();

export interface Enveloped {
  readonly apiVersion: string;
  readonly kind: string;
  readonly message: Uint8Array;
}

/** Wraps a protobuf message as `runtime.Unknown`: type meta (1), the message (2), encoding and content type (3, 4). */
export function envelope(apiVersion: string, kind: string, message: Uint8Array): Uint8Array {
  const head = envelopeHead(apiVersion, kind, message.length);
  const bytes = new Uint8Array(head.length + message.length + envelopeTail.length);
  bytes.set(head);
  bytes.set(message, head.length);
  bytes.set(envelopeTail, head.length + message.length);
  return bytes;
}

/** What stands before a message of that length. */
export function envelopeHead(apiVersion: string, kind: string, messageLength: number): Uint8Array {
  const version = encoder.encode(apiVersion);
  const kindBytes = encoder.encode(kind);
  const typeMeta = [...field(1, version.length), ...version, ...field(2, kindBytes.length), ...kindBytes];
  return Uint8Array.from([...magic, ...field(1, typeMeta.length), ...typeMeta, ...field(2, messageLength)]);
}

/** Empty contentEncoding and contentType, as upstream writes them. */
export const envelopeTail = Uint8Array.of(0x1a, 0, 0x22, 0);

/** Tag and length of a length-delimited field. */
export function field(number: number, length: number): number[] {
  const bytes = [(number << 3) | 2];
  let rest = length;
  while (rest > 0x7f) {
    bytes.push((rest & 0x7f) | 0x80);
    rest = Math.floor(rest / 128);
  }
  bytes.push(rest);
  return bytes;
}

export function isEnveloped(bytes: Uint8Array): boolean {
  return magic.every((byte, index) => bytes[index] === byte);
}

/** Reads what {@link envelope} writes; throws 400 for anything else. */
export function openEnvelope(bytes: Uint8Array): Enveloped {
  if (!isEnveloped(bytes))
    throw badRequest("provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]");
  let apiVersion = "";
  let kind = "";
  let message: Uint8Array = new Uint8Array(0);
  for (const [number, value] of fields(bytes, magic.length)) {
    if (number === 2) message = value;
    if (number !== 1) continue;
    for (const [inner, text] of fields(value, 0)) {
      if (inner === 1) apiVersion = decoder.decode(text);
      if (inner === 2) kind = decoder.decode(text);
    }
  }
  return { apiVersion, kind, message };
}

/** The length-delimited fields of a message; this envelope has no others. */
function* fields(bytes: Uint8Array, start: number): Generator<[number, Uint8Array]> {
  let at = start;
  const varint = () => {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = bytes[at++];
      if (byte === undefined || factor > 2 ** 35) throw badRequest("unexpected EOF");
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
    }
  };
  while (at < bytes.length) {
    const tag = varint();
    if ((tag & 7) !== 2) throw badRequest("proto: illegal wireType in Unknown");
    const length = varint();
    if (at + length > bytes.length) throw badRequest("unexpected EOF");
    yield [tag >>> 3, bytes.subarray(at, at + length)];
    at += length;
  }
}

import { lengthDelimitedHead, ProtobufError, ProtobufReader } from "./protobuf.ts";

/** How Kubernetes sends an object in protobuf: `k8s` and a zero byte, then a runtime.Unknown message around it. */
export interface ProtobufEnvelope {
  readonly apiVersion: string;
  readonly kind: string;
  /** The object's own message. */
  readonly raw: Uint8Array;
}

const magic = Uint8Array.of(0x6b, 0x38, 0x73, 0x00);
const encoder = new TextEncoder();

/** What stands before a message of `rawLength` bytes: type meta (1), then the head of the message (2). */
export function envelopeHead(apiVersion: string, kind: string, rawLength: number): Uint8Array {
  const version = encoder.encode(apiVersion);
  const kindBytes = encoder.encode(kind);
  const typeMeta = [
    ...lengthDelimitedHead(1, version.length),
    ...version,
    ...lengthDelimitedHead(2, kindBytes.length),
    ...kindBytes,
  ];
  return Uint8Array.from([
    ...magic,
    ...lengthDelimitedHead(1, typeMeta.length),
    ...typeMeta,
    ...lengthDelimitedHead(2, rawLength),
  ]);
}

/** What stands behind the message: contentEncoding (3) and contentType (4), empty, as upstream writes them. */
export const envelopeTail: Uint8Array = Uint8Array.of(0x1a, 0, 0x22, 0);

export function wrapProtobuf({ apiVersion, kind, raw }: ProtobufEnvelope): Uint8Array {
  const head = envelopeHead(apiVersion, kind, raw.length);
  const bytes = new Uint8Array(head.length + raw.length + envelopeTail.length);
  bytes.set(head);
  bytes.set(raw, head.length);
  bytes.set(envelopeTail, head.length + raw.length);
  return bytes;
}

export function isProtobufEnvelope(bytes: Uint8Array): boolean {
  return bytes.length >= magic.length && magic.every((byte, index) => bytes[index] === byte);
}

/** Throws {@link ProtobufError}. `raw` is a view. */
export function unwrapProtobuf(bytes: Uint8Array): ProtobufEnvelope {
  if (!isProtobufEnvelope(bytes)) {
    throw new ProtobufError("provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]");
  }
  const reader = new ProtobufReader(bytes.subarray(magic.length));
  let type = { apiVersion: "", kind: "" };
  let raw: Uint8Array = new Uint8Array(0);
  while (!reader.done) {
    const tag = reader.unsigned();
    if (tag === 0x0a) type = reader.nested(readTypeMeta);
    else if (tag === 0x12) raw = reader.bytes();
    else reader.skip(tag & 7);
  }
  return { ...type, raw };
}

function readTypeMeta(reader: ProtobufReader): { apiVersion: string; kind: string } {
  const type = { apiVersion: "", kind: "" };
  while (!reader.done) {
    const tag = reader.unsigned();
    if (tag === 0x0a) type.apiVersion = reader.string();
    else if (tag === 0x12) type.kind = reader.string();
    else reader.skip(tag & 7);
  }
  return type;
}

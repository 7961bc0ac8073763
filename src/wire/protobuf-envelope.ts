import { Buffer } from "node:buffer";
import { ProtobufError, ProtobufReader, ProtobufWriter } from "./protobuf.ts";

/** What stands before every Kubernetes object in protobuf: `k8s` and a zero byte, then a runtime.Unknown message. */
export const protobufMagic: Uint8Array = Uint8Array.of(0x6b, 0x38, 0x73, 0x00);

export interface ProtobufEnvelope {
  readonly apiVersion: string;
  readonly kind: string;
  /** The object's own message. */
  readonly raw: Uint8Array;
}

export function wrapProtobuf({ apiVersion, kind, raw }: ProtobufEnvelope): Uint8Array {
  const writer = new ProtobufWriter(raw.length + 128);
  writeUnknown(writer, apiVersion, kind, raw);
  writer.raw(protobufMagic);
  return writer.finish();
}

/** The runtime.Unknown alone, without magic. */
function writeUnknown(writer: ProtobufWriter, apiVersion: string, kind: string, raw: Uint8Array): void {
  writer.string(4, "");
  writer.string(3, "");
  writer.bytes(2, raw);
  const mark = writer.length;
  writer.string(2, kind);
  writer.string(1, apiVersion);
  writer.enclose(1, mark);
}

export function hasProtobufMagic(bytes: Uint8Array): boolean {
  return bytes.length >= 4 && protobufMagic.every((byte, index) => bytes[index] === byte);
}

/** Throws {@link ProtobufError}. `raw` is a view. */
export function unwrapProtobuf(bytes: Uint8Array): ProtobufEnvelope {
  if (!hasProtobufMagic(bytes)) {
    throw new ProtobufError("provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]");
  }
  const reader = new ProtobufReader(bytes.subarray(4));
  let type = { apiVersion: "", kind: "" };
  let raw: Uint8Array = Buffer.alloc(0);
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

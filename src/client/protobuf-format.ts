import { codecOf } from "#api/codec/codec.ts";
import { deepFreeze } from "#api/codec/freeze.ts";
import { decodeProtobufList } from "#api/codec/protobuf-list.ts";
import { statusType } from "#api/meta/v1/status.ts";
import { apiVersionOf, type KubernetesObject, type ResourceDefinition, type TypeDefinition } from "#api/resource.ts";
import { ProtobufReader } from "#wire/protobuf.ts";
import { unwrapProtobuf, wrapProtobuf } from "#wire/protobuf-envelope.ts";
import type { ObjectList, WatchEvent } from "./client.ts";
import { statusError } from "./response-error.ts";
import { type FrameReader, initialEventsEndAnnotation, joinBytes, type WireFormat } from "./wire-format.ts";

const mediaType = "application/vnd.kubernetes.protobuf";

/** `application/vnd.kubernetes.protobuf`; watch bodies are frames with a length of four bytes before each. */
export const protobufFormat: WireFormat = {
  accept: `${mediaType},application/json`,
  acceptWatch: `${mediaType};stream=watch`,
  contentType: mediaType,

  encode<T>(definition: TypeDefinition<T>, object: T) {
    const raw = codecOf(definition).encodeProtobuf(object);
    return wrapProtobuf({ apiVersion: apiVersionOf(definition), kind: definition.kind, raw });
  },

  decode<T>(definition: TypeDefinition<T>, bytes: Uint8Array) {
    return decodeMessage(definition, unwrapProtobuf(bytes).raw);
  },

  decodeList<T extends KubernetesObject>(resource: ResourceDefinition<T>, bytes: Uint8Array): ObjectList<T> {
    const { metadata, items } = decodeProtobufList(unwrapProtobuf(bytes).raw);
    return {
      resourceVersion: metadata.resourceVersion ?? "",
      continue: metadata.continue || undefined,
      items: items.map(raw => decodeMessage(resource, raw)),
    };
  },

  frames: () => new LengthPrefixedReader(),

  decodeEvent<T extends KubernetesObject>(resource: ResourceDefinition<T>, frame: Uint8Array): WatchEvent<T> {
    const { type, object } = readEvent(new ProtobufReader(frame));
    const { kind, raw } = unwrapProtobuf(object);
    switch (type) {
      case "ADDED":
      case "MODIFIED":
      case "DELETED":
        return { type, object: decodeMessage(resource, raw) };
      case "BOOKMARK": {
        const { resourceVersion, annotations } = decodeMessage(resource, raw).metadata;
        const initialEventsEnd = annotations?.[initialEventsEndAnnotation] === "true";
        return { type: "BOOKMARK", resourceVersion: resourceVersion ?? "", initialEventsEnd };
      }
      default:
        throw statusError({ ...codecOf(statusType).decodeProtobuf(raw), kind }, 500);
    }
  },
};

/** A WatchEvent: type (1), object (2) = RawExtension: raw (1) = the object in its envelope. */
function readEvent(reader: ProtobufReader): { readonly type: string; readonly object: Uint8Array } {
  let type = "";
  let object: Uint8Array = new Uint8Array(0);
  while (!reader.done) {
    const tag = reader.unsigned();
    if (tag === 0x0a) type = reader.string();
    else if (tag === 0x12) object = reader.nested(readRawExtension);
    else reader.skip(tag & 7);
  }
  return { type, object };
}

function readRawExtension(reader: ProtobufReader): Uint8Array {
  let raw: Uint8Array = new Uint8Array(0);
  while (!reader.done) {
    const tag = reader.unsigned();
    if (tag === 0x0a) raw = reader.bytes();
    else reader.skip(tag & 7);
  }
  return raw;
}

function decodeMessage<T>(definition: TypeDefinition<T>, raw: Uint8Array): T {
  return deepFreeze(codecOf(definition).decodeProtobuf(raw));
}

/** A frame may be as long as an object; more than this means that the stream is no watch stream. */
const frameLimitBytes = 64 * 1024 * 1024;

class LengthPrefixedReader implements FrameReader {
  #rest: Uint8Array = new Uint8Array(0);

  push(chunk: Uint8Array): readonly Uint8Array[] {
    const bytes = joinBytes(this.#rest, chunk);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const frames: Uint8Array[] = [];
    let at = 0;
    while (at + 4 <= bytes.length) {
      const length = view.getUint32(at);
      if (length > frameLimitBytes) throw new Error(`a watch frame of ${length} bytes`);
      if (at + 4 + length > bytes.length) break;
      frames.push(bytes.subarray(at + 4, at + 4 + length));
      at += 4 + length;
    }
    this.#rest = bytes.subarray(at);
    return frames;
  }
}

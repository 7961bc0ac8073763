import { codecOf } from "#api/codec/codec.ts";
import { deepFreeze } from "#api/codec/freeze.ts";
import { statusType } from "#api/meta/v1/status.ts";
import { apiVersionOf, type KubernetesObject, type ResourceDefinition, type TypeDefinition } from "#api/resource.ts";
import type { ObjectList, WatchEvent } from "./client.ts";
import { fieldBytes, fieldText, messageFields, unwrap, wrap } from "./protobuf-envelope.ts";
import { statusError } from "./response-error.ts";
import { type FrameReader, initialEventsEndAnnotation, joinBytes, type WireFormat } from "./wire-format.ts";

const mediaType = "application/vnd.kubernetes.protobuf";

/** `application/vnd.kubernetes.protobuf`; watch bodies are frames with a length of four bytes before each. */
export const protobufFormat: WireFormat = {
  accept: `${mediaType},application/json`,
  acceptWatch: `${mediaType};stream=watch`,
  contentType: mediaType,

  encode<T>(definition: TypeDefinition<T>, object: T) {
    return wrap(apiVersionOf(definition), definition.kind, codecOf(definition).encodeProtobuf(object));
  },

  decode<T>(definition: TypeDefinition<T>, bytes: Uint8Array) {
    return decodeMessage(definition, unwrap(bytes).raw);
  },

  decodeList<T extends KubernetesObject>(resource: ResourceDefinition<T>, bytes: Uint8Array): ObjectList<T> {
    const fields = messageFields(unwrap(bytes).raw);
    const metadata = messageFields(fieldBytes(fields, 1));
    return {
      resourceVersion: fieldText(metadata, 2),
      continue: fieldText(metadata, 3) || undefined,
      items: fields.filter(field => field.number === 2).map(field => decodeMessage(resource, field.bytes)),
    };
  },

  frames: () => new LengthPrefixedReader(),

  decodeEvent<T extends KubernetesObject>(resource: ResourceDefinition<T>, frame: Uint8Array): WatchEvent<T> {
    const fields = messageFields(frame);
    const type = fieldText(fields, 1);
    const { kind, raw } = unwrap(fieldBytes(messageFields(fieldBytes(fields, 2)), 1));
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

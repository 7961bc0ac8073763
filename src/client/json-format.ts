import { codecOf } from "#api/codec/codec.ts";
import { deepFreeze } from "#api/codec/freeze.ts";
import type { KubernetesObject, ResourceDefinition, TypeDefinition } from "#api/resource.ts";
import type { ObjectList, WatchEvent } from "./client.ts";
import { statusError } from "./response-error.ts";
import { type FrameReader, initialEventsEndAnnotation, joinBytes, type WireFormat } from "./wire-format.ts";

const utf8 = new TextDecoder();
const encoder = new TextEncoder();
const newline = 0x0a;

interface RawObject {
  readonly metadata?: { readonly resourceVersion?: string; readonly annotations?: Readonly<Record<string, string>> };
}

interface RawList {
  readonly metadata?: { readonly resourceVersion?: string; readonly continue?: string };
  readonly items?: readonly unknown[] | null;
}

/** `application/json`; watch bodies are one event per line. */
export const jsonFormat: WireFormat = {
  accept: "application/json",
  acceptWatch: "application/json",
  contentType: "application/json",

  encode<T>(definition: TypeDefinition<T>, object: T) {
    return encoder.encode(codecOf(definition).encodeJson(object));
  },

  decode<T>(definition: TypeDefinition<T>, bytes: Uint8Array) {
    return decodeValue(definition, JSON.parse(utf8.decode(bytes)));
  },

  decodeList<T extends KubernetesObject>(resource: ResourceDefinition<T>, bytes: Uint8Array): ObjectList<T> {
    const list = JSON.parse(utf8.decode(bytes)) as RawList;
    return {
      resourceVersion: list.metadata?.resourceVersion ?? "",
      continue: list.metadata?.continue || undefined,
      items: (list.items ?? []).map(item => decodeValue(resource, item)),
    };
  },

  frames: () => new LineReader(),

  decodeEvent<T extends KubernetesObject>(resource: ResourceDefinition<T>, frame: Uint8Array): WatchEvent<T> {
    const event = JSON.parse(utf8.decode(frame)) as { type: string; object: RawObject };
    switch (event.type) {
      case "ADDED":
      case "MODIFIED":
      case "DELETED":
        return { type: event.type, object: decodeValue(resource, event.object) };
      case "BOOKMARK":
        return {
          type: "BOOKMARK",
          resourceVersion: event.object.metadata?.resourceVersion ?? "",
          initialEventsEnd: event.object.metadata?.annotations?.[initialEventsEndAnnotation] === "true",
        };
      default:
        throw statusError(event.object, 500);
    }
  },
};

/** A newer server may send fields unknown here; they are dropped, not refused. */
function decodeValue<T>(definition: TypeDefinition<T>, value: unknown): T {
  return deepFreeze(codecOf(definition).decodeValue(value).object);
}

class LineReader implements FrameReader {
  #rest: Uint8Array = new Uint8Array(0);

  push(chunk: Uint8Array): readonly Uint8Array[] {
    const bytes = joinBytes(this.#rest, chunk);
    const lines: Uint8Array[] = [];
    let from = 0;
    for (let end = bytes.indexOf(newline); end >= 0; end = bytes.indexOf(newline, from)) {
      if (end > from) lines.push(bytes.subarray(from, end));
      from = end + 1;
    }
    this.#rest = bytes.subarray(from);
    return lines;
  }
}

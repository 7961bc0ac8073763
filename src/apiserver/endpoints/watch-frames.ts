import { Buffer } from "node:buffer";
import { codecOf } from "#api/codec/codec.ts";
import type { Status } from "#api/meta/v1/status.ts";
import { statusType } from "#api/meta/v1/status.ts";
import { apiVersionOf, type ResourceDefinition } from "#api/resource.ts";
import { lengthDelimitedHead } from "#wire/protobuf.ts";
import { wrapProtobuf } from "#wire/protobuf-envelope.ts";
import type { ObjectVersion } from "../registry/object-store.ts";
import type { CacheEvent } from "../watch-cache/watch-cache.ts";
import type { Representation } from "./negotiate.ts";
import { partialPayload } from "./partial-metadata.ts";
import type { Payload } from "./respond.ts";
import { statusJson } from "./respond.ts";
import { type TableForm, tableJson, tableRow } from "./table.ts";

const encoder = new TextEncoder();

/** Marks the bookmark that ends a WatchList's initial state. */
const initialEventsEnd = { "k8s.io/initial-events-end": "true" };

/** Turns events into what one kind of watch stream carries: bytes, or values. */
export interface Framer<Frame = Uint8Array> {
  /** All of them in one frame. */
  events(events: readonly CacheEvent[]): Frame;
  bookmark(revision: number, endsInitialEvents: boolean): Frame;
  error(status: Status): Frame;
  /** What a frame takes of memory while it waits. */
  sizeBytes(frame: Frame): number;
}

/**
 * Streams with equal selectors get the same array of events per batch: its frames are made once and the same buffer is
 * written to all of them.
 */
const shared = new WeakMap<readonly CacheEvent[], Map<string, Uint8Array>>();

export function framerFor(definition: ResourceDefinition, to: Representation, table: TableForm | undefined): Framer {
  if (table !== undefined) return tableFramer(table);
  const format = `${to.format} ${to.as} ${to.asVersion}`;
  const frame = to.format === "protobuf" ? protobufFrame : jsonFrame;
  const payloadOf = to.as === "" ? ownPayload(definition) : (version: ObjectVersion) => partialPayload(version, to);
  return {
    events(events) {
      let byFormat = shared.get(events);
      if (byFormat === undefined) {
        byFormat = new Map();
        shared.set(events, byFormat);
      }
      let bytes = byFormat.get(format);
      if (bytes === undefined) {
        const frames = events.map(({ type, version }) => frame(type, payloadOf(version)));
        bytes = frames.length === 1 ? frames[0]! : Buffer.concat(frames);
        byFormat.set(format, bytes);
      }
      return bytes;
    },
    bookmark: (revision, endsInitialEvents) =>
      frame("BOOKMARK", bookmarkPayload(definition, to, revision, endsInitialEvents)),
    error: status => frame("ERROR", statusPayload(status)),
    sizeBytes: ({ length }) => length,
  };
}

function ownPayload(definition: ResourceDefinition): (version: ObjectVersion) => Payload {
  const apiVersion = apiVersionOf(definition);
  const { kind } = definition;
  return version => ({ apiVersion, kind, json: version.json, protobuf: () => version.protobuf });
}

/** An object of the resource's kind that has nothing but a resource version. */
function bookmarkPayload(
  definition: ResourceDefinition,
  to: Representation,
  revision: number,
  endsInitialEvents: boolean,
): Payload {
  const metadata = bookmarkMeta(revision, endsInitialEvents);
  if (to.as !== "") return partialPayload({ object: { metadata } } as ObjectVersion, to);
  const codec = codecOf(definition);
  const { object } = codec.decodeValue({ metadata });
  return {
    apiVersion: apiVersionOf(definition),
    kind: definition.kind,
    json: encoder.encode(codec.encodeJson(object)),
    protobuf: () => codec.encodeProtobuf(object),
  };
}

function bookmarkMeta(revision: number, endsInitialEvents: boolean) {
  return { resourceVersion: String(revision), ...(endsInitialEvents && { annotations: initialEventsEnd }) };
}

function statusPayload(status: Status): Payload {
  return {
    apiVersion: "v1",
    kind: "Status",
    json: encoder.encode(statusJson(status)),
    protobuf: () => codecOf(statusType).encodeProtobuf(status),
  };
}

const heads = new Map(
  ["ADDED", "MODIFIED", "DELETED", "BOOKMARK", "ERROR"].map(type => [
    type,
    encoder.encode(`{"type":"${type}","object":`),
  ]),
);
const jsonTail = encoder.encode("}\n");

function jsonFrame(type: string, { json }: Payload): Uint8Array {
  return Buffer.concat([heads.get(type)!, json, jsonTail]);
}

/** Four bytes of length, then WatchEvent: type (1), object (2) = RawExtension: raw (1) = the object in its envelope. */
function protobufFrame(type: string, { apiVersion, kind, protobuf }: Payload): Uint8Array {
  const object = wrapProtobuf({ apiVersion, kind, raw: protobuf!() });
  const raw = lengthDelimitedHead(1, object.length);
  const typeBytes = encoder.encode(type);
  const event = [
    ...lengthDelimitedHead(1, typeBytes.length),
    ...typeBytes,
    ...lengthDelimitedHead(2, raw.length + object.length),
    ...raw,
  ];
  const frame = Buffer.allocUnsafeSlow(4 + event.length + object.length);
  frame.writeUInt32BE(event.length + object.length);
  frame.set(event, 4);
  frame.set(object, 4 + event.length);
  return frame;
}

/** One Table per event; only the stream's first says what the columns are. */
function tableFramer(form: TableForm): Framer {
  let first = true;
  const frame = (type: string, metadata: string, row: string) => {
    const table = tableJson(form, metadata, [row], first);
    first = false;
    return encoder.encode(`{"type":"${type}","object":${table}}\n`);
  };
  return {
    events: events =>
      Buffer.concat(
        events.map(({ type, version }) =>
          frame(type, JSON.stringify({ resourceVersion: String(version.revision) }), tableRow(form, version)),
        ),
      ),
    bookmark(revision, endsInitialEvents) {
      const cells = ["", ...form.definition.columns.map(() => null)];
      const metadata = JSON.stringify(bookmarkMeta(revision, endsInitialEvents));
      const object = `{"kind":"PartialObjectMetadata","apiVersion":"meta.k8s.io/${form.version}","metadata":${metadata}}`;
      const row = `{"cells":${JSON.stringify(cells)},"object":${object}}`;
      return frame("BOOKMARK", JSON.stringify({ resourceVersion: String(revision) }), row);
    },
    error: status => encoder.encode(`{"type":"ERROR","object":${statusJson(status)}}\n`),
    sizeBytes: ({ length }) => length,
  };
}

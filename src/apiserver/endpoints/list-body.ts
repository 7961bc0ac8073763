import { Buffer } from "node:buffer";
import { apiVersionOf, type ResourceDefinition } from "#api/resource.ts";
import type { BodySink, BodyWriter, HttpConnection } from "#base/http.ts";
import { lengthDelimitedHead, varintBytes } from "#wire/protobuf.ts";
import { envelopeHead, envelopeTail } from "#wire/protobuf-envelope.ts";
import { sendInTurn } from "./large-bodies.ts";
import type { Page } from "./list-read.ts";

const chunkBytes = 256 * 1024;
const encoder = new TextEncoder();
const jsonEnd = encoder.encode("]}");

/**
 * What is sent of a list, in the order of the wire: kept bytes of the items and little between them. They are copied into
 * few large chunks while they are sent, so that the first bytes leave before the last are looked at.
 */
export interface Pieces {
  /** Of all bytes that are sent. */
  readonly length: number;
  readonly count: number;
  at(index: number): Uint8Array;
  /** So many bytes at the start of the piece are left out. */
  skipOf(index: number): number;
}

/** `{"kind":"PodList","apiVersion":"v1","metadata":{...},"items":[...]}`; items of built-in lists carry no type. */
export function jsonListPieces(definition: ResourceDefinition, page: Page): Pieces {
  const apiVersion = apiVersionOf(definition);
  const head = encoder.encode(
    `{"kind":"${definition.listKind}","apiVersion":"${apiVersion}","metadata":${JSON.stringify(listMeta(page))},"items":[`,
  );
  const { items } = page;
  const typeLength = typePrefixLength(definition, page);
  // Head, then two for each item, then the end.
  const count = 2 + 2 * items.length;
  let length = head.length + jsonEnd.length + Math.max(0, 2 * items.length - 1);
  for (const { json } of items) length += json.length - typeLength;
  return {
    length,
    count,
    at(index) {
      if (index % 2 === 0) return index === 0 ? head : items[index / 2 - 1]!.json;
      if (index === count - 1) return jsonEnd;
      return index === 1 ? firstBrace : nextBrace;
    },
    skipOf: index => (index % 2 === 0 && index > 0 ? typeLength : 0),
  };
}

const firstBrace = encoder.encode("{");
const nextBrace = encoder.encode(",{");

/** Bytes of `{"kind":...,"apiVersion":...,`, which start every item alike. */
function typePrefixLength(definition: ResourceDefinition, page: Page): number {
  const first = page.items[0];
  if (first === undefined) return 0;
  const { kind } = definition;
  const apiVersion = apiVersionOf(definition);
  const start = Buffer.from(first.json.buffer, first.json.byteOffset, Math.min(first.json.length, 512)).toString(
    "latin1",
  );
  for (const prefix of [
    `{"kind":"${kind}","apiVersion":"${apiVersion}",`,
    `{"apiVersion":"${apiVersion}","kind":"${kind}",`,
  ]) {
    if (start.startsWith(prefix)) return prefix.length;
  }
  return 1;
}

export function listMeta(page: Omit<Page, "items">): Record<string, unknown> {
  return {
    resourceVersion: String(page.revision),
    ...(page.continueToken !== "" && { continue: page.continueToken }),
    ...(page.remaining !== undefined && { remainingItemCount: page.remaining }),
  };
}

/** A list message in its envelope: metadata (1), items (2). */
export function enveloped(apiVersion: string, kind: string, page: Page, items: readonly Uint8Array[]): Pieces {
  const meta = listMetaMessage(page);
  const inner: Uint8Array[] = [Uint8Array.from(lengthDelimitedHead(1, meta.length)), meta];
  for (const item of items) inner.push(Uint8Array.from(lengthDelimitedHead(2, item.length)), item);
  const messageLength = inner.reduce((sum, piece) => sum + piece.length, 0);
  const head = envelopeHead(apiVersion, kind, messageLength);
  const pieces = [head, ...inner, envelopeTail];
  const length = head.length + messageLength + envelopeTail.length;
  return { length, count: pieces.length, at: index => pieces[index]!, skipOf: () => 0 };
}

/** ListMeta: selfLink (1), resourceVersion (2), continue (3), remainingItemCount (4). */
function listMetaMessage(page: Page): Uint8Array {
  const resourceVersion = encoder.encode(String(page.revision));
  const token = encoder.encode(page.continueToken);
  const bytes = [
    0x0a,
    0,
    ...lengthDelimitedHead(2, resourceVersion.length),
    ...resourceVersion,
    ...lengthDelimitedHead(3, token.length),
    ...token,
  ];
  if (page.remaining !== undefined) bytes.push(0x20, ...varintBytes(page.remaining));
  return Uint8Array.from(bytes);
}

/** Small lists as one buffer; large ones chunk by chunk, as fast as the client reads. */
export function bodyOf(pieces: Pieces, connection: HttpConnection): Uint8Array | BodyWriter {
  if (pieces.length <= chunkBytes) return joined(pieces);
  return sink => sendInTurn(connection, sink.signal, () => writeChunks(pieces, sink));
}

export function joined(pieces: Pieces): Uint8Array {
  const whole = Buffer.allocUnsafe(pieces.length);
  let at = 0;
  for (let index = 0; index < pieces.count; index++) at += copyInto(whole, at, pieces.at(index), pieces.skipOf(index));
  return whole;
}

async function writeChunks(pieces: Pieces, sink: BodySink): Promise<void> {
  let left = pieces.length;
  let chunk = roomIn(sink, left);
  let at = 0;
  for (let index = 0; index < pieces.count; index++) {
    const piece = pieces.at(index);
    for (let from = pieces.skipOf(index); from < piece.length; ) {
      const size = copyInto(chunk, at, piece, from);
      from += size;
      at += size;
      if (at < chunk.length) continue;
      left -= at;
      if (!sink.write(chunk)) await sink.drained();
      if (sink.signal.aborted) return;
      chunk = roomIn(sink, left);
      at = 0;
    }
  }
}

function roomIn(sink: BodySink, left: number): Uint8Array {
  const size = Math.min(chunkBytes, left);
  return sink.room?.(size) ?? Buffer.allocUnsafeSlow(size);
}

/** As much of the bytes as there is room for; says how much. No view is made of either: there are ten thousands. */
function copyInto(chunk: Uint8Array, at: number, bytes: Uint8Array, from: number): number {
  return Buffer.prototype.copy.call(bytes, chunk, at, from);
}

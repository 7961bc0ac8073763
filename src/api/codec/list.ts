import { ProtobufReader, ProtobufWriter } from "#wire/protobuf.ts";
import { type ListMeta, listMeta } from "../meta/v1/list-meta.ts";
import { structWriterOf } from "./json-encode.ts";
import { readMessage } from "./protobuf-decode.ts";
import { messageWriterOf } from "./protobuf-encode.ts";

/**
 * The wire forms of every `<Kind>List`: metadata = 1, items = 2 in protobuf; kind, apiVersion, metadata, items in JSON.
 * Items are taken and given as their encoded bytes, so that a list costs a copy of what is kept already.
 */

const writeMeta = messageWriterOf(listMeta);
const metaValue = structWriterOf(listMeta);

/** The message without envelope. */
export function encodeProtobufList(metadata: ListMeta, items: readonly Uint8Array[]): Uint8Array {
  const writer = new ProtobufWriter(items.reduce((size, item) => size + item.length + 6, 128));
  for (let index = items.length - 1; index >= 0; index--) writer.bytes(2, items[index]!);
  const mark = writer.length;
  writeMeta(writer, metadata as Record<string, unknown>);
  writer.enclose(1, mark);
  return writer.finish();
}

export interface ProtobufList {
  readonly metadata: ListMeta;
  /** Views into the message. */
  readonly items: readonly Uint8Array[];
}

export function decodeProtobufList(bytes: Uint8Array): ProtobufList {
  const reader = new ProtobufReader(bytes);
  let metadata: ListMeta = {};
  const items: Uint8Array[] = [];
  while (!reader.done) {
    const tag = reader.unsigned();
    if (tag === 0x0a) metadata = reader.nested(inner => readMessage(listMeta, inner)) as ListMeta;
    else if (tag === 0x12) items.push(reader.bytes());
    else reader.skip(tag & 7);
  }
  return { metadata, items };
}

/** What stands before the items of a JSON list; after them comes `]}` and a line feed. */
export function jsonListHead(apiVersion: string, listKind: string, metadata: ListMeta): string {
  const head = JSON.stringify({ kind: listKind, apiVersion, metadata: metaValue(metadata as Record<string, unknown>) });
  return `${head.slice(0, -1)},"items":[`;
}

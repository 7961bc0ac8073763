import { ProtobufReader } from "#wire/protobuf.ts";
import { type ListMeta, listMeta } from "../meta/v1/list-meta.ts";
import { readMessage } from "./protobuf-decode.ts";

export interface ProtobufList {
  readonly metadata: ListMeta;
  /** Views into the message. */
  readonly items: readonly Uint8Array[];
}

/** Reads any `<Kind>List` message: metadata (1), items (2). */
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

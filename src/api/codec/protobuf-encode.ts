import { Buffer } from "node:buffer";
import { parseGoDuration } from "#wire/go-duration.ts";
import { type ProtobufWriter, wireType } from "#wire/protobuf.ts";
import { timestampOf } from "#wire/timestamp.ts";
import type { Field, Schema, StructSchema } from "../schema.ts";
import { emptyStruct, zeroOfElement } from "./layout.ts";

type Struct = StructSchema<unknown>;
type Values = Readonly<Record<string, unknown>>;

/**
 * Writes a struct's fields, last first. As gogo's code for upstream's types does: non-pointer scalars and structs are
 * always written, zero or not; pointers when set; lists and maps by element, maps by sorted keys.
 */
export type MessageWriter = (writer: ProtobufWriter, object: Values) => void;

/** Writes one present value as a field, tag included. */
type FieldWriter = (writer: ProtobufWriter, value: unknown) => void;

const messageWriters = new WeakMap<Struct, MessageWriter>();

export function messageWriterOf(struct: Struct): MessageWriter {
  let writer = messageWriters.get(struct);
  if (!writer) {
    writer = makeMessageWriter(struct);
    messageWriters.set(struct, writer);
  }
  return writer;
}

function makeMessageWriter(struct: Struct): MessageWriter {
  const writers = Object.entries(struct.fields)
    .filter(([, field]) => field.number > 0)
    .sort(([, a], [, b]) => b.number - a.number)
    .map(([name, field]) => (field.inline ? inlineWriter(field) : namedWriter(name, field)));
  return (writer, object) => {
    for (let index = 0; index < writers.length; index++) writers[index]!(writer, object);
  };
}

/** An inlined struct is a message of its own on this wire. */
function inlineWriter(field: Field): MessageWriter {
  const write = messageWriterOf(field.schema as Struct);
  return (writer, object) => {
    const mark = writer.length;
    write(writer, object);
    writer.enclose(field.number, mark);
  };
}

function namedWriter(name: string, field: Field): MessageWriter {
  const { schema, number } = field;
  if (schema.type === "list" && !schema.message) return listWriter(name, number, schema.items);
  if (schema.type === "map") return mapWriter(name, number, schema.values);
  const write = valueWriter(number, schema);
  if (field.pointer || schema.type === "raw" || schema.type === "fields") {
    return (writer, object) => {
      const value = object[name];
      if (value !== undefined && value !== null) write(writer, value);
    };
  }
  const zero = zeroOfElement(schema, undefined) ?? (() => undefined);
  return (writer, object) => write(writer, object[name] ?? zero());
}

function listWriter(name: string, number: number, items: Schema): MessageWriter {
  const write = valueWriter(number, items);
  return (writer, object) => {
    const list = object[name] as readonly unknown[] | undefined;
    if (!list) return;
    for (let index = list.length - 1; index >= 0; index--) write(writer, list[index]);
  };
}

function mapWriter(name: string, number: number, values: Schema): MessageWriter {
  const write = valueWriter(2, values);
  return (writer, object) => {
    const map = object[name] as Values | undefined;
    if (!map) return;
    const keys = Object.keys(map).sort();
    for (let index = keys.length - 1; index >= 0; index--) {
      const key = keys[index]!;
      const mark = writer.length;
      write(writer, map[key]);
      writer.string(1, key);
      writer.enclose(number, mark);
    }
  };
}

function valueWriter(number: number, schema: Schema): FieldWriter {
  switch (schema.type) {
    case "string":
      return (writer, value) => writer.string(number, value as string);
    case "bytes":
      return (writer, value) => writer.bytes(number, Buffer.from(value as string, "base64"));
    case "boolean":
      return (writer, value) => integer(writer, number, value ? 1 : 0);
    case "int32":
    case "int64":
      return (writer, value) => integer(writer, number, value as number);
    case "double":
      return (writer, value) => {
        writer.double(value as number);
        writer.tag(number, wireType.fixed64);
      };
    case "struct":
      return structWriter(number, schema);
    case "list":
      return enclosed(number, namedListMessage(schema.items));
    case "map":
      throw new TypeError("a map cannot be an element on the protobuf wire");
    default:
      return enclosed(number, wellKnown[schema.type]);
  }
}

function integer(writer: ProtobufWriter, number: number, value: number): void {
  writer.varint(value);
  writer.tag(number, wireType.varint);
}

function enclosed(number: number, write: FieldWriter): FieldWriter {
  return (writer, value) => {
    const mark = writer.length;
    write(writer, value);
    writer.enclose(number, mark);
  };
}

function structWriter(number: number, struct: Struct): FieldWriter {
  let write: MessageWriter | undefined;
  return enclosed(number, (writer, value) => {
    write ??= messageWriterOf(struct);
    write(writer, (value as Values | undefined) ?? emptyStruct(struct));
  });
}

/** A named list type: a message with `items = 1`. */
function namedListMessage(items: Schema): FieldWriter {
  const write = valueWriter(1, items);
  return (writer, value) => {
    const list = value as readonly unknown[];
    for (let index = list.length - 1; index >= 0; index--) write(writer, list[index]);
  };
}

const timestamp: FieldWriter = (writer, value) => {
  if (value === "") return;
  const { seconds, nanos } = timestampOf(value as string);
  integer(writer, 2, nanos);
  integer(writer, 1, seconds);
};

/** Types with a message of their own whose fields are fixed. */
const wellKnown: Record<
  "quantity" | "time" | "microTime" | "duration" | "intOrString" | "raw" | "fields",
  FieldWriter
> = {
  quantity: (writer, value) => writer.string(1, value as string),
  time: timestamp,
  microTime: timestamp,
  duration: (writer, value) => integer(writer, 1, Math.round((parseGoDuration(value as string) ?? 0) * 1e6)),
  intOrString: (writer, value) => {
    writer.string(3, typeof value === "string" ? value : "");
    integer(writer, 2, typeof value === "number" ? value : 0);
    integer(writer, 1, typeof value === "string" ? 1 : 0);
  },
  raw: (writer, value) => writer.bytes(1, Buffer.from(JSON.stringify(value))),
  fields: (writer, value) => writer.bytes(1, Buffer.from(JSON.stringify(value))),
};

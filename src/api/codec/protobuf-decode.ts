import type { Buffer } from "node:buffer";
import { formatTime } from "#base/clock.ts";
import { formatGoDuration } from "#wire/go-duration.ts";
import { ProtobufError, type ProtobufReader, wireType } from "#wire/protobuf.ts";
import { canonicalQuantity } from "#wire/quantity.ts";
import { setOwn } from "#wire/strict-json.ts";
import { microTimeOf, type Timestamp } from "#wire/timestamp.ts";
import type { Field, Schema, StructSchema } from "../schema.ts";
import { fillZeros, zeroOfElement } from "./layout.ts";

type Struct = StructSchema<unknown>;
type Values = Record<string, unknown>;

/** Reads a message's fields into an object; what is unknown is skipped, as protobuf wants. */
type MessageReader = (reader: ProtobufReader, object: Values) => void;

/** Reads one occurrence of a field into the object. */
type FieldReader = (reader: ProtobufReader, type: number, object: Values) => void;

type ValueReader = (reader: ProtobufReader) => unknown;

const messageReaders = new WeakMap<Struct, MessageReader>();

function messageReaderOf(struct: Struct): MessageReader {
  let reader = messageReaders.get(struct);
  if (!reader) {
    reader = makeMessageReader(struct);
    messageReaders.set(struct, reader);
  }
  return reader;
}

/** A whole message as an object with its required fields there. */
export function readMessage(struct: Struct, reader: ProtobufReader): Values {
  const object: Values = {};
  messageReaderOf(struct)(reader, object);
  fillZeros(struct, object);
  return object;
}

function makeMessageReader(struct: Struct): MessageReader {
  const readers: FieldReader[] = [];
  for (const [name, field] of Object.entries(struct.fields)) {
    if (field.number > 0) readers[field.number] = field.inline ? inlineReader(field) : namedReader(name, field);
  }
  return (reader, object) => {
    while (!reader.done) {
      const tag = reader.unsigned();
      const number = Math.floor(tag / 8);
      const read = readers[number];
      if (read !== undefined) read(reader, tag & 7, object);
      else if (number === 0) throw new ProtobufError("proto: illegal tag 0");
      else reader.skip(tag & 7);
    }
  };
}

function inlineReader(field: Field): FieldReader {
  const read = messageReaderOf(field.schema as Struct);
  return (reader, _, object) => reader.nested(inner => read(inner, object));
}

function namedReader(name: string, field: Field): FieldReader {
  const { schema } = field;
  if (schema.type === "list" && !schema.message) return listReader(name, schema.items);
  if (schema.type === "map") return mapReader(name, schema.values);
  const read = valueReader(schema);
  if (field.pointer || !field.optional || !dropsZero(schema)) {
    return (reader, _, object) => {
      object[name] = read(reader);
    };
  }
  return (reader, _, object) => {
    const value = read(reader);
    if (value) object[name] = value;
  };
}

function dropsZero(schema: Schema): boolean {
  return !["struct", "quantity", "intOrString", "raw", "fields"].includes(schema.type);
}

function listReader(name: string, items: Schema): FieldReader {
  const read = valueReader(items);
  const packable = ["int32", "int64", "boolean"].includes(items.type);
  return (reader, type, object) => {
    object[name] ??= [];
    const list = object[name] as unknown[];
    if (packable && type === wireType.bytes) {
      reader.nested(inner => {
        while (!inner.done) list.push(read(inner));
      });
    } else list.push(read(reader));
  };
}

function mapReader(name: string, values: Schema): FieldReader {
  const read = valueReader(values);
  const zero = zeroOfElement(values, undefined);
  return (reader, _, object) => {
    object[name] ??= {};
    let key = "";
    let value: unknown;
    reader.nested(entry => {
      while (!entry.done) {
        const tag = entry.unsigned();
        if (tag === 0x0a) key = entry.string();
        else if (tag >> 3 === 2) value = read(entry);
        else entry.skip(tag & 7);
      }
    });
    setOwn(object[name] as Values, key, value ?? zero?.());
  };
}

function valueReader(schema: Schema): ValueReader {
  switch (schema.type) {
    case "string":
      return reader => reader.string();
    case "bytes":
      return reader => reader.bytes().toString("base64");
    case "boolean":
      return reader => reader.unsigned() !== 0;
    case "int32":
    case "int64":
      return reader => reader.signed();
    case "double":
      return reader => reader.double();
    case "struct":
      return reader => reader.nested(inner => readMessage(schema, inner));
    case "list":
      return namedListReader(schema.items);
    case "map":
      throw new TypeError("a map cannot be an element on the protobuf wire");
    default:
      return wellKnown[schema.type];
  }
}

function namedListReader(items: Schema): ValueReader {
  const read = listReader("items", items);
  return reader =>
    reader.nested(inner => {
      const object: Values = { items: [] };
      while (!inner.done) {
        const tag = inner.unsigned();
        if (tag >> 3 === 1) read(inner, tag & 7, object);
        else inner.skip(tag & 7);
      }
      return object["items"];
    });
}

/** The fields of a small message by number: numbers, strings, or bytes. */
function smallMessage(reader: ProtobufReader): { numbers: number[]; bytes: Buffer[] } {
  return reader.nested(inner => {
    const numbers: number[] = [];
    const bytes: Buffer[] = [];
    while (!inner.done) {
      const tag = inner.unsigned();
      if ((tag & 7) === wireType.varint) numbers[tag >> 3] = inner.signed();
      else if ((tag & 7) === wireType.bytes) bytes[tag >> 3] = inner.bytes();
      else inner.skip(tag & 7);
    }
    return { numbers, bytes };
  });
}

function timestamp(reader: ProtobufReader): Timestamp | undefined {
  const { numbers } = smallMessage(reader);
  const timestamp = { seconds: numbers[1] ?? 0, nanos: numbers[2] ?? 0 };
  return numbers.length === 0 ? undefined : timestamp;
}

function json(reader: ProtobufReader): unknown {
  const { bytes } = smallMessage(reader);
  if (!bytes[1]?.length) return undefined;
  try {
    return JSON.parse(bytes[1].toString());
  } catch {
    throw new ProtobufError("proto: embedded JSON is malformed");
  }
}

const wellKnown: Record<
  "quantity" | "time" | "microTime" | "duration" | "intOrString" | "raw" | "fields",
  ValueReader
> = {
  quantity: reader => canonicalQuantity(smallMessage(reader).bytes[1]?.toString() || "0"),
  time: reader => {
    const time = timestamp(reader);
    return time ? formatTime(time.seconds * 1000) : "";
  },
  microTime: reader => {
    const time = timestamp(reader);
    return time ? microTimeOf(time) : "";
  },
  duration: reader => formatGoDuration((smallMessage(reader).numbers[1] ?? 0) / 1e6),
  intOrString: reader => {
    const { numbers, bytes } = smallMessage(reader);
    return numbers[1] === 1 ? (bytes[3]?.toString() ?? "") : (numbers[2] ?? 0);
  },
  raw: json,
  fields: json,
};

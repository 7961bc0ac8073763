import { Buffer } from "node:buffer";
import { canonicalQuantity, QuantityError } from "#wire/quantity.ts";
import { JsonNumber, plainNumbers, setOwn } from "#wire/strict-json.ts";
import { canonicalMicroTimeText, canonicalTimeText } from "#wire/timestamp.ts";
import type { Field, Schema, StructSchema } from "../schema.ts";
import { fillZeros, goTypeName, shortName, slotsOf, zeroOfElement } from "./layout.ts";

type Struct = StructSchema<unknown>;

/** What is found on the way through a value besides the object itself. */
export interface Findings {
  /** Keys visited, to be held against the keys scanned. */
  keys: number;
  readonly problems: Problem[];
}

/** Its path grows from the inside out, while the readers return: a correct value pays nothing for it. */
export interface Problem {
  readonly kind: "unknown" | "mismatch" | "malformed";
  /** With list indices: `spec.containers[0].image`. */
  path: string;
  /** Names of struct fields only, as Go's decoder keeps them: `spec.containers.image`. */
  fieldPath: string;
  /** The innermost struct. */
  struct: string;
  /** mismatch: `string into ... of type int32` in two parts; malformed: the message. */
  readonly found: string;
  readonly wanted: string;
}

/** Reads a parsed JSON value (never null); undefined means "as if unset". */
type Reader = (value: unknown, findings: Findings) => unknown;

export type StructReader = (value: object, findings: Findings) => Record<string, unknown>;

const structReaders = new WeakMap<Struct, StructReader>();

/** The reader of a struct, made on first use (so that types may contain themselves). */
export function structReaderOf(struct: Struct): StructReader {
  let reader = structReaders.get(struct);
  if (!reader) {
    reader = makeStructReader(struct);
    structReaders.set(struct, reader);
  }
  return reader;
}

function makeStructReader(struct: Struct): StructReader {
  const readers = new Map<string, Reader>();
  for (const { name, field } of slotsOf(struct)) readers.set(name, fieldReader(field));
  const name = shortName(struct);
  return (value, findings) => {
    const object: Record<string, unknown> = {};
    for (const key in value) {
      findings.keys++;
      const item = (value as Record<string, unknown>)[key];
      const read = readers.get(key);
      if (read === undefined) {
        findings.keys += countKeys(item);
        findings.problems.push(problem("unknown", "", "", key));
      } else if (item !== null) {
        const before = findings.problems.length;
        const decoded = read(item, findings);
        if (decoded !== undefined) object[key] = decoded;
        if (findings.problems.length > before) addField(findings.problems, before, name, key);
      }
    }
    fillZeros(struct, object);
    return object;
  };
}

function fieldReader(field: Field): Reader {
  const read = elementReader(field.schema);
  const keepsZero = field.pointer || !field.optional;
  if (keepsZero) return read;
  switch (field.schema.type) {
    case "list":
      return (value, findings) => {
        const list = read(value, findings) as readonly unknown[] | undefined;
        return list?.length === 0 ? undefined : list;
      };
    case "map":
      return (value, findings) => {
        const map = read(value, findings) as object | undefined;
        return map && isEmpty(map) ? undefined : map;
      };
    case "struct":
    case "quantity":
    case "intOrString":
    case "raw":
    case "fields":
      return read;
    default:
      return (value, findings) => read(value, findings) || undefined;
  }
}

function elementReader(schema: Schema): Reader {
  switch (schema.type) {
    case "struct":
      return nestedReader(schema);
    case "list":
      return listReader(schema);
    case "map":
      return mapReader(schema);
    case "int32":
    case "int64":
      return integerReader(schema);
    case "double":
      return (value, findings) =>
        value instanceof JsonNumber
          ? Number(value.text)
          : typeof value === "number"
            ? value
            : mismatch(value, schema, findings);
    case "boolean":
      return (value, findings) => (typeof value === "boolean" ? value : mismatch(value, schema, findings));
    case "quantity":
      return readQuantity;
    case "intOrString":
      return readIntOrString;
    case "time":
      return timeReader(canonicalTimeText, "2006-01-02T15:04:05Z07:00");
    case "microTime":
      return timeReader(canonicalMicroTimeText, "2006-01-02T15:04:05.000000Z07:00");
    case "bytes":
      return readBytes;
    case "raw":
    case "fields":
      return (value, findings) => {
        findings.keys += countKeys(value);
        return plainNumbers(value);
      };
    default:
      return (value, findings) => (typeof value === "string" ? value : mismatch(value, schema, findings));
  }
}

function nestedReader(struct: Struct): Reader {
  let read: StructReader | undefined;
  return (value, findings) => {
    if (typeof value !== "object" || Array.isArray(value) || value instanceof JsonNumber) {
      return mismatch(value, struct, findings);
    }
    read ??= structReaderOf(struct);
    return read(value!, findings);
  };
}

function listReader(schema: Schema & { type: "list" }): Reader {
  const read = elementReader(schema.items);
  const zero = zeroOfElement(schema.items, undefined);
  return (value, findings) => {
    if (!Array.isArray(value)) return mismatch(value, schema, findings);
    const list: unknown[] = [];
    for (let index = 0; index < value.length; index++) {
      const item = value[index];
      const before = findings.problems.length;
      list.push(item === null ? zero?.() : (read(item, findings) ?? zero?.()));
      if (findings.problems.length > before) addIndex(findings.problems, before, `[${index}]`);
    }
    return list;
  };
}

function mapReader(schema: Schema & { type: "map" }): Reader {
  const read = elementReader(schema.values);
  const zero = zeroOfElement(schema.values, undefined);
  return (value, findings) => {
    if (typeof value !== "object" || Array.isArray(value) || value instanceof JsonNumber) {
      return mismatch(value, schema, findings);
    }
    const map: Record<string, unknown> = {};
    for (const key in value) {
      findings.keys++;
      const item = (value as Record<string, unknown>)[key];
      const before = findings.problems.length;
      setOwn(map, key, item === null ? zero?.() : (read(item, findings) ?? zero?.()));
      if (findings.problems.length > before) addIndex(findings.problems, before, key);
    }
    return map;
  };
}

function integerReader(schema: Schema): Reader {
  const limit = schema.type === "int32" ? 2 ** 31 : 2 ** 63;
  return (value, findings) => {
    if (typeof value === "number" && Number.isInteger(value) && value < limit && value >= -limit) return value;
    if (value instanceof JsonNumber && /^-?\d+$/.test(value.text)) {
      const number = Number(value.text);
      if (number < limit && number >= -limit) return safeInteger(number);
    }
    return mismatch(value, schema, findings);
  };
}

/** Numbers that a double cannot hold exactly become the largest that it can. */
function safeInteger(value: number): number {
  return Math.max(Number.MIN_SAFE_INTEGER, Math.min(Number.MAX_SAFE_INTEGER, value)) + 0;
}

const readQuantity: Reader = (value, findings) => {
  const text = value instanceof JsonNumber ? value.text : typeof value === "number" ? String(value) : value;
  if (typeof text !== "string") return malformed(new QuantityError(quantityRule).message, findings);
  try {
    return canonicalQuantity(text.trim());
  } catch (error) {
    if (error instanceof QuantityError) return malformed(error.message, findings);
    throw error;
  }
};

const quantityRule = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";

const readInt32 = integerReader({ type: "int32" });

const readIntOrString: Reader = (value, findings) => (typeof value === "string" ? value : readInt32(value, findings));

function timeReader(canonical: (text: string) => string | undefined, layout: string): Reader {
  return (value, findings) => {
    if (typeof value !== "string") return mismatch(value, { type: "string" }, findings);
    if (value === "") return malformed(`parsing time "" as "${layout}": cannot parse "" as "2006"`, findings);
    const text = canonical(value);
    if (text !== undefined) return text;
    return malformed(
      `parsing time ${JSON.stringify(value)} as "${layout}": cannot parse ${JSON.stringify(value)} as "2006"`,
      findings,
    );
  };
}

const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

const readBytes: Reader = (value, findings) => {
  if (typeof value !== "string") return mismatch(value, { type: "bytes" }, findings);
  const text = value.replace(/[\r\n]/g, "");
  if (!base64.test(text)) return malformed(`illegal base64 data at input byte ${badByte(text)}`, findings);
  return text === value ? value : Buffer.from(text, "base64").toString("base64");
};

function badByte(text: string): number {
  const bad = text.search(/[^A-Za-z0-9+/]/);
  return bad >= 0 ? bad : Math.floor(text.length / 4) * 4;
}

// ---- problems ------------------------------------------------------------------------------------------------

function problem(kind: Problem["kind"], found: string, wanted: string, path = ""): Problem {
  return { kind, found, wanted, path, fieldPath: "", struct: "" };
}

function mismatch(value: unknown, schema: Schema, findings: Findings): undefined {
  findings.keys += countKeys(value);
  const isNumeric = schema.type === "int32" || schema.type === "int64";
  findings.problems.push(problem("mismatch", jsonKind(value, isNumeric), goTypeName(schema)));
  return undefined;
}

function malformed(message: string, findings: Findings): undefined {
  findings.problems.push(problem("malformed", message, ""));
  return undefined;
}

function jsonKind(value: unknown, withNumber: boolean): string {
  if (value instanceof JsonNumber) return withNumber ? `number ${value.text}` : "number";
  if (typeof value === "number") return withNumber ? `number ${value}` : "number";
  if (typeof value === "boolean") return "bool";
  return Array.isArray(value) ? "array" : typeof value;
}

function addField(problems: readonly Problem[], from: number, struct: string, name: string): void {
  for (let index = from; index < problems.length; index++) {
    const found = problems[index]!;
    found.path = joined(name, found.path);
    found.fieldPath = found.fieldPath === "" ? name : `${name}.${found.fieldPath}`;
    if (found.struct === "") found.struct = struct;
  }
}

function addIndex(problems: readonly Problem[], from: number, index: string): void {
  for (let at = from; at < problems.length; at++) problems[at]!.path = joined(index, problems[at]!.path);
}

function joined(outer: string, inner: string): string {
  return inner === "" || inner.startsWith("[") ? outer + inner : `${outer}.${inner}`;
}

/** The message of Go's decoder. */
export function problemText(found: Problem): string {
  if (found.kind === "unknown") return `unknown field "${found.path}"`;
  if (found.kind === "malformed") return found.found;
  if (found.fieldPath === "") return `json: cannot unmarshal ${found.found} into Go value of type ${found.wanted}`;
  return `json: cannot unmarshal ${found.found} into Go struct field ${found.struct}.${found.fieldPath} of type ${found.wanted}`;
}

function countKeys(value: unknown): number {
  if (typeof value !== "object" || value === null || value instanceof JsonNumber) return 0;
  let count = 0;
  if (Array.isArray(value)) for (const item of value) count += countKeys(item);
  else for (const key in value) count += 1 + countKeys((value as Record<string, unknown>)[key]);
  return count;
}

export function isEmpty(object: object): boolean {
  for (const _ in object) return false;
  return true;
}

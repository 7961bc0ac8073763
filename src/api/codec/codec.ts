import { Buffer } from "node:buffer";
import { ProtobufError, ProtobufReader, ProtobufWriter } from "#wire/protobuf.ts";
import { QuantityError } from "#wire/quantity.ts";
import { JsonSyntaxError, parseStrictJson, scanJson } from "#wire/strict-json.ts";
import { type Codec, type Decoded, DecodeError } from "../codec.ts";
import { apiVersionOf, type Mutable, type TypeDefinition } from "../resource.ts";
import { defaulterOf } from "./defaults.ts";
import { type Findings, problemText, structReaderOf } from "./json-decode.ts";
import { structWriterOf } from "./json-encode.ts";
import { readMessage } from "./protobuf-decode.ts";
import { messageWriterOf } from "./protobuf-encode.ts";

const codecs = new WeakMap<TypeDefinition<never>, Codec<never>>();

/** The codec of a definition, compiled on first use. */
export function codecOf<T>(definition: TypeDefinition<T>): Codec<T> {
  const key = definition as TypeDefinition<never>;
  let codec = codecs.get(key) as Codec<T> | undefined;
  if (!codec) {
    codec = makeCodec(definition);
    codecs.set(key, codec as Codec<never>);
  }
  return codec;
}

function makeCodec<T>(definition: TypeDefinition<T>): Codec<T> {
  const { struct } = definition;
  const typeMeta = { kind: definition.kind, apiVersion: apiVersionOf(definition) };
  const read = structReaderOf(struct);
  const write = structWriterOf(struct);
  const writeMessage = messageWriterOf(struct);
  const fillDefaults = defaulterOf(struct);
  const toValue = (object: T) => write(object as Record<string, unknown>);

  const decodeValue = (value: unknown, findings: Findings = { keys: 0, problems: [] }): Decoded<T> => {
    const { apiVersion, kind, rest } = splitTypeMeta(value, findings);
    const object = read(rest, findings) as T;
    return { object, apiVersion, kind, strictErrors: judge(findings) };
  };

  return {
    definition,
    decodeValue: value => decodeValue(value),
    decodeJson(bytes) {
      const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8");
      const scan = scanJson(bytes);
      if (scan.tooDeep) throw new DecodeError("exceeded max depth", "syntax");
      const findings: Findings = { keys: 0, problems: [] };
      const decoded = decodeValue(scan.oddNumbers ? strictValue(text) : parse(text), findings);
      if (findings.keys === scan.keys) return decoded;
      return { ...decoded, strictErrors: [...decoded.strictErrors, ...duplicateErrors(text)] };
    },
    decodeProtobuf(bytes) {
      try {
        return readMessage(struct, new ProtobufReader(bytes)) as T;
      } catch (error) {
        if (error instanceof ProtobufError || error instanceof QuantityError || error instanceof RangeError) {
          throw new DecodeError(error.message, "syntax");
        }
        throw error;
      }
    },
    encodeJson(object, options) {
      const value = toValue(object);
      return JSON.stringify(options?.typeMeta === false ? value : { ...typeMeta, ...value });
    },
    toValue: object => ({ ...typeMeta, ...toValue(object) }),
    encodeProtobuf(object) {
      const writer = new ProtobufWriter();
      writeMessage(writer, object as Record<string, unknown>);
      return writer.finish();
    },
    applyDefaults(object) {
      fillDefaults?.(object as Record<string, unknown>);
      definition.setDefaults?.(object as Mutable<T>);
    },
  };
}

interface TypeMeta {
  readonly apiVersion: string;
  readonly kind: string;
  readonly rest: object;
}

/** Takes apiVersion and kind off the outermost object. */
function splitTypeMeta(value: unknown, findings: Findings): TypeMeta {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    const kind = value === null ? "null" : Array.isArray(value) ? "array" : typeof value;
    throw new DecodeError(`json: cannot unmarshal ${kind} into Go value of type ${typeMetaGoType}`, "syntax");
  }
  const { apiVersion, kind, ...rest } = value as Record<string, unknown>;
  if (apiVersion !== undefined) findings.keys++;
  if (kind !== undefined) findings.keys++;
  return { apiVersion: typeMetaField(apiVersion, "apiVersion"), kind: typeMetaField(kind, "kind"), rest };
}

const typeMetaGoType =
  'struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }';

function typeMetaField(value: unknown, name: string): string {
  if (value === undefined || value === null) return "";
  if (typeof value === "string") return value;
  const kind = Array.isArray(value) ? "array" : typeof value === "boolean" ? "bool" : typeof value;
  throw new DecodeError(`json: cannot unmarshal ${kind} into Go struct field .${name} of type string`, "syntax");
}

/** The first wrong type ends it; unknown fields are only reported. */
function judge(findings: Findings): readonly string[] {
  if (findings.problems.length === 0) return none;
  const fatal = findings.problems.find(problem => problem.kind !== "unknown");
  if (fatal) throw new DecodeError(problemText(fatal));
  return findings.problems.map(problemText);
}

const none: readonly string[] = Object.freeze([]);

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return strictValue(text);
  }
}

function strictValue(text: string): unknown {
  try {
    return parseStrictJson(text).value;
  } catch (error) {
    if (error instanceof JsonSyntaxError) throw new DecodeError(error.message, "syntax");
    throw error;
  }
}

function duplicateErrors(text: string): string[] {
  return [...new Set(parseStrictJson(text).duplicates)].map(path => `duplicate field "${path}"`);
}

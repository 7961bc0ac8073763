/**
 * The language in which a kind says all that is known of each field. A schema is plain data; decoding, defaulting,
 * validation, protobuf, OpenAPI, merge keys and server-side-apply structure are derived from it elsewhere.
 *
 * Every field constructor takes the protobuf number first, then options. Values in memory:
 *
 * | schema | in memory | on the wire (JSON) |
 * |---|---|---|
 * | string, bytes (base64), quantity (canonical), time, microTime, duration | string | string |
 * | integer, double | number | number |
 * | intOrString | number or string | number or string |
 * | raw (any JSON), fields (FieldsV1) | the parsed value | as it is |
 * | struct, map | frozen plain object | object |
 * | list | frozen array | array |
 *
 * Presence. `optional` is Go's `omitempty`: the zero value is not written and, unless `pointer`, not kept. `pointer`
 * says that unset differs from the zero value. A struct field that is no pointer and not `omitZero` is always there
 * after decoding (`{}` when nothing was sent) and always written, as upstream writes `"status": {}`.
 */
export type Schema = ScalarSchema | StructSchema<unknown> | ListSchema | MapSchema;

export type ScalarKind =
  | "string"
  | "int32"
  | "int64"
  | "boolean"
  | "double"
  | "bytes"
  | "quantity"
  | "time"
  | "microTime"
  | "duration"
  | "intOrString"
  | "raw"
  | "fields";

export interface ScalarSchema {
  readonly type: ScalarKind;
}

export interface StructSchema<T> {
  readonly type: "struct";
  /** The OpenAPI name, `io.k8s.api.core.v1.Container`; its last part is the type's name. */
  readonly name: string;
  readonly doc?: string;
  readonly fields: Readonly<Record<string, Field>>;
  /** `atomic`: server-side apply replaces the struct as a whole. */
  readonly mapType?: "atomic";
  /** A union's discriminator and other facts that only server-side apply reads stay with the fields. */
  readonly [typeOf]?: T;
}

export interface ListSchema {
  readonly type: "list";
  readonly items: Schema;
  /** Named list types (ExtraValue, Verbs) are messages with `items = 1` on the protobuf wire. */
  readonly message?: true;
}

export interface MapSchema {
  readonly type: "map";
  readonly values: Schema;
}

declare const typeOf: unique symbol;

export interface FieldOptions {
  /** One sentence in our own words, for `kubectl explain` and OpenAPI. */
  readonly doc?: string;
  readonly optional?: boolean;
  readonly pointer?: boolean;
  /** A struct that is left out when it is empty (Go's `omitzero`). */
  readonly omitZero?: boolean;
  /** Used when the field is unset; structs' own defaults apply inside it. Objects are deep-copied. */
  readonly default?: unknown;
  /** Inclusive. */
  readonly minimum?: number;
  readonly maximum?: number;
  /** The closed set of values; others are answered with "Unsupported value". */
  readonly enum?: readonly string[];
  readonly format?: string;
  /** May not change after creation. */
  readonly immutable?: boolean;
  readonly featureGate?: string;
  readonly listType?: "atomic" | "set" | "map";
  readonly mapKeys?: readonly string[];
  readonly mapType?: "atomic" | "granular";
  /** Strategic merge patch. */
  readonly patchStrategy?: "merge" | "replace" | "merge,retainKeys" | "retainKeys" | "replace,retainKeys";
  readonly mergeKey?: string;
  /** The protobuf field's name where it differs from the JSON name. */
  readonly protobufName?: string;
}

export interface Field<T = unknown, Optional extends boolean = boolean, Inline extends boolean = boolean>
  extends FieldOptions {
  /** Protobuf number; 0: not on the protobuf wire. */
  readonly number: number;
  readonly schema: Schema;
  /** The fields of this struct belong to the outer JSON object (protobuf: a nested message when `number` > 0). */
  readonly inline?: true;
  readonly [valueType]?: T;
  readonly [optionality]?: Optional;
  readonly [inlining]?: Inline;
}

declare const valueType: unique symbol;
declare const optionality: unique symbol;
declare const inlining: unique symbol;

type Fields = Readonly<Record<string, Field>>;
type IsOptional<O> = O extends { optional: true } ? true : false;
type Scalar<T, O> = Field<T, IsOptional<O>, false>;

// ---- types ---------------------------------------------------------------------------------------------------

type ValueOf<F> = F extends Field<infer T, boolean, boolean> ? T : never;
type RequiredKeys<F> = { [K in keyof F]: F[K] extends Field<unknown, false, false> ? K : never }[keyof F];
type OptionalKeys<F> = { [K in keyof F]: F[K] extends Field<unknown, true, false> ? K : never }[keyof F];
type InlineKeys<F> = { [K in keyof F]: F[K] extends Field<unknown, boolean, true> ? K : never }[keyof F];
type Intersect<U> = (U extends unknown ? (value: U) => void : never) extends (value: infer I) => void ? I : never;
type InlineOf<F> = [InlineKeys<F>] extends [never] ? unknown : Intersect<ValueOf<F[InlineKeys<F>]>>;
type Flatten<T> = { readonly [K in keyof T]: T[K] };

/** The TypeScript type of a struct with these fields. */
export type StructOf<F> = Flatten<
  { readonly [K in RequiredKeys<F>]: ValueOf<F[K]> } & {
    readonly [K in OptionalKeys<F>]?: ValueOf<F[K]> | undefined;
  } & InlineOf<F>
>;

/** The TypeScript type that a struct schema describes: `export interface Probe extends TypeOf<typeof probe> {}`. */
export type TypeOf<S> = S extends StructSchema<infer T> ? T : never;

// ---- values --------------------------------------------------------------------------------------------------

/** A list's or map's element, or a named scalar. */
export type Element<T = unknown> = Schema & { readonly [elementType]?: T };
declare const elementType: unique symbol;

interface ScalarElement<T> extends ScalarSchema {
  readonly [elementType]?: T;
}

interface ListElement<T> extends ListSchema {
  readonly [elementType]?: T;
}

const scalar = <T>(type: ScalarKind): ScalarElement<T> => ({ type });

export const strings = scalar<string>("string");
export const int32s = scalar<number>("int32");
export const int64s = scalar<number>("int64");
export const booleans = scalar<boolean>("boolean");
export const byteStrings = scalar<string>("bytes");
export const quantities = scalar<string>("quantity");
export const raws = scalar<unknown>("raw");
export const times = scalar<string>("time");

type ElementValue<E> = E extends StructSchema<infer T> ? T : E extends { readonly [elementType]?: infer T } ? T : never;

/** A list that is itself an element: a map's values, or (with `message`) a named list type. */
export function listOf<E extends Element>(
  items: E,
  options?: { message: true },
): ListElement<readonly ElementValue<E>[]> {
  return { type: "list", items, ...options };
}

// ---- structs -------------------------------------------------------------------------------------------------

/** A struct type with its OpenAPI name. Order of fields is the order on the JSON wire. */
export function struct<const F extends Fields>(
  name: string,
  fields: F,
  options?: { doc?: string; mapType?: "atomic" },
): StructSchema<StructOf<F>> {
  return { type: "struct", name, fields, ...options };
}

// ---- fields --------------------------------------------------------------------------------------------------

function field<T, O extends FieldOptions>(number: number, schema: Schema, options: O | undefined): Scalar<T, O> {
  return { number, schema, ...options };
}

export const string = <const O extends FieldOptions = object>(number: number, options?: O): Scalar<string, O> =>
  field(number, strings, options);
export const int32 = <const O extends FieldOptions = object>(number: number, options?: O): Scalar<number, O> =>
  field(number, int32s, options);
export const int64 = <const O extends FieldOptions = object>(number: number, options?: O): Scalar<number, O> =>
  field(number, int64s, options);
export const boolean = <const O extends FieldOptions = object>(number: number, options?: O): Scalar<boolean, O> =>
  field(number, booleans, options);
export const double = <const O extends FieldOptions = object>(number: number, options?: O): Scalar<number, O> =>
  field(number, { type: "double" }, options);
export const bytes = <const O extends FieldOptions = object>(number: number, options?: O): Scalar<string, O> =>
  field(number, byteStrings, options);
export const quantity = <const O extends FieldOptions = object>(number: number, options?: O): Scalar<string, O> =>
  field(number, quantities, options);
export const time = <const O extends FieldOptions = object>(number: number, options?: O): Scalar<string, O> =>
  field(number, times, options);
export const microTime = <const O extends FieldOptions = object>(number: number, options?: O): Scalar<string, O> =>
  field(number, { type: "microTime" }, options);
export const duration = <const O extends FieldOptions = object>(number: number, options?: O): Scalar<string, O> =>
  field(number, { type: "duration" }, options);
export const intOrString = <const O extends FieldOptions = object>(
  number: number,
  options?: O,
): Scalar<number | string, O> => field(number, { type: "intOrString" }, options);
export const raw = <const O extends FieldOptions = object>(number: number, options?: O): Scalar<unknown, O> =>
  field(number, raws, options);
export const fieldsV1 = <const O extends FieldOptions = object>(
  number: number,
  options?: O,
): Scalar<Readonly<Record<string, unknown>>, O> => field(number, { type: "fields" }, options);

/** A string out of a closed set. */
export const oneOf = <const V extends string, const O extends FieldOptions = object>(
  number: number,
  values: readonly V[],
  options?: O,
): Scalar<V, O> => ({ ...field<V, O>(number, strings, options), enum: values });

/** A nested struct. */
export const message = <T, const O extends FieldOptions = object>(
  number: number,
  schema: StructSchema<T>,
  options?: O,
): Scalar<T, O> => field(number, schema as StructSchema<unknown>, options);

/** A struct whose fields stand in the outer JSON object. */
export const inline = <T, const O extends FieldOptions = object>(
  number: number,
  schema: StructSchema<T>,
  options?: O,
): Field<T, false, true> => ({ number, schema: schema as StructSchema<unknown>, inline: true, ...options });

export const list = <E extends Element, const O extends FieldOptions = object>(
  number: number,
  items: E,
  options?: O,
): Scalar<readonly ElementValue<E>[], O> => field(number, { type: "list", items }, options);

export const map = <E extends Element, const O extends FieldOptions = object>(
  number: number,
  values: E,
  options?: O,
): Scalar<Readonly<Record<string, ElementValue<E>>>, O> => field(number, { type: "map", values }, options);

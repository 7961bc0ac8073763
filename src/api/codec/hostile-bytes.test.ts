import fc from "fast-check";
import { expect, test } from "vitest";
import { DecodeError } from "../codec.ts";
import { resources } from "../list.ts";
import { codecOf } from "./codec.ts";

/** Whatever bytes come, a codec answers with an object or with a DecodeError: no other error, no hang. */

const encoder = new TextEncoder();

function decodesOrRefuses(decode: () => unknown): void {
  try {
    decode();
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
  }
}

const codecs = resources.map(definition => codecOf(definition as (typeof resources)[0]));
const anyCodec = fc.constantFrom(...codecs);

test("random bytes as protobuf", () => {
  fc.assert(
    fc.property(anyCodec, fc.uint8Array({ maxLength: 200 }), (codec, bytes) => {
      decodesOrRefuses(() => codec.decodeProtobuf(bytes));
    }),
    { numRuns: 5000 },
  );
});

/** Tags and lengths that fit together get past the first field. */
const message = fc.letrec<{ message: Uint8Array }>(tie => ({
  message: fc
    .array(
      fc.tuple(
        fc.integer({ min: 1, max: 40 }),
        fc.oneof(
          { maxDepth: 6 },
          fc.tuple(fc.constant(2), fc.uint8Array({ maxLength: 12 })),
          fc.tuple(fc.constant(2), tie("message")),
          fc.tuple(fc.constant(0), fc.uint8Array({ minLength: 1, maxLength: 11 })),
          fc.tuple(fc.constantFrom(1, 5, 3, 4, 6, 7), fc.uint8Array({ maxLength: 9 })),
        ),
      ),
      { maxLength: 6 },
    )
    .map(fields =>
      Buffer.concat(
        fields.map(([number, [wire, body]]) =>
          wire === 2
            ? Buffer.concat([tag(number, 2), Buffer.of(body.length & 0x7f), body])
            : Buffer.concat([tag(number, wire), body]),
        ),
      ),
    ),
})).message;

function tag(number: number, wire: number): Buffer {
  const value = (number << 3) | wire;
  return value < 128 ? Buffer.of(value) : Buffer.of((value & 0x7f) | 0x80, value >> 7);
}

test("well-formed nonsense as protobuf", () => {
  fc.assert(
    fc.property(anyCodec, message, (codec, bytes) => {
      decodesOrRefuses(() => {
        const object = codec.decodeProtobuf(bytes);
        codec.encodeJson(object);
        codec.encodeProtobuf(object);
      });
    }),
    { numRuns: 5000 },
  );
});

test("groups, endless varints and messages nested without end", () => {
  const nested = Buffer.concat(Array.from({ length: 20_000 }, () => Buffer.of(0x0a, 0x7f)));
  const attacks = [
    Buffer.alloc(1000, 0x0b),
    Buffer.alloc(1000, 0xff),
    Buffer.of(0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f),
    Buffer.of(0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f),
    nested,
  ];
  for (const codec of codecs) for (const bytes of attacks) decodesOrRefuses(() => codec.decodeProtobuf(bytes));
});

test("any JSON value as any kind", () => {
  const keys = fc.constantFrom("metadata", "name", "spec", "status", "data", "labels", "containers", "__proto__", "x");
  const value = fc.letrec<{ value: unknown }>(tie => ({
    value: fc.oneof(
      { maxDepth: 5 },
      fc.constantFrom(null, true, 0, -0, 1.5, "", "x", "2026-01-01T00:00:00Z", [], {}),
      fc.array(tie("value"), { maxLength: 3 }),
      fc.array(fc.tuple(keys, tie("value")), { maxLength: 4 }).map(Object.fromEntries),
    ),
  })).value;
  fc.assert(
    fc.property(anyCodec, value, (codec, tree) => {
      decodesOrRefuses(() => {
        const { object } = codec.decodeJson(encoder.encode(JSON.stringify(tree)));
        codec.applyDefaults(object);
        codec.encodeJson(object);
        codec.encodeProtobuf(object);
      });
    }),
    { numRuns: 5000 },
  );
  expect(Object.hasOwn(Object.prototype, "name")).toBe(false);
});

test("random text as JSON", () => {
  fc.assert(
    fc.property(
      anyCodec,
      fc.oneof(fc.string(), fc.json(), fc.string({ unit: fc.constantFrom(...'{}[]":,0e-\\u') })),
      (codec, text) => {
        decodesOrRefuses(() => codec.decodeJson(encoder.encode(text)));
      },
    ),
    { numRuns: 3000 },
  );
});

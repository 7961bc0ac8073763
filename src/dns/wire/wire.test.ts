import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeMessage } from "./decode.ts";
import { encodeMessage, encodeWithin } from "./encode.ts";
import { type Message, type RecordData, WireError } from "./message.ts";

const empty: Message = {
  id: 0x1234,
  isResponse: false,
  opcode: 0,
  authoritative: false,
  truncated: false,
  recursionDesired: true,
  recursionAvailable: false,
  responseCode: 0,
  questions: [],
  answers: [],
  authorities: [],
  additionals: [],
  edns: undefined,
};

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");

describe("messages", () => {
  test("a query for a.b, type A, as bytes", () => {
    const bytes = encodeMessage({ ...empty, questions: [{ name: "a.b", type: 1, class: 1 }] });
    expect(hex(bytes)).toBe("12340100000100000000000001610162000001" + "0001");
  });

  test("names are compressed", () => {
    const record = { name: "x.a.b", ttlSeconds: 5, data: { type: "A", address: "10.0.0.1" } } as const;
    const bytes = encodeMessage({ ...empty, questions: [{ name: "A.b", type: 1, class: 1 }], answers: [record] });
    // Label x, then a pointer to offset 12, where the question's name stands.
    expect(hex(bytes)).toContain("0178c00c00010001000000050004" + "0a000001");
  });

  test("rings of pointers and cut messages are refused", () => {
    const header = [0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0];
    expect(() => decodeMessage(Uint8Array.from([...header, 0xc0, 12, 0, 1, 0, 1]))).toThrow(WireError);
    expect(() => decodeMessage(Uint8Array.from([...header, 5, 97]))).toThrow(WireError);
    expect(() => decodeMessage(Uint8Array.from([1, 2, 3]))).toThrow(WireError);
  });

  const label = fc.stringMatching(/^[a-z0-9_-]{1,12}$/);
  const name = fc.array(label, { maxLength: 5 }).map(labels => labels.join("."));
  const uint16 = fc.integer({ min: 0, max: 65_535 });
  const data: fc.Arbitrary<RecordData> = fc.oneof(
    fc.record({ type: fc.constant("A" as const), address: fc.ipV4() }),
    fc.record({ type: fc.constantFrom("CNAME" as const, "PTR" as const, "NS" as const), target: name }),
    fc.record({ type: fc.constant("SRV" as const), priority: uint16, weight: uint16, port: uint16, target: name }),
    fc.record({
      type: fc.constant("TXT" as const),
      texts: fc.array(fc.stringMatching(/^[ -~]{0,40}$/), { maxLength: 3 }),
    }),
    fc.record({
      type: fc.constant("other" as const),
      number: fc.constant(99),
      bytes: fc.uint8Array({ maxLength: 30 }),
    }),
  );
  const record = fc.record({ name, ttlSeconds: fc.nat(100_000), data });

  test("what is written is read back", () => {
    fc.assert(
      fc.property(
        name,
        fc.array(record, { maxLength: 6 }),
        fc.option(uint16, { nil: undefined }),
        (question, all, size) => {
          const message: Message = {
            ...empty,
            questions: [{ name: question, type: 1, class: 1 }],
            answers: all.slice(0, 3),
            additionals: all.slice(3),
            edns: size === undefined ? undefined : { udpSize: size },
          };
          expect(decodeMessage(encodeMessage(message))).toEqual(message);
        },
      ),
    );
  });

  test("any bytes are read or refused, never anything else", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), bytes => {
        try {
          encodeMessage(decodeMessage(bytes));
        } catch (error) {
          expect(error).toBeInstanceOf(WireError);
        }
      }),
      { numRuns: 500 },
    );
  });

  test("what does not fit is cut and says so", () => {
    const answers = Array.from({ length: 100 }, (_, i) => ({
      name: "web.shop.svc.cluster.local",
      ttlSeconds: 30,
      data: { type: "A" as const, address: `10.0.0.${i}` },
    }));
    const bytes = encodeWithin({ ...empty, questions: [{ name: answers[0]!.name, type: 1, class: 1 }], answers }, 512);
    const read = decodeMessage(bytes);
    expect(bytes.length).toBeLessThanOrEqual(512);
    expect(read.truncated).toBe(true);
    // 12 bytes of header, 32 of the question, 16 for each answer.
    expect(read.answers).toHaveLength(29);
  });
});

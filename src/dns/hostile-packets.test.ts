import fc from "fast-check";
import { expect, test } from "vitest";
import { decodeMessage } from "./wire/decode.ts";
import { WireError } from "./wire/message.ts";

function decodesOrRefuses(bytes: Uint8Array): void {
  try {
    decodeMessage(bytes);
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
  }
}

test("any bytes are a message or a WireError", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 600 }), decodesOrRefuses), { numRuns: 3000 });
  const header = (questions: number, answers: number) => [0, 1, 1, 0, 0, questions, 0, answers, 0, 0, 0, 1];
  const body = fc.uint8Array({ maxLength: 80 });
  fc.assert(
    fc.property(fc.nat(3), fc.nat(3), body, (questions, answers, rest) =>
      decodesOrRefuses(Uint8Array.of(...header(questions, answers), ...rest)),
    ),
    { numRuns: 5000 },
  );
});

test("names that point at themselves or at each other end", () => {
  const query = (name: number[]) => Uint8Array.of(0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, ...name, 0, 1, 0, 1);
  for (const name of [[0xc0, 12], [0xc0, 14, 0xc0, 12], [1, 97, 0xc0, 12], [0xff, 0xff], [63], [0x40, 0], [0xc0]]) {
    expect(() => decodeMessage(query(name))).toThrow(WireError);
  }
  const counts = Uint8Array.of(0, 1, 1, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0, 1, 0, 1);
  expect(() => decodeMessage(counts)).toThrow(WireError);
});

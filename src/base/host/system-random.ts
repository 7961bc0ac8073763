import { randomBytes } from "node:crypto";
import type { Random } from "../random.ts";

const poolBytes = 4096;

/** The machine's randomness, drawn in large pieces. */
export function systemRandom(): Random {
  let pool = randomBytes(poolBytes);
  let at = 0;
  const bytes = (length: number) => {
    if (length > poolBytes) return new Uint8Array(randomBytes(length));
    if (at + length > poolBytes) {
      pool = randomBytes(poolBytes);
      at = 0;
    }
    at += length;
    return new Uint8Array(pool.subarray(at - length, at));
  };
  return {
    bytes,
    float: () => {
      const b = bytes(6);
      let value = 0;
      for (const byte of b) value = value * 256 + byte;
      return value / 2 ** 48;
    },
  };
}

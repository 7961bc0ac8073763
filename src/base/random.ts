import { Buffer } from "node:buffer";

/** Randomness as an argument: real, or from a seed. */
export interface Random {
  /** Uniform in [0, 1). */
  float(): number;
  /** `length` random bytes. */
  bytes(length: number): Uint8Array;
}

/** A whole number in [0, limit). */
export function randomInteger(random: Random, limit: number): number {
  return Math.floor(random.float() * limit);
}

const hexDigits = Buffer.from("0123456789abcdef");
const hyphen = 0x2d;
/** Byte offsets of a UUID before which a hyphen stands. */
const uuidHyphens: readonly number[] = [4, 6, 8, 10];

/** An RFC 4122 version 4 UUID, as Kubernetes gives every object's uid. */
export function randomUuid(random: Random): string {
  const bytes = random.bytes(16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x40;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const text = Buffer.allocUnsafe(36);
  let at = 0;
  for (let i = 0; i < bytes.length; i++) {
    if (uuidHyphens.includes(i)) text[at++] = hyphen;
    text[at++] = hexDigits[bytes[i]! >> 4]!;
    text[at++] = hexDigits[bytes[i]! & 0x0f]!;
  }
  return text.toString("latin1");
}

/** Letters and digits that form no words and are not mistaken for one another: Kubernetes' name suffixes use only these. */
export const safeAlphabet = "bcdfghjklmnpqrstvwxz2456789";

/** A suffix as `generateName` appends it: `length` characters of {@link safeAlphabet}. */
export function randomSuffix(random: Random, length = 5): string {
  let text = "";
  for (let i = 0; i < length; i++) text += safeAlphabet[randomInteger(random, safeAlphabet.length)];
  return text;
}

/** A repeatable source: the same seed gives the same sequence (xoshiro128**). */
export function seededRandom(seed: number): Random {
  let s = seed >>> 0;
  const splitmix = () => {
    s = (s + 0x9e3779b9) >>> 0;
    let z = s;
    z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
    z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
    return (z ^ (z >>> 16)) >>> 0;
  };
  let [a, b, c, d] = [splitmix(), splitmix(), splitmix(), splitmix()];
  const next = () => {
    const result = Math.imul(rotate(Math.imul(b, 5), 7), 9) >>> 0;
    const t = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= t;
    d = rotate(d, 11);
    return result;
  };
  return {
    float: () => next() / 0x1_0000_0000,
    bytes: length => Uint8Array.from({ length }, () => next() & 0xff),
  };
}

function rotate(x: number, k: number): number {
  return (x << k) | (x >>> (32 - k));
}

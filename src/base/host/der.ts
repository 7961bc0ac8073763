/** Writes ASN.1 in DER: the little of it that certificates are made of (X.690). */

type Part = Uint8Array;

export const sequence = (...parts: readonly Part[]): Part => element(0x30, ...parts);
export const set = (...parts: readonly Part[]): Part => element(0x31, ...parts);
/** `[number]` around whole elements. */
export const tagged = (number: number, ...parts: readonly Part[]): Part => element(0xa0 | number, ...parts);
/** `[number]` in place of a string's own tag. */
export const implicit = (number: number, content: Part): Part => element(0x80 | number, content);
export const octets = (content: Part): Part => element(0x04, content);
export const text = (value: string): Part => element(0x0c, Buffer.from(value));
export const boolean = (value: boolean): Part => element(0x01, Uint8Array.of(value ? 0xff : 0));
/** A positive number, big-endian; its first bit must be clear and its first byte not 0 (but for 0 itself). */
export const integer = (bytes: Part): Part => element(0x02, bytes);
export const bits = (content: Part, unused = 0): Part => element(0x03, Uint8Array.of(unused), content);

/** Named bits, most significant first, without trailing zeros: bit 0 is the value's first. */
export function namedBits(numbers: readonly number[]): Part {
  const highest = Math.max(...numbers);
  const bytes = new Uint8Array((highest >> 3) + 1);
  for (const number of numbers) bytes[number >> 3]! |= 0x80 >> (number & 7);
  return bits(bytes, 7 - (highest & 7));
}

/** `1.2.840.10045.4.3.2`. */
export function oid(dotted: string): Part {
  const [first, second, ...rest] = dotted.split(".").map(Number) as [number, number, ...number[]];
  return element(0x06, Uint8Array.from([first * 40 + second, ...rest].flatMap(base128)));
}

/** As RFC 5280 has it: two digits of the year until 2049, four after that. */
export function time(date: Date): Part {
  const digits = `${date.toISOString().slice(0, 19).replace(/[-:T]/g, "")}Z`;
  return date.getUTCFullYear() < 2050
    ? element(0x17, Buffer.from(digits.slice(2)))
    : element(0x18, Buffer.from(digits));
}

/** The elements directly inside a constructed one, each with its header. */
export function children(constructed: Part): readonly Part[] {
  const found: Part[] = [];
  const content = contentOf(constructed);
  for (let at = 0; at < content.length; ) {
    const { header, length } = lengthOf(content, at);
    found.push(content.subarray(at, at + header + length));
    at += header + length;
  }
  return found;
}

export function contentOf(part: Part): Part {
  const { header, length } = lengthOf(part, 0);
  return part.subarray(header, header + length);
}

function lengthOf(bytes: Part, at: number): { header: number; length: number } {
  const first = bytes[at + 1]!;
  if (first < 0x80) return { header: 2, length: first };
  const count = first & 0x7f;
  let length = 0;
  for (let i = 0; i < count; i++) length = length * 256 + bytes[at + 2 + i]!;
  return { header: 2 + count, length };
}

function element(tag: number, ...parts: readonly Part[]): Part {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  return Buffer.concat([Uint8Array.of(tag, ...lengthBytes(length)), ...parts]);
}

function lengthBytes(length: number): readonly number[] {
  if (length < 0x80) return [length];
  const bytes: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest & 0xff);
  return [0x80 | bytes.length, ...bytes];
}

function base128(value: number): readonly number[] {
  const bytes = [value & 0x7f];
  for (let rest = Math.floor(value / 128); rest > 0; rest = Math.floor(rest / 128)) bytes.unshift(0x80 | (rest & 0x7f));
  return bytes;
}

/**
 * Strict JSON for the price of a byte scan. `JSON.parse` is fast but drops duplicate keys and rewrites numbers
 * silently; {@link scanJson} says cheaply whether that may have happened, and only then {@link parseStrictJson}, which
 * is slower, has to look. Syntax errors are worded as Go words them, since clients see them.
 */

export interface JsonScan {
  /** Keys of all objects together: a reader that visited fewer has lost a duplicate. */
  readonly keys: number;
  /** Some number may not survive JSON.parse as written: a fraction, an exponent, minus zero, more than 15 digits. */
  readonly oddNumbers: boolean;
  readonly tooDeep: boolean;
}

/** A number as it was written, where that matters. */
export class JsonNumber {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

export class JsonSyntaxError extends Error {
  override readonly name = "JsonSyntaxError";
}

export interface StrictJson {
  /** Odd numbers are {@link JsonNumber}s; of duplicate keys the last counts. */
  readonly value: unknown;
  /** `spec.ports[0].name`, in the order found. */
  readonly duplicates: readonly string[];
}

const maxDepth = 1000;
const quote = 0x22;
const backslash = 0x5c;
/** From here on the native search is faster than a loop. */
const shortString = 24;

export function scanJson(bytes: Uint8Array): JsonScan {
  const length = bytes.length;
  let keys = 0;
  let oddNumbers = false;
  let depth = 0;
  let deepest = 0;
  for (let index = 0; index < length; index++) {
    const byte = bytes[index]!;
    if (byte === quote) index = endOfString(bytes, index + 1);
    else if (byte === 0x3a) keys++;
    else if (byte === 0x7b || byte === 0x5b) deepest = Math.max(deepest, ++depth);
    else if (byte === 0x7d || byte === 0x5d) depth--;
    else if (byte === 0x2d || (byte >= 0x30 && byte <= 0x39)) {
      const end = endOfNumber(bytes, index);
      oddNumbers ||= isOdd(bytes, index, end);
      index = end - 1;
    }
  }
  return { keys, oddNumbers, tooDeep: deepest > maxDepth };
}

/** The index of the closing quote, or the length when there is none. */
function endOfString(bytes: Uint8Array, start: number): number {
  const limit = Math.min(start + shortString, bytes.length);
  let index = start;
  for (; index < limit; index++) {
    const byte = bytes[index];
    if (byte === quote) return index;
    if (byte === backslash) index++;
  }
  for (;;) {
    const end = bytes.indexOf(quote, index);
    if (end < 0) return bytes.length;
    if (!isEscaped(bytes, end, index)) return end;
    index = end + 1;
  }
}

function isEscaped(bytes: Uint8Array, at: number, start: number): boolean {
  let count = 0;
  while (at - count > start && bytes[at - count - 1] === backslash) count++;
  return count % 2 === 1;
}

function endOfNumber(bytes: Uint8Array, start: number): number {
  let index = start + 1;
  while (index < bytes.length && isNumberByte(bytes[index]!)) index++;
  return index;
}

function isNumberByte(byte: number): boolean {
  return (
    (byte >= 0x30 && byte <= 0x39) || byte === 0x2e || byte === 0x65 || byte === 0x45 || byte === 0x2b || byte === 0x2d
  );
}

function isOdd(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start > 15 || (bytes[start] === 0x2d && bytes[start + 1] === 0x30)) return true;
  for (let index = start + 1; index < end; index++) if (bytes[index]! < 0x30 || bytes[index]! > 0x39) return true;
  return false;
}

/** Throws {@link JsonSyntaxError}. */
export function parseStrictJson(text: string): StrictJson {
  const parser = new StrictParser(text);
  const value = parser.document();
  return { value, duplicates: parser.duplicates };
}

/** Replaces the {@link JsonNumber}s inside a free-form value by plain numbers. */
export function plainNumbers(value: unknown): unknown {
  if (value instanceof JsonNumber) return Number(value.text);
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(plainNumbers);
  const plain: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value)) setOwn(plain, key, plainNumbers(item));
  return plain;
}

/** Sets a key that came from outside: `__proto__` is a key like any other. */
export function setOwn(object: Record<string, unknown>, key: string, value: unknown): void {
  if (key === "__proto__") {
    Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
  } else object[key] = value;
}

class StrictParser {
  readonly duplicates: string[] = [];
  private readonly text: string;
  private position = 0;
  private readonly path: (string | number)[] = [];

  constructor(text: string) {
    this.text = text;
  }

  document(): unknown {
    const value = this.value();
    this.space();
    if (this.position < this.text.length) throw this.invalid("after top-level value");
    return value;
  }

  private value(): unknown {
    this.space();
    const character = this.text[this.position];
    switch (character) {
      case "{":
        return this.object();
      case "[":
        return this.array();
      case '"':
        return this.string();
      case "t":
        return this.literal("true", true);
      case "f":
        return this.literal("false", false);
      case "n":
        return this.literal("null", null);
      default:
        if (character !== undefined && /[-0-9]/.test(character)) return this.number();
        throw this.invalid("looking for beginning of value");
    }
  }

  private object(): Record<string, unknown> {
    const object: Record<string, unknown> = {};
    this.enter();
    if (this.skip("}")) return object;
    for (;;) {
      this.space();
      if (this.text[this.position] !== '"') throw this.invalid("looking for beginning of object key string");
      const key = this.string();
      if (!this.skip(":")) throw this.invalid("after object key");
      this.path.push(key);
      if (Object.hasOwn(object, key)) this.duplicates.push(pathText(this.path));
      setOwn(object, key, this.value());
      this.path.pop();
      if (this.skip("}")) return object;
      if (!this.skip(",")) throw this.invalid("after object key:value pair");
    }
  }

  private array(): unknown[] {
    const array: unknown[] = [];
    this.enter();
    if (this.skip("]")) return array;
    for (;;) {
      this.path.push(array.length);
      array.push(this.value());
      this.path.pop();
      if (this.skip("]")) return array;
      if (!this.skip(",")) throw this.invalid("after array element");
    }
  }

  private enter(): void {
    this.position++;
    if (this.path.length >= maxDepth) throw new JsonSyntaxError("exceeded max depth");
  }

  private string(): string {
    const start = this.position++;
    for (;;) {
      const code = this.text.charCodeAt(this.position);
      if (code === quote) break;
      if (Number.isNaN(code) || code < 0x20) throw this.invalid("in string literal");
      if (code === backslash) this.escape();
      else this.position++;
    }
    this.position++;
    return JSON.parse(this.text.slice(start, this.position)) as string;
  }

  private escape(): void {
    this.position++;
    const character = this.text[this.position] ?? "";
    if (character === "" || !'"\\/bfnrtu'.includes(character)) throw this.invalid("in string escape code");
    this.position++;
    if (character !== "u") return;
    for (let count = 0; count < 4; count++, this.position++) {
      if (!/[0-9a-fA-F]/.test(this.text[this.position] ?? "")) {
        throw this.invalid("in \\u hexadecimal character escape");
      }
    }
  }

  private number(): number | JsonNumber {
    const start = this.position;
    if (this.text[this.position] === "-") this.position++;
    if (this.text[this.position] === "0") this.position++;
    else this.digits("in numeric literal");
    if (this.text[this.position] === ".") {
      this.position++;
      this.digits("after decimal point in numeric literal");
    }
    if (/[eE]/.test(this.text[this.position] ?? "")) {
      this.position++;
      if (/[+-]/.test(this.text[this.position] ?? "")) this.position++;
      this.digits("in exponent of numeric literal");
    }
    const text = this.text.slice(start, this.position);
    return /^(0|-?[1-9]\d*)$/.test(text) && text.length <= 15 ? Number(text) : new JsonNumber(text);
  }

  private digits(where: string): void {
    if (!/[0-9]/.test(this.text[this.position] ?? "")) throw this.invalid(where);
    while (/[0-9]/.test(this.text[this.position] ?? "")) this.position++;
  }

  private literal<T>(word: string, value: T): T {
    for (const expected of word) {
      if (this.text[this.position] !== expected) {
        throw this.invalid(`in literal ${word} (expecting '${expected}')`);
      }
      this.position++;
    }
    return value;
  }

  private space(): void {
    for (;;) {
      const code = this.text.charCodeAt(this.position);
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return;
      this.position++;
    }
  }

  private skip(character: string): boolean {
    this.space();
    if (this.text[this.position] !== character) return false;
    this.position++;
    return true;
  }

  private invalid(where: string): JsonSyntaxError {
    const code = this.text.codePointAt(this.position);
    if (code === undefined) return new JsonSyntaxError("unexpected end of JSON input");
    return new JsonSyntaxError(`invalid character ${quotedCharacter(String.fromCodePoint(code))} ${where}`);
  }
}

function quotedCharacter(character: string): string {
  if (character === "'") return "'\\''";
  if (character === '"') return "'\"'";
  return `'${JSON.stringify(character).slice(1, -1)}'`;
}

function pathText(path: readonly (string | number)[]): string {
  let text = "";
  for (const part of path) text += typeof part === "number" ? `[${part}]` : text === "" ? part : `.${part}`;
  return text;
}

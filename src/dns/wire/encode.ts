import {
  internetClass,
  type Message,
  type RecordData,
  type ResourceRecord,
  recordTypes,
  typeNumber,
  WireError,
} from "./message.ts";
import { labelsOf } from "./name.ts";

const maxMessageBytes = 65_535;
/** What a compression pointer can reach. */
const maxPointer = 0x3fff;

/** Writes a message, names compressed. */
export function encodeMessage(message: Message): Uint8Array {
  const writer = new Writer();
  writer.uint16(message.id, flagsOf(message));
  const { questions, answers, authorities, additionals, edns } = message;
  writer.uint16(questions.length, answers.length, authorities.length, additionals.length + (edns ? 1 : 0));
  for (const question of questions) {
    writer.name(question.name);
    writer.uint16(question.type, question.class);
  }
  for (const record of [...answers, ...authorities, ...additionals]) writeRecord(writer, record);
  if (edns !== undefined) {
    writer.name("");
    writer.uint16(recordTypes.OPT, edns.udpSize);
    writer.uint32(0);
    writer.uint16(0);
  }
  return writer.finish();
}

/**
 * A message that fits into `limitBytes`: additional records go first, then answers from the end, and the message says
 * that it was truncated, so that the client asks again by TCP.
 */
export function encodeWithin(message: Message, limitBytes: number): Uint8Array {
  const whole = encodeMessage(message);
  if (whole.length <= limitBytes) return whole;
  const lean = { ...message, additionals: [] };
  const withoutAdditionals = encodeMessage(lean);
  if (withoutAdditionals.length <= limitBytes) return withoutAdditionals;
  const fits = (count: number) => {
    const bytes = encodeMessage({ ...lean, truncated: true, answers: message.answers.slice(0, count) });
    return bytes.length <= limitBytes ? bytes : undefined;
  };
  let [low, high] = [0, message.answers.length];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (fits(middle) !== undefined) low = middle;
    else high = middle - 1;
  }
  return fits(low) ?? encodeMessage({ ...lean, truncated: true, answers: [], authorities: [] });
}

function flagsOf(message: Message): number {
  return (
    (message.isResponse ? 0x8000 : 0) |
    (message.opcode << 11) |
    (message.authoritative ? 0x400 : 0) |
    (message.truncated ? 0x200 : 0) |
    (message.recursionDesired ? 0x100 : 0) |
    (message.recursionAvailable ? 0x80 : 0) |
    message.responseCode
  );
}

function writeRecord(writer: Writer, { name, ttlSeconds, data }: ResourceRecord): void {
  writer.name(name);
  writer.uint16(typeNumber(data), internetClass);
  writer.uint32(ttlSeconds);
  writer.sized(() => writeData(writer, data));
}

function writeData(writer: Writer, data: RecordData): void {
  switch (data.type) {
    case "A":
      return writer.bytes(data.address.split(".").map(Number));
    case "AAAA":
      return writer.uint16(...addressGroups(data.address));
    case "CNAME":
    case "PTR":
    case "NS":
      return writer.name(data.target);
    case "SRV":
      writer.uint16(data.priority, data.weight, data.port);
      return writer.name(data.target, false); // RFC 2782: not compressed.
    case "TXT":
      for (const text of data.texts) writer.bytes([text.length, ...Array.from(text, letter => letter.charCodeAt(0))]);
      return;
    case "SOA":
      writer.name(data.primary);
      writer.name(data.mailbox);
      return writer.uint32(data.serial, data.refresh, data.retry, data.expire, data.minimum);
    case "other":
      return writer.bytes(data.bytes);
  }
}

/** The eight groups of an IPv6 address, `::` filled up. */
function addressGroups(address: string): number[] {
  const [head = "", tail] = address.split("::");
  const groups = (text: string) => (text === "" ? [] : text.split(":").map(group => Number.parseInt(group, 16)));
  if (tail === undefined) return groups(head);
  const [first, last] = [groups(head), groups(tail)];
  return [...first, ...new Array<number>(8 - first.length - last.length).fill(0), ...last];
}

class Writer {
  readonly #bytes: number[] = [];
  /** Where a name (lower case) or the end of one was written. */
  readonly #names = new Map<string, number>();

  uint16(...values: readonly number[]): void {
    for (const value of values) this.#bytes.push((value >> 8) & 0xff, value & 0xff);
  }

  uint32(...values: readonly number[]): void {
    for (const value of values) this.uint16(value >>> 16, value & 0xffff);
  }

  bytes(values: Iterable<number>): void {
    for (const value of values) this.#bytes.push(value & 0xff);
  }

  name(name: string, compress = true): void {
    const labels = labelsOf(name);
    for (let i = 0; i < labels.length; i++) {
      const rest = labels
        .slice(i)
        .map(label => String.fromCharCode(...label))
        .join("\0")
        .toLowerCase();
      const known = compress ? this.#names.get(rest) : undefined;
      if (known !== undefined) return this.uint16(0xc000 | known);
      if (this.#bytes.length <= maxPointer && !this.#names.has(rest)) this.#names.set(rest, this.#bytes.length);
      this.bytes([labels[i]!.length, ...labels[i]!]);
    }
    this.#bytes.push(0);
  }

  /** Two bytes of length, then what `write` writes. */
  sized(write: () => void): void {
    const at = this.#bytes.length;
    this.uint16(0);
    write();
    const length = this.#bytes.length - at - 2;
    this.#bytes[at] = length >> 8;
    this.#bytes[at + 1] = length & 0xff;
  }

  finish(): Uint8Array {
    if (this.#bytes.length > maxMessageBytes) throw new WireError("message too long");
    return Uint8Array.from(this.#bytes);
  }
}

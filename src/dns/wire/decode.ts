import {
  type Message,
  type Question,
  type RecordData,
  type ResourceRecord,
  recordTypes,
  WireError,
} from "./message.ts";
import { readName } from "./name.ts";

const headerBytes = 12;

/** Reads a message. Throws {@link WireError} for anything that is none. */
export function decodeMessage(bytes: Uint8Array): Message {
  if (bytes.length < headerBytes) throw new WireError("shorter than a header");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const flags = view.getUint16(2);
  const reader = new Reader(bytes, view);
  const questions = times(view.getUint16(4), () => reader.question());
  const answers = times(view.getUint16(6), () => reader.record()).filter(isRecord);
  const authorities = times(view.getUint16(8), () => reader.record()).filter(isRecord);
  const additionals = times(view.getUint16(10), () => reader.record());
  return {
    id: view.getUint16(0),
    isResponse: (flags & 0x8000) !== 0,
    opcode: (flags >> 11) & 0xf,
    authoritative: (flags & 0x400) !== 0,
    truncated: (flags & 0x200) !== 0,
    recursionDesired: (flags & 0x100) !== 0,
    recursionAvailable: (flags & 0x80) !== 0,
    responseCode: flags & 0xf,
    questions,
    answers,
    authorities,
    additionals: additionals.filter(isRecord),
    edns: additionals.find(isEdns),
  };
}

interface Edns {
  readonly udpSize: number;
}

const isEdns = (entry: ResourceRecord | Edns): entry is Edns => "udpSize" in entry;
const isRecord = (entry: ResourceRecord | Edns): entry is ResourceRecord => !isEdns(entry);

class Reader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #offset = headerBytes;

  constructor(bytes: Uint8Array, view: DataView) {
    this.#bytes = bytes;
    this.#view = view;
  }

  question(): Question {
    const name = this.#name();
    return { name, type: this.#uint16(), class: this.#uint16() };
  }

  record(): ResourceRecord | Edns {
    const name = this.#name();
    const type = this.#uint16();
    const recordClass = this.#uint16();
    const ttlSeconds = this.#uint32();
    const length = this.#uint16();
    const end = this.#offset + length;
    if (end > this.#bytes.length) throw new WireError("message ends inside a record");
    const data = type === recordTypes.OPT ? undefined : this.#data(type, end);
    this.#offset = end;
    return data === undefined ? { udpSize: recordClass } : { name, ttlSeconds, data };
  }

  #data(type: number, end: number): RecordData {
    const length = end - this.#offset;
    switch (type) {
      case recordTypes.A:
        if (length === 4) return { type: "A", address: this.#take(4).join(".") };
        break;
      case recordTypes.AAAA:
        if (length === 16) return { type: "AAAA", address: groupsOf(this.#take(16)) };
        break;
      case recordTypes.CNAME:
        return { type: "CNAME", target: this.#name() };
      case recordTypes.PTR:
        return { type: "PTR", target: this.#name() };
      case recordTypes.NS:
        return { type: "NS", target: this.#name() };
      case recordTypes.SRV:
        return {
          type: "SRV",
          priority: this.#uint16(),
          weight: this.#uint16(),
          port: this.#uint16(),
          target: this.#name(),
        };
      case recordTypes.TXT:
        return { type: "TXT", texts: this.#texts(end) };
      case recordTypes.SOA:
        return this.#authority();
    }
    return { type: "other", number: type, bytes: this.#bytes.slice(this.#offset, end) };
  }

  #authority(): RecordData {
    return {
      type: "SOA",
      primary: this.#name(),
      mailbox: this.#name(),
      serial: this.#uint32(),
      refresh: this.#uint32(),
      retry: this.#uint32(),
      expire: this.#uint32(),
      minimum: this.#uint32(),
    };
  }

  #texts(end: number): string[] {
    const texts: string[] = [];
    while (this.#offset < end) {
      const length = this.#take(1)[0]!;
      texts.push(String.fromCharCode(...this.#take(length)));
    }
    return texts;
  }

  #name(): string {
    const { name, next } = readName(this.#bytes, this.#offset);
    this.#offset = next;
    return name;
  }

  #uint16(): number {
    const [high, low] = this.#take(2);
    return (high! << 8) | low!;
  }

  #uint32(): number {
    const at = this.#offset;
    this.#take(4);
    return this.#view.getUint32(at);
  }

  #take(count: number): Uint8Array {
    const end = this.#offset + count;
    if (end > this.#bytes.length) throw new WireError("message too short");
    const taken = this.#bytes.subarray(this.#offset, end);
    this.#offset = end;
    return taken;
  }
}

function times<T>(count: number, read: () => T): T[] {
  const all: T[] = [];
  for (let i = 0; i < count; i++) all.push(read());
  return all;
}

function groupsOf(bytes: Uint8Array): string {
  const groups: string[] = [];
  for (let i = 0; i < bytes.length; i += 2) groups.push(((bytes[i]! << 8) | bytes[i + 1]!).toString(16));
  return groups.join(":");
}

import type { Clock } from "#base/clock.ts";
import type { Log } from "#base/log.ts";
import { answer, emptyResponse, responseTo } from "./answer.ts";
import { ForwardCache } from "./forward-cache.ts";
import { decodeMessage } from "./wire/decode.ts";
import { encodeMessage, encodeWithin } from "./wire/encode.ts";
import {
  internetClass,
  type Message,
  type ResourceRecord,
  recordTypes,
  responseCodes,
  WireError,
} from "./wire/message.ts";
import type { Zone } from "./zone.ts";

/** Asks a name server outside of the cluster: a whole message for a whole message. */
export type Forward = (query: Uint8Array) => Promise<Uint8Array>;

export interface QueryHandlerDeps {
  readonly zone: Zone;
  readonly clock: Clock;
  readonly log: Log;
  /** Absent: names outside of the cluster are refused. */
  readonly forward?: Forward | undefined;
}

const plainUdpBytes = 512;
const maxUdpBytes = 4096;
const tcpBytes = 65_535;

/** From the bytes of a query to the bytes of its answer; undefined: no answer, as it was no query. */
export class QueryHandler {
  readonly #deps: QueryHandlerDeps;
  readonly #cache: ForwardCache;

  constructor(deps: QueryHandlerDeps) {
    this.#deps = deps;
    this.#cache = new ForwardCache(deps.clock);
  }

  async handle(bytes: Uint8Array, protocol: "udp" | "tcp"): Promise<Uint8Array | undefined> {
    const query = decodeQuery(bytes);
    if (query === undefined) return undefined;
    if (query === "malformed") return malformedResponse(bytes);
    const limit = protocol === "tcp" ? tcpBytes : udpLimit(query);
    try {
      return await this.#answer(query, bytes, limit);
    } catch (error) {
      this.#deps.log.warn("a name could not be resolved", { name: query.questions[0]?.name, error });
      return encodeMessage(emptyResponse(query, responseCodes.serverFailure));
    }
  }

  async #answer(query: Message, bytes: Uint8Array, limit: number): Promise<Uint8Array> {
    const [question, ...others] = query.questions;
    const plain = (code: number) => encodeMessage(emptyResponse(query, code));
    if (query.opcode !== 0) return plain(responseCodes.notImplemented);
    if (question === undefined || others.length > 0) return plain(responseCodes.formatError);
    if (question.class !== internetClass) return plain(responseCodes.refused);
    const found = answer(question, this.#deps.zone, this.#deps.clock.now());
    if (found.type === "notOurs") return this.#forward(query, bytes, limit);
    if (found.continueAt === undefined) return encodeWithin(responseTo(query, found), limit);
    const further = await this.#resolveOutside(query, found.continueAt, question.type);
    return encodeWithin(responseTo(query, { ...found, answers: [...found.answers, ...further] }), limit);
  }

  async #forward(query: Message, bytes: Uint8Array, limit: number): Promise<Uint8Array> {
    if (this.#deps.forward === undefined) return encodeMessage(emptyResponse(query, responseCodes.refused));
    const { name, type } = query.questions[0]!;
    const key = `${name.toLowerCase()} ${type} ${query.edns ? "edns" : ""} ${bytes[2]} ${bytes[3]}`;
    const questionBytes = encodeMessage({ ...emptyResponse(query, 0), edns: undefined }).length - 12;
    let response = this.#cache.get(key, bytes, questionBytes);
    if (response === undefined) {
      response = await this.#deps.forward(bytes);
      this.#cache.set(key, response);
    }
    return response.length <= limit ? response : encodeWithin(decodeMessage(response), limit);
  }

  /** Where an ExternalName leads. Nothing when nobody can say: the alias alone is an answer. */
  async #resolveOutside(query: Message, name: string, type: number): Promise<readonly ResourceRecord[]> {
    if (this.#deps.forward === undefined || (type !== recordTypes.A && type !== recordTypes.AAAA)) return [];
    const onward = { ...query, questions: [{ name, type, class: internetClass }], additionals: [] };
    return decodeMessage(await this.#deps.forward(encodeMessage(onward))).answers;
  }
}

function decodeQuery(bytes: Uint8Array): Message | "malformed" | undefined {
  try {
    const message = decodeMessage(bytes);
    return message.isResponse ? undefined : message;
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    // Whatever is too short for a header, or an answer itself, gets none: two servers must not talk for ever.
    return bytes.length < 12 || (bytes[2]! & 0x80) !== 0 ? undefined : "malformed";
  }
}

function malformedResponse(bytes: Uint8Array): Uint8Array {
  const header = new Uint8Array(12);
  header.set([bytes[0]!, bytes[1]!, 0x80, responseCodes.formatError]);
  return header;
}

function udpLimit(query: Message): number {
  return Math.max(plainUdpBytes, Math.min(query.edns?.udpSize ?? plainUdpBytes, maxUdpBytes));
}

import { expect, test } from "vitest";
import type { BodySink, BodyWriter, HttpConnection } from "#base/http.ts";
import { bodyOf, type Pieces } from "./list-body.ts";

const connection: HttpConnection = { remoteAddress: "", protocol: "HTTP/2.0" };
const bytes = new Uint8Array(300 * 1024);
const large: Pieces = { length: bytes.length, count: 1, at: () => bytes, skipOf: () => 0 };

/** A client that takes nothing until it is told to. */
class Reader implements BodySink {
  readonly #abort = new AbortController();
  readonly #reads = Promise.withResolvers<void>();
  readonly signal = this.#abort.signal;
  readonly pendingBytes = 0;
  hasBegun = false;
  readonly done: Promise<void>;

  constructor() {
    this.done = (bodyOf(large, connection) as BodyWriter)(this);
  }

  write(): boolean {
    this.hasBegun = true;
    return false;
  }

  drained(): Promise<void> {
    return this.#reads.promise;
  }

  read(): void {
    this.#reads.resolve();
  }

  leave(): void {
    this.#abort.abort();
    this.read();
  }
}

const turn = () => new Promise(setImmediate);
const readers = (count: number) => Array.from({ length: count }, () => new Reader());
const begun = (all: readonly Reader[]) => all.filter(({ hasBegun }) => hasBegun).length;

test("a connection gets sixteen large bodies at once; whoever goes away while waiting takes nobody's turn", async () => {
  const first = readers(16);
  const patient = readers(50);
  const impatient = readers(50);
  await turn();
  expect([begun(first), begun(patient)]).toEqual([16, 0]);

  for (const reader of impatient) reader.leave();
  await Promise.all(impatient.map(({ done }) => done));
  await turn();
  expect([begun(patient), begun(impatient)]).toEqual([0, 0]);

  for (const reader of first) reader.read();
  await turn();
  expect(begun(patient)).toBe(16);
  for (const reader of patient) reader.read();
  await Promise.all(patient.map(({ done }) => done));
});

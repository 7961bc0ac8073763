import type { Recorder, Span } from "./span.ts";

/** The newest `capacity` spans of a process. */
export class SpanRing implements Recorder {
  readonly #spans: (Span | undefined)[];
  #next = 0;

  constructor(capacity: number) {
    this.#spans = new Array<Span | undefined>(capacity).fill(undefined);
  }

  record(span: Span): void {
    this.#spans[this.#next % this.#spans.length] = span;
    this.#next++;
  }

  /** A number that grows with every span: pass it to {@link since} to get what came later. */
  get position(): number {
    return this.#next;
  }

  /** Spans recorded at or after `position`, oldest first, as far as they are still kept. */
  since(position: number): readonly Span[] {
    return this.batchSince(position, this.#spans.length).spans;
  }

  /** At most `limit` spans of those, and where to go on after them. */
  batchSince(position: number, limit: number): { readonly spans: readonly Span[]; readonly position: number } {
    const from = Math.max(position, this.#next - this.#spans.length, 0);
    const to = Math.min(from + limit, this.#next);
    const spans: Span[] = [];
    for (let at = from; at < to; at++) spans.push(this.#spans[at % this.#spans.length]!);
    return { spans, position: Math.max(from, to) };
  }
}

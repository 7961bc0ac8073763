import { DatabaseSync } from "node:sqlite";
import type { Clock, Timer } from "#base/clock.ts";
import type { Log } from "#base/log.ts";
import type { SpanRing } from "../ring.ts";
import type { Span } from "../span.ts";

export interface SpanFileOptions {
  /** Older spans are forgotten. */
  readonly maximumSpans: number;
  /** Spans are appended this long after the first new one. */
  readonly delayMs: number;
}

/** A batch this large takes about a millisecond; more waits for the next turn. */
const batchSpans = 500;
const sliceBatches = 4;

/**
 * Keeps a ring's spans in a file of their own, so that the journey survives a restart of the server: appended in batches,
 * a row each, off the write path and outside of the store. Losing the last batch loses a little of the story, never an object.
 */
export class SpanFile implements Disposable {
  readonly #database: DatabaseSync;
  readonly #ring: SpanRing;
  readonly #options: SpanFileOptions;
  readonly #clock: Clock;
  readonly #log: Log;
  #position: number;
  #timer: Timer | undefined;
  /** The number of the newest span in the file, counted from its beginning. */
  #last: number;
  #appended = 0;

  constructor(path: string, deps: { ring: SpanRing; clock: Clock; log: Log }, options: SpanFileOptions) {
    this.#database = new DatabaseSync(path);
    this.#database.exec(
      "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF; CREATE TABLE IF NOT EXISTS batch (last INTEGER PRIMARY KEY, json TEXT NOT NULL)",
    );
    this.#last = this.#newest();
    this.#ring = deps.ring;
    this.#clock = deps.clock;
    this.#log = deps.log;
    this.#options = options;
    this.#position = deps.ring.position;
    this.#wait();
  }

  /** All spans that are kept, oldest first, the newest of the ring included. Reads in slices: others run in between. */
  async all(): Promise<readonly Span[]> {
    this.#appendAll();
    const slice = this.#database.prepare("SELECT last, json FROM batch WHERE last > ? ORDER BY last LIMIT ?");
    const spans: Span[] = [];
    for (let last = 0; ; ) {
      const rows = slice.all(last, sliceBatches) as { last: number; json: string }[];
      for (const row of rows) spans.push(...(JSON.parse(row.json) as Span[]));
      if (rows.length < sliceBatches) return spans;
      last = rows.at(-1)!.last;
      await this.#clock.sleep(0);
    }
  }

  [Symbol.dispose](): void {
    this.#timer?.cancel();
    this.#appendAll();
    this.#database.close();
  }

  #wait(): void {
    this.#timer = this.#clock.schedule(
      this.#options.delayMs,
      () => {
        try {
          this.#appendBatch();
        } catch (error) {
          this.#log.warn("spans could not be kept", { error });
        }
        this.#wait();
      },
      { background: true },
    );
  }

  #appendAll(): void {
    while (this.#appendBatch());
  }

  /** False when nothing was waiting. */
  #appendBatch(): boolean {
    // The ring may have dropped what was not appended in time.
    const { spans, position } = this.#ring.batchSince(this.#position, batchSpans);
    if (spans.length === 0) return false;
    const last = this.#last + spans.length;
    this.#database.prepare("INSERT INTO batch (last, json) VALUES (?, ?)").run(last, JSON.stringify(spans));
    this.#last = last;
    this.#position = position;
    this.#forget(spans.length);
    return true;
  }

  #forget(added: number): void {
    this.#appended += added;
    if (this.#appended < this.#options.maximumSpans / 10) return;
    this.#appended = 0;
    this.#database.prepare("DELETE FROM batch WHERE last <= ?").run(this.#last - this.#options.maximumSpans);
  }

  #newest(): number {
    const row = this.#database.prepare("SELECT max(last) AS last FROM batch").get() as { last: number | null };
    return row.last ?? 0;
  }
}

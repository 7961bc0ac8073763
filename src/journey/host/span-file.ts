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
const sliceSpans = 2_000;

/**
 * Keeps a ring's spans in a file of their own, so that the journey survives a restart of the server: appended in batches,
 * off the write path and outside of the store. Losing the last batch loses a little of the story, never an object.
 */
export class SpanFile implements Disposable {
  readonly #database: DatabaseSync;
  readonly #ring: SpanRing;
  readonly #options: SpanFileOptions;
  readonly #clock: Clock;
  readonly #log: Log;
  #position: number;
  #timer: Timer | undefined;
  #appended = 0;

  constructor(path: string, deps: { ring: SpanRing; clock: Clock; log: Log }, options: SpanFileOptions) {
    this.#database = new DatabaseSync(path);
    this.#database.exec(
      "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF; CREATE TABLE IF NOT EXISTS span (id INTEGER PRIMARY KEY, json TEXT NOT NULL)",
    );
    this.#ring = deps.ring;
    this.#clock = deps.clock;
    this.#log = deps.log;
    this.#options = options;
    this.#position = deps.ring.position;
    this.#wait();
  }

  /** All spans that are kept, oldest first, the newest of the ring included. Reads in slices: others run in between. */
  async all(): Promise<readonly Span[]> {
    this.#append(Number.POSITIVE_INFINITY);
    const slice = this.#database.prepare("SELECT id, json FROM span WHERE id > ? ORDER BY id LIMIT ?");
    const spans: Span[] = [];
    for (let last = 0; ; ) {
      const rows = slice.all(last, sliceSpans) as { id: number; json: string }[];
      for (const row of rows) spans.push(JSON.parse(row.json) as Span);
      if (rows.length < sliceSpans) return spans;
      last = rows.at(-1)!.id;
      await this.#clock.sleep(0);
    }
  }

  [Symbol.dispose](): void {
    this.#timer?.cancel();
    this.#append(Number.POSITIVE_INFINITY);
    this.#database.close();
  }

  #wait(): void {
    this.#timer = this.#clock.schedule(
      this.#options.delayMs,
      () => {
        try {
          this.#append(batchSpans);
        } catch (error) {
          this.#log.warn("spans could not be kept", { error });
        }
        this.#wait();
      },
      { background: true },
    );
  }

  #append(limit: number): void {
    const waiting = this.#ring.since(this.#position);
    const fresh = waiting.slice(0, limit);
    if (fresh.length === 0) return;
    const insert = this.#database.prepare("INSERT INTO span (json) VALUES (?)");
    this.#database.exec("BEGIN");
    for (const span of fresh) insert.run(JSON.stringify(span));
    this.#database.exec("COMMIT");
    // The ring may have dropped what was not appended in time: what waits ends at its position.
    this.#position = this.#ring.position - waiting.length + fresh.length;
    this.#appended += fresh.length;
    if (this.#appended < this.#options.maximumSpans / 10) return;
    this.#appended = 0;
    this.#database
      .prepare("DELETE FROM span WHERE id <= (SELECT max(id) FROM span) - ?")
      .run(this.#options.maximumSpans);
  }
}

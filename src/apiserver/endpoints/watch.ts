import type { KubernetesObject } from "#api/resource.ts";
import { ApiError, expired, notAcceptable } from "#api/status.ts";
import { type HttpResponse, type Sink, SlowReaderError } from "#base/http.ts";
import { randomInteger } from "#base/random.ts";
import { isCompacted } from "#store/kv.ts";
import type { Exchange } from "../exchange.ts";
import type { ObjectStore } from "../registry/object-store.ts";
import type { CacheEvent, Selection } from "../watch-cache/watch-cache.ts";
import { type WatchOptions, watchOptions } from "./list-options.ts";
import { waitUntil } from "./list-read.ts";
import { mediaTypes, type Representation } from "./negotiate.ts";
import { representationFor } from "./respond.ts";
import { selectionOf } from "./selection.ts";
import { tableForm } from "./table.ts";
import { type Framer, framerFor } from "./watch-frames.ts";
import { valueFramer } from "./watch-values.ts";

/** A watch without a timeout of its own ends at random between 30 and 60 minutes, so that not all come back at once. */
const minimumTimeoutSeconds = 1800;
const bookmarkIntervalMs = 60_000;
/** A reader that leaves this much unread is too slow: it gets its stream closed and lists anew. */
const slowReaderBytes = 16 * 1024 * 1024;
const initialChunkEvents = 200;
const initialChunkBytes = 1024 * 1024;

/** GET with watch: headers at once, then events until the timeout, the client or a lost place ends it. */
export async function watchObjects(store: ObjectStore, exchange: Exchange): Promise<HttpResponse> {
  const to = representationFor(exchange);
  if (to.format === "yaml")
    throw notAcceptable([mediaTypes.json, mediaTypes.protobuf].map(type => `${type};stream=watch`));
  const options = watchOptions(exchange);
  const selection = selectionOf(exchange, store.definition);
  if (startsWithState(options) && options.resourceVersion !== 0) await waitUntil(store, options.resourceVersion);
  const stream = { store, selection, options };
  if (exchange.request.takesValues && to.as === "") {
    return { status: 200, headers: {}, values: sink => new WatchStream(stream, valueFramer, sink).run() };
  }
  const table = to.as === "Table" ? tableForm(exchange, store.definition, to, store.deps.clock.now()) : undefined;
  const framer = framerFor(store.definition, to, table);
  return {
    status: 200,
    headers: { "content-type": contentType(to) },
    body: sink => new WatchStream(stream, framer, sink).run(),
  };
}

function contentType({ format }: Representation): string {
  return format === "protobuf" ? `${mediaTypes.protobuf};stream=watch` : mediaTypes.json;
}

/** True when the stream opens with an ADDED for each object there is. */
function startsWithState({ resourceVersion, sendInitialEvents }: WatchOptions): boolean {
  return sendInitialEvents ?? (resourceVersion === undefined || resourceVersion === 0);
}

interface Watched {
  readonly store: ObjectStore;
  readonly selection: Selection<KubernetesObject>;
  readonly options: WatchOptions;
}

/** One open watch. Everything it does is a write to its sink or a wait for its end. */
class WatchStream<Frame> {
  readonly #store: ObjectStore;
  readonly #selection: Selection<KubernetesObject>;
  readonly #options: WatchOptions;
  readonly #framer: Framer<Frame>;
  readonly #sink: Sink<Frame>;
  readonly #ended = Promise.withResolvers<void>();
  /** Frames of events that came while the initial state was still being sent. */
  #held: Frame[] | undefined;
  #heldBytes = 0;
  #over = false;

  constructor({ store, selection, options }: Watched, framer: Framer<Frame>, sink: Sink<Frame>) {
    this.#store = store;
    this.#selection = selection;
    this.#options = options;
    this.#framer = framer;
    this.#sink = sink;
  }

  async run(): Promise<void> {
    const { clock, random } = this.#store.deps;
    const end = () => this.#end();
    this.#sink.signal.addEventListener("abort", end, { once: true });
    const seconds =
      this.#options.timeoutSeconds ?? minimumTimeoutSeconds + randomInteger(random, minimumTimeoutSeconds);
    using _timeout = clock.schedule(seconds * 1000, end, { background: true });
    using _bookmarks = this.#options.bookmarks ? this.#bookmarkEvery(bookmarkIntervalMs) : undefined;
    try {
      using _watch = this.#subscribe();
      if (this.#sink.signal.aborted) end();
      await this.#ended.promise;
    } finally {
      this.#sink.signal.removeEventListener("abort", end);
    }
  }

  #subscribe(): Disposable | undefined {
    const { cache } = this.#store;
    const watcher = {
      onEvents: (events: readonly CacheEvent[]) => this.#send(events),
      onEnd: (reason: "compacted" | "slow" | "closed") => {
        if (reason === "compacted") this.#write(this.#framer.error(expired("too old resource version").status));
        this.#end();
      },
    };
    if (startsWithState(this.#options)) {
      // State and subscription are taken in one turn: nothing falls between them.
      const state = cache.list(this.#selection);
      const revision = cache.revision;
      this.#held = [];
      const watch = cache.watch(this.#selection, undefined, watcher);
      this.#sendState(
        state.map(version => ({ type: "ADDED", version })),
        revision,
      ).catch((error: unknown) => this.#fail(error));
      return watch;
    }
    try {
      return cache.watch(this.#selection, this.#options.resourceVersion, watcher);
    } catch (error) {
      this.#refuse(error);
      return undefined;
    }
  }

  /** A watch that cannot begin is told so inside the stream: its headers are already gone. */
  #refuse(error: unknown): void {
    if (!isCompacted(error) && !(error instanceof ApiError)) throw error;
    const message = `too old resource version: ${this.#options.resourceVersion} (${isCompacted(error) ? (error.revision ?? 0) : 0})`;
    this.#write(this.#framer.error((error instanceof ApiError ? error : expired(message)).status));
    this.#end();
  }

  async #sendState(events: readonly CacheEvent[], revision: number): Promise<void> {
    for (let at = 0; at < events.length && !this.#over; ) {
      const end = chunkEnd(events, at);
      const written = this.#sink.write(this.#framer.events(events.slice(at, end)));
      if (!written) await this.#sink.drained();
      at = end;
    }
    if (this.#over) return;
    if (this.#options.sendInitialEvents && this.#options.bookmarks)
      this.#sink.write(this.#framer.bookmark(revision, true));
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const frame of held) this.#write(frame);
  }

  #send(events: readonly CacheEvent[]): void {
    if (this.#over || events.length === 0) return;
    try {
      this.#write(this.#framer.events(events));
    } catch (error) {
      this.#fail(error); // One stream's trouble is not that of the others that are told after it.
    }
  }

  #write(frame: Frame): void {
    if (this.#over) return;
    if (this.#held !== undefined) {
      this.#held.push(frame);
      this.#heldBytes += this.#framer.sizeBytes(frame);
      if (this.#heldBytes > slowReaderBytes) this.#giveUp();
      return;
    }
    this.#sink.write(frame);
    if (this.#sink.pendingBytes > slowReaderBytes) this.#giveUp();
  }

  #bookmarkEvery(intervalMs: number): Disposable {
    const { clock } = this.#store.deps;
    const tick = () => {
      // None while the initial state is on its way: its revision would be ahead of it.
      if (this.#held === undefined) this.#write(this.#framer.bookmark(this.#store.cache.revision, false));
      timer = clock.schedule(intervalMs, tick, { background: true });
    };
    let timer = clock.schedule(intervalMs, tick, { background: true });
    return { [Symbol.dispose]: () => timer.cancel() };
  }

  #end(): void {
    this.#over = true;
    this.#ended.resolve();
  }

  /** Ends without waiting for what is queued: it would stay until the client reads it, or for ever. */
  #giveUp(): void {
    this.#fail(new SlowReaderError("the watch is not read"));
  }

  #fail(error: unknown): void {
    this.#over = true;
    this.#held = undefined;
    this.#ended.reject(error);
  }
}

/** As many of the events from `start` on as are written at once: at least one, not too many, not too much. */
function chunkEnd(events: readonly CacheEvent[], start: number): number {
  let bytes = 0;
  let end = start;
  while (end < events.length && end - start < initialChunkEvents && bytes < initialChunkBytes) {
    bytes += events[end]!.version.json.length;
    end++;
  }
  return end;
}

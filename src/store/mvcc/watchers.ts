import { KvError, type KvEvent, type WatchHandle, type WatchRequest } from "../kv.ts";

interface Watcher {
  readonly request: WatchRequest;
  /** Delivered up to here. */
  revision: number;
}

/** Hands events to those who watch, by prefix; a batch reaches a watcher in one call. */
export class Watchers {
  readonly #watchers = new Set<Watcher>();

  /** `past`: what the watcher has yet to be told before it follows; `revision`: all of it up to here. */
  add(request: WatchRequest, past: readonly KvEvent[], revision: number, currentRevision: () => number): WatchHandle {
    const watcher: Watcher = { request, revision };
    this.#watchers.add(watcher);
    if (past.length > 0) deliver(watcher, past, revision);
    return {
      requestProgress: () => {
        // A watch that is over delivers nothing: to claim progress would be to hide events.
        if (!this.#watchers.has(watcher)) return;
        watcher.revision = currentRevision();
        request.onEvents([], watcher.revision);
      },
      [Symbol.dispose]: () => void this.#watchers.delete(watcher),
    };
  }

  /** Events of one batch of revisions, in order, `revision` being the last. */
  publish(events: readonly KvEvent[], revision: number): void {
    for (const watcher of [...this.#watchers]) {
      const { prefix, fromRevision = 0 } = watcher.request;
      const mine = events.filter(
        event => event.current.key.startsWith(prefix) && event.current.modRevision >= fromRevision,
      );
      if (mine.length === 0 || !this.#watchers.has(watcher)) continue;
      try {
        deliver(watcher, mine, revision);
      } catch (error) {
        // What was written is written: one watcher's trouble is not the writer's, nor that of the others.
        this.#watchers.delete(watcher);
        watcher.request.onError(new KvError("corrupt", `a watcher failed: ${(error as Error).message}`));
      }
    }
  }

  end(error: KvError): void {
    const all = [...this.#watchers];
    this.#watchers.clear();
    for (const watcher of all) watcher.request.onError(error);
  }
}

function deliver(watcher: Watcher, events: readonly KvEvent[], revision: number): void {
  watcher.revision = revision;
  watcher.request.onEvents(watcher.request.previousValues ? events : events.map(withoutPrevious), revision);
}

function withoutPrevious(event: KvEvent): KvEvent {
  if (event.previous === undefined) return event;
  const { previous: _, ...rest } = event;
  return rest;
}

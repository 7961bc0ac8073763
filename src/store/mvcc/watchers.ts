import { KvError, type KvEvent, type WatchHandle, type WatchRequest } from "../kv.ts";

interface Watcher {
  readonly request: WatchRequest;
  /** Delivered up to here. */
  revision: number;
}

/**
 * Hands events to those who watch, by prefix; a batch reaches a watcher in one call. Nearly everybody watches one kind of
 * object, `/registry/pods/` or below: an event is only compared with the prefixes of its own kind, and with the few that
 * are wider.
 */
export class Watchers {
  readonly #watchers = new Map<string, Set<Watcher>>();

  /** `past`: what the watcher has yet to be told before it follows; `revision`: all of it up to here. */
  add(request: WatchRequest, past: readonly KvEvent[], revision: number, currentRevision: () => number): WatchHandle {
    const watcher: Watcher = { request, revision };
    this.#add(watcher);
    if (past.length > 0) deliver(watcher, past, revision);
    return {
      requestProgress: () => {
        // A watch that is over delivers nothing: to claim progress would be to hide events.
        if (!this.#has(watcher)) return;
        watcher.revision = currentRevision();
        request.onEvents([], watcher.revision);
      },
      [Symbol.dispose]: () => this.#delete(watcher),
    };
  }

  /** Events of one batch of revisions, in order, `revision` being the last. */
  publish(events: readonly KvEvent[], revision: number): void {
    const byKind = new Map<string, KvEvent[]>();
    for (const event of events) {
      const kind = kindOf(event.current.key);
      const same = byKind.get(kind);
      if (same === undefined) byKind.set(kind, [event]);
      else same.push(event);
    }
    for (const watcher of [...(this.#watchers.get("") ?? [])]) this.#tell(watcher, events, revision);
    for (const [kind, own] of byKind) {
      if (kind === "") continue;
      for (const watcher of [...(this.#watchers.get(kind) ?? [])]) this.#tell(watcher, own, revision);
    }
  }

  end(error: KvError): void {
    const all = [...this.#watchers.values()].flatMap(watchers => [...watchers]);
    this.#watchers.clear();
    for (const watcher of all) watcher.request.onError(error);
  }

  #tell(watcher: Watcher, events: readonly KvEvent[], revision: number): void {
    const { prefix, fromRevision = 0 } = watcher.request;
    const mine = events.filter(
      event => event.current.key.startsWith(prefix) && event.current.modRevision >= fromRevision,
    );
    if (mine.length === 0 || !this.#has(watcher)) return;
    try {
      deliver(watcher, mine, revision);
    } catch (error) {
      // What was written is written: one watcher's trouble is not the writer's, nor that of the others.
      this.#delete(watcher);
      watcher.request.onError(new KvError("corrupt", `a watcher failed: ${(error as Error).message}`));
    }
  }

  #add(watcher: Watcher): void {
    const kind = kindOf(watcher.request.prefix);
    const watchers = this.#watchers.get(kind) ?? new Set();
    this.#watchers.set(kind, watchers.add(watcher));
  }

  #has(watcher: Watcher): boolean {
    return this.#watchers.get(kindOf(watcher.request.prefix))?.has(watcher) ?? false;
  }

  #delete(watcher: Watcher): void {
    this.#watchers.get(kindOf(watcher.request.prefix))?.delete(watcher);
  }
}

/** `/registry/pods/` of any key or prefix below it; "" when it says less than that. */
function kindOf(key: string): string {
  const end = key.indexOf("/", key.indexOf("/", 1) + 1);
  return key.startsWith("/") && end > 0 ? key.slice(0, end + 1) : "";
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

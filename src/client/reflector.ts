import type { KubernetesObject, ResourceDefinition } from "#api/resource.ts";
import { ApiError } from "#api/status.ts";
import { type BackoffOptions, backoffMs } from "#base/backoff.ts";
import type { Clock } from "#base/clock.ts";
import type { Log } from "#base/log.ts";
import type { Random } from "#base/random.ts";
import type { Client, WatchEvent } from "./client.ts";

/** What a reflector keeps up. Calls come in the order of the store's revisions. */
export interface ReflectorTarget<T> {
  /** The whole state at a revision. */
  replace(items: readonly T[], resourceVersion: string): void;
  upsert(object: T): void;
  delete(object: T): void;
  /** Nothing else happened up to this revision. */
  progress(resourceVersion: string): void;
}

export interface ReflectorDeps {
  readonly client: Client;
  readonly clock: Clock;
  readonly log: Log;
  readonly random?: Random | undefined;
}

export interface ReflectorOptions<T extends KubernetesObject> {
  readonly resource: ResourceDefinition<T>;
  readonly namespace?: string | undefined;
  readonly labelSelector?: string | undefined;
  readonly fieldSelector?: string | undefined;
}

/**
 * Where a reflector stands:
 *
 * ```
 *  streaming --initial state complete--> watching --stream ends--> watching (from the last revision)
 *     |  \--the server cannot--> listing --list arrived--> watching
 *     any --error--> waiting --after the backoff--> the state it names; a revision too old leads to streaming or listing
 * ```
 */
export type ReflectorState =
  /** One WatchList request gives the present state and then the changes. */
  | { readonly phase: "streaming" }
  /** A LIST, for servers without WatchList. */
  | { readonly phase: "listing" }
  /** Changes after this revision are to come. */
  | { readonly phase: "watching"; readonly resourceVersion: string }
  | { readonly phase: "waiting"; readonly next: ReflectorState; readonly failures: number };

/** Pauses grow slowly: a node's agent often starts beside its server, and is to notice soon that it answers. */
const retry: BackoffOptions = { initialMs: 50, maximumMs: 30_000, factor: 1.5, jitter: 1 };
/** What lasted so long was no failure to begin with: the count of failures starts anew. */
const lastingMs = 1000;
/** Watches are renewed after 5 to 10 minutes, so that connections to a server that is gone do not last. */
const watchSeconds = 300;

export class Reflector<T extends KubernetesObject> {
  readonly #deps: ReflectorDeps;
  readonly #options: ReflectorOptions<T>;
  readonly #target: ReflectorTarget<T>;
  #state: ReflectorState = { phase: "streaming" };
  #failures = 0;
  #canStream = true;

  constructor(deps: ReflectorDeps, options: ReflectorOptions<T>, target: ReflectorTarget<T>) {
    this.#deps = deps;
    this.#options = options;
    this.#target = target;
  }

  get state(): ReflectorState {
    return this.#state;
  }

  /** Keeps the target up until the signal aborts. Never throws for what a server does. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock } = this.#deps;
    while (!signal.aborted) {
      const startedMs = clock.monotonic();
      try {
        this.#state = await this.#step(this.#state, signal);
      } catch (error) {
        if (signal.aborted) return;
        this.#state = this.#afterError(this.#state, error, clock.monotonic() - startedMs);
      }
    }
  }

  async #step(state: ReflectorState, signal: AbortSignal): Promise<ReflectorState> {
    switch (state.phase) {
      case "streaming":
        return this.#watch(undefined, signal);
      case "listing":
        return this.#list(signal);
      case "watching":
        return this.#watch(state.resourceVersion, signal);
      case "waiting":
        await this.#deps.clock.sleep(backoffMs(state.failures, retry, this.#deps.random), signal);
        return state.next;
    }
  }

  async #list(signal: AbortSignal): Promise<ReflectorState> {
    const { resource, namespace, labelSelector, fieldSelector } = this.#options;
    const list = await this.#deps.client.list(resource, { namespace, labelSelector, fieldSelector, signal });
    this.#target.replace(list.items, list.resourceVersion);
    this.#failures = 0;
    return { phase: "watching", resourceVersion: list.resourceVersion };
  }

  /** One watch request, to its end. Without a revision it begins with the present state. */
  async #watch(from: string | undefined, signal: AbortSignal): Promise<ReflectorState> {
    const { resource, namespace, labelSelector, fieldSelector } = this.#options;
    const startedMs = this.#deps.clock.monotonic();
    const stream = this.#deps.client.watch(resource, {
      namespace,
      labelSelector,
      fieldSelector,
      signal,
      timeoutSeconds: Math.floor(watchSeconds * (1 + (this.#deps.random?.float() ?? 0))),
      ...(from === undefined ? { sendInitialEvents: true } : { resourceVersion: from }),
    });
    let initial: Map<string, T> | undefined = from === undefined ? new Map() : undefined;
    for await (const event of stream) {
      if (initial === undefined) this.#apply(event);
      else if (collectInitial(initial, event)) {
        const resourceVersion = (event as WatchEvent<T> & { type: "BOOKMARK" }).resourceVersion;
        this.#target.replace([...initial.values()], resourceVersion);
        this.#state = { phase: "watching", resourceVersion };
        this.#failures = 0;
        initial = undefined;
      }
    }
    return this.#afterEnd(this.#deps.clock.monotonic() - startedMs);
  }

  /** A stream that ended at once, again and again, is no reason to ask without pause. */
  #afterEnd(livedMs: number): ReflectorState {
    if (livedMs > lastingMs) {
      this.#failures = 0;
      return this.#state;
    }
    return { phase: "waiting", next: this.#state, failures: this.#failures++ };
  }

  #apply(event: WatchEvent<T>): void {
    switch (event.type) {
      case "ADDED":
      case "MODIFIED":
        this.#target.upsert(event.object);
        return this.#reached(event.object.metadata.resourceVersion);
      case "DELETED":
        this.#target.delete(event.object);
        return this.#reached(event.object.metadata.resourceVersion);
      case "BOOKMARK":
        this.#target.progress(event.resourceVersion);
        return this.#reached(event.resourceVersion);
    }
  }

  #reached(resourceVersion: string | undefined): void {
    if (resourceVersion) this.#state = { phase: "watching", resourceVersion };
  }

  #afterError(state: ReflectorState, error: unknown, livedMs: number): ReflectorState {
    if (!(error instanceof ApiError) && livedMs > lastingMs) this.#failures = 0; // A connection that was lost.
    const code = error instanceof ApiError ? error.code : undefined;
    const { plural } = this.#options.resource;
    if (code === 410) {
      this.#deps.log.info("the watched revision is too old; reading the state anew", { resource: plural });
      return { phase: "waiting", next: this.#fresh(), failures: this.#failures++ };
    }
    if (state.phase === "streaming" && (code === 422 || code === 400)) {
      this.#canStream = false;
      return { phase: "listing" };
    }
    // One failure is a server that restarts; several are worth a look.
    const level = this.#failures >= 3 ? "warn" : "debug";
    this.#deps.log[level]("a watch failed", { resource: plural, error });
    return { phase: "waiting", next: state, failures: this.#failures++ };
  }

  #fresh(): ReflectorState {
    return this.#canStream ? { phase: "streaming" } : { phase: "listing" };
  }
}

/** True: this event says that the initial state is complete. */
function collectInitial<T extends KubernetesObject>(initial: Map<string, T>, event: WatchEvent<T>): boolean {
  if (event.type === "BOOKMARK") return event.initialEventsEnd;
  const { namespace, name } = event.object.metadata;
  const key = `${namespace ?? ""}/${name}`;
  if (event.type === "DELETED") initial.delete(key);
  else initial.set(key, event.object);
  return false;
}

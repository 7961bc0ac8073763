import { controllerOf } from "#api/meta/v1/controller-of.ts";
import type { KubernetesObject, ResourceDefinition } from "#api/resource.ts";
import { isAlreadyExists, isConflict, isNamespaceTerminating, isNotFound } from "#api/status.ts";
import { type Cause, unionCauses } from "#base/cause.ts";
import type { Clock, Timer } from "#base/clock.ts";
import type { Log } from "#base/log.ts";
import type { Random } from "#base/random.ts";
import type { Recorder, Subject } from "#journey/span.ts";
import { type Client, keyOf, parseKey } from "./client.ts";
import type { Cache, Controller, ReconcileResult } from "./controller.ts";
import type { EventRecorder } from "./events.ts";
import { type Expectation, loggedClient, WriteLog } from "./expectations.ts";
import type { Informer, InformerEvent, InformerFactory } from "./informer.ts";
import { type WorkItem, WorkQueue } from "./work-queue.ts";

export interface ControllerRunnerDeps {
  readonly client: Client;
  readonly informers: InformerFactory;
  readonly events: EventRecorder;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly recorder: Recorder;
}

/** How long a key waits for the cache to show its last writes before it is reconciled anyway. */
const expectationLimitMs = 30_000;
/** A reconcile that took longer is costly: its key rests for twice that time, at most {@link longestRestMs}. */
const costlyMs = 5;
const longestRestMs = 100;
const controllerUidIndex = "controller-uid";

/**
 * Runs one controller: events become keys, workers reconcile keys, failures come back later, and no key is reconciled
 * on a cache older than its own last writes. Whatever a controller throws stays in here.
 */
export class ControllerRunner {
  readonly #deps: ControllerRunnerDeps;
  readonly #controller: Controller;
  readonly #queue: WorkQueue;
  readonly #informers = new Map<ResourceDefinition, Informer>();
  readonly #cache: Cache;
  /** Keys that wait for the cache, and for what. */
  readonly #blocked = new Map<string, BlockedKey>();
  readonly #expected = new Map<string, readonly Expectation[]>();

  constructor(deps: ControllerRunnerDeps, controller: Controller) {
    this.#deps = deps;
    this.#controller = controller;
    this.#queue = new WorkQueue(deps);
    for (const resource of watchedBy(controller)) this.#informers.set(resource, deps.informers.informer(resource));
    this.#cache = new InformerCache(this.#informers, controller.name);
  }

  async run(signal: AbortSignal): Promise<void> {
    const handlers = [...this.#informers.values()].map(informer => this.#listen(informer));
    const close = () => this.#queue.close();
    signal.addEventListener("abort", close, { once: true });
    if (signal.aborted) close();
    try {
      await Promise.all([...this.#informers.values()].map(informer => informer.waitForSync(signal)));
      await Promise.all(Array.from({ length: this.#controller.workers }, () => this.#work(signal)));
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      close();
      for (const remove of handlers) remove();
      for (const { timer } of this.#blocked.values()) timer.cancel();
    }
  }

  // ---- events to keys ------------------------------------------------------------------------------------------

  #listen(informer: Informer): () => void {
    const { resource } = informer;
    const { reconciles, owns, watches } = this.#controller;
    const reconciled = reconciles === resource;
    const owned = owns.includes(resource);
    const watching = watches.filter(watch => watch.resource === resource);
    return informer.addHandler(event => {
      if (reconciled) this.#queue.add(keyOf(event.object), event.cause);
      if (owned) this.#addOwners(event);
      for (const watch of watching) {
        for (const key of watch.keys(event.object, event.old, this.#cache)) this.#queue.add(key, event.cause);
      }
      if (this.#blocked.size > 0) this.#unblock(resource);
    });
  }

  #addOwners(event: InformerEvent<KubernetesObject>): void {
    const now = this.#ownerKey(event.object);
    if (now !== undefined) this.#queue.add(now, event.cause);
    const before = event.old && this.#ownerKey(event.old);
    if (before !== undefined && before !== now) this.#queue.add(before, event.cause);
  }

  /** The key of the object of the reconciled kind that controls this one. */
  #ownerKey(object: KubernetesObject): string | undefined {
    const { reconciles } = this.#controller;
    const owner = controllerOf(object);
    if (owner === undefined || reconciles === undefined || owner.kind !== reconciles.kind) return undefined;
    if (owner.apiVersion.split("/")[0] !== (reconciles.group || reconciles.version)) return undefined;
    const namespace = reconciles.scope === "Namespaced" ? object.metadata.namespace : undefined;
    return keyOf({ metadata: { namespace, name: owner.name } });
  }

  // ---- keys to reconciles --------------------------------------------------------------------------------------

  async #work(signal: AbortSignal): Promise<void> {
    for (;;) {
      const item = await this.#queue.next();
      if (item === undefined || signal.aborted) return;
      let tookMs = 0;
      try {
        if (!this.#block(item)) tookMs = await this.#reconcile(item, signal);
      } finally {
        this.#release(item.key, tookMs);
      }
    }
  }

  /**
   * Gives the key free. One that was costly rests first, so that what changes meanwhile is one more reconcile and not
   * a hundred: a Service with a thousand pods that become ready would be written a thousand times.
   */
  #release(key: string, tookMs: number): void {
    if (tookMs < costlyMs) return this.#queue.done(key);
    const restMs = Math.min(2 * tookMs, longestRestMs);
    this.#deps.clock.schedule(restMs, () => this.#queue.done(key), { background: true });
  }

  /** Answers how long it took. */
  async #reconcile({ key, cause }: WorkItem, signal: AbortSignal): Promise<number> {
    const { clock, log } = this.#deps;
    const writes = new WriteLog(resource => this.#informers.get(resource));
    const startMs = clock.now();
    const started = clock.monotonic();
    let result: ReconcileResult | undefined;
    let failure: unknown;
    try {
      result = await this.#controller.reconcile(key, this.#context(cause, writes, signal));
    } catch (error) {
      failure = error ?? new Error("a controller threw nothing");
    }
    const tookMs = clock.monotonic() - started;
    this.#expect(key, writes.expectations);
    if (signal.aborted) return tookMs;
    this.#record({ key, cause }, startMs, tookMs, writes, failure);
    if (failure !== undefined) {
      const level = isExpected(failure) ? "debug" : "warn";
      log[level]("a reconcile failed and will be tried again", { key, error: failure });
      this.#queue.addRateLimited(key, cause);
      return tookMs;
    }
    this.#queue.forget(key);
    if (result?.type === "requeue") this.#queue.addAfter(key, Math.max(1, result.afterMs));
    return tookMs;
  }

  #context(cause: Cause | undefined, writes: WriteLog, signal: AbortSignal) {
    const { client, events, clock, random, log, recorder } = this.#deps;
    const logged = loggedClient(client.because(cause), writes);
    return { cache: this.#cache, client: logged, events, clock, random, log, recorder, signal };
  }

  /** Only reconciles that did something, or could not, are part of a journey. */
  #record(item: WorkItem, startMs: number, durationMs: number, writes: WriteLog, failure: unknown): void {
    if (writes.writes.length === 0 && failure === undefined) return;
    const texts = writes.writes.slice(0, 8).map(write => write.text);
    const more = writes.writes.length - texts.length;
    const revision = writes.writes.findLast(write => write.revision !== undefined)?.revision;
    this.#deps.recorder.record({
      component: this.#controller.name,
      name: `reconcile ${this.#controller.reconciles?.plural ?? "objects"}`,
      startMs,
      durationMs,
      subject: this.#subject(item.key),
      ...(item.cause && { cause: item.cause }),
      ...(revision !== undefined && { revision }),
      ...(texts.length > 0 && { decision: texts.join("; ") + (more > 0 ? `; and ${more} more` : "") }),
      ...(failure !== undefined && { error: failure instanceof Error ? failure.message : String(failure) }),
    });
  }

  #subject(key: string): Subject {
    const { reconciles } = this.#controller;
    const { namespace, name } = parseKey(key);
    const uid = reconciles && this.#informers.get(reconciles)?.get(key)?.metadata.uid;
    return { resource: reconciles?.plural ?? "", name, ...(namespace && { namespace }), ...(uid && { uid }) };
  }

  // ---- expectations --------------------------------------------------------------------------------------------

  #expect(key: string, expectations: readonly Expectation[]): void {
    const open = [...(this.#expected.get(key) ?? []), ...expectations].filter(expectation => !expectation.isMet());
    if (open.length > 0) this.#expected.set(key, open);
    else this.#expected.delete(key);
  }

  /** True: the key is put aside until the cache shows what its last reconcile wrote. */
  #block({ key, cause }: WorkItem): boolean {
    this.#expect(key, []);
    const expectations = this.#expected.get(key);
    if (expectations === undefined) return false;
    const earlier = this.#blocked.get(key);
    const causes = [...(earlier?.causes ?? []), ...(cause ? [cause] : [])];
    const timer = earlier?.timer ?? this.#limitBlock(key);
    this.#blocked.set(key, { expectations, causes, timer });
    return true;
  }

  #limitBlock(key: string): Timer {
    const giveUp = () => {
      this.#deps.log.warn("the cache did not show a write in time", { key });
      this.#expected.delete(key);
      this.#resume(key);
    };
    return this.#deps.clock.schedule(expectationLimitMs, giveUp, { background: true });
  }

  #unblock(resource: ResourceDefinition): void {
    for (const [key, { expectations }] of this.#blocked) {
      if (!expectations.some(expectation => expectation.resource === resource)) continue;
      if (expectations.every(expectation => expectation.isMet())) this.#resume(key);
    }
  }

  #resume(key: string): void {
    const blocked = this.#blocked.get(key);
    if (blocked === undefined) return;
    blocked.timer.cancel();
    this.#blocked.delete(key);
    this.#queue.add(key, unionCauses(blocked.causes));
  }
}

interface BlockedKey {
  readonly expectations: readonly Expectation[];
  /** What led to the key while it was put aside. */
  readonly causes: readonly Cause[];
  readonly timer: Timer;
}

/** Races with other writers are the normal course of things. */
function isExpected(error: unknown): boolean {
  return isConflict(error) || isNotFound(error) || isAlreadyExists(error) || isNamespaceTerminating(error);
}

function watchedBy(controller: Controller): readonly ResourceDefinition[] {
  const watched = new Set<ResourceDefinition>();
  if (controller.reconciles) watched.add(controller.reconciles);
  for (const resource of controller.owns) watched.add(resource);
  for (const watch of controller.watches) watched.add(watch.resource);
  for (const target of controller.access.watch ?? []) if (!("subresource" in target)) watched.add(target);
  return [...watched];
}

function controllerUids(object: KubernetesObject): readonly string[] {
  const owner = controllerOf(object);
  return [owner?.uid ?? orphansOf(object.metadata.namespace ?? "")];
}

/** Objects without a controller are filed per namespace; no uid looks like this. */
function orphansOf(namespace: string): string {
  return `orphans/${namespace}`;
}

class InformerCache implements Cache {
  readonly #informers: ReadonlyMap<ResourceDefinition, Informer>;
  readonly #controller: string;

  constructor(informers: ReadonlyMap<ResourceDefinition, Informer>, controller: string) {
    this.#informers = informers;
    this.#controller = controller;
  }

  get<T extends KubernetesObject>(resource: ResourceDefinition<T>, key: string): T | undefined {
    return this.#of(resource).get(key);
  }

  list<T extends KubernetesObject>(resource: ResourceDefinition<T>, namespace?: string): readonly T[] {
    return this.#of(resource).list(namespace);
  }

  ownedBy<T extends KubernetesObject>(resource: ResourceDefinition<T>, uid: string): readonly T[] {
    return this.#byController(resource, uid);
  }

  orphans<T extends KubernetesObject>(resource: ResourceDefinition<T>, namespace: string): readonly T[] {
    return this.#byController(resource, orphansOf(namespace));
  }

  #byController<T extends KubernetesObject>(resource: ResourceDefinition<T>, value: string): readonly T[] {
    const informer = this.#of(resource);
    informer.addIndex(controllerUidIndex, controllerUids);
    return informer.byIndex(controllerUidIndex, value);
  }

  #of<T extends KubernetesObject>(resource: ResourceDefinition<T>): Informer<T> {
    const informer = this.#informers.get(resource);
    if (informer === undefined) throw new Error(`${this.#controller} does not watch ${resource.plural}`);
    return informer as Informer<T>;
  }
}

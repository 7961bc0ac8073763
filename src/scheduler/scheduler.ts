import { replicaSets } from "#api/apps/v1/replica-set.ts";
import { namespaces } from "#api/core/v1/namespace.ts";
import { type Node, nodes } from "#api/core/v1/node.ts";
import { type Pod, pods } from "#api/core/v1/pod.ts";
import { replicationControllers } from "#api/core/v1/replication-controller.ts";
import { services } from "#api/core/v1/service.ts";
import { podDisruptionBudgets } from "#api/policy/v1/pod-disruption-budget.ts";
import { isNotFound } from "#api/status.ts";
import type { Cause } from "#base/cause.ts";
import type { Clock } from "#base/clock.ts";
import { messageOf } from "#base/error-message.ts";
import type { Log } from "#base/log.ts";
import type { Random } from "#base/random.ts";
import { type Client, keyOf } from "#client/client.ts";
import type { EventRecorder } from "#client/events.ts";
import { createInformerFactory, type InformerEvent } from "#client/informer.ts";
import type { Recorder } from "#journey/span.ts";
import { SchedulerCache } from "./cache.ts";
import { assignedPodChanges, nodeChanges } from "./cluster-events.ts";
import { type Decision, type Placement, type Refusal, scheduleOne } from "./cycle.ts";
import { defaultSelectorOf } from "./default-selector.ts";
import type { ClusterEvent, Snapshot } from "./framework.ts";
import { refusalMessage } from "./messages.ts";
import { plugins } from "./plugins.ts";
import { type PodInfo, podInfoOf } from "./pod-info.ts";
import { type Preemption, planPreemption } from "./preemption.ts";
import { type Entry, SchedulingQueue } from "./queue.ts";
import { SchedulerWriter } from "./writer.ts";

export interface SchedulerDeps {
  readonly client: Client;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly recorder: Recorder;
  readonly events: EventRecorder;
}

export interface SchedulerOptions {
  /** Pods that name another scheduler are not this one's; `default-scheduler` when left out. */
  readonly schedulerName?: string;
}

export interface Scheduler {
  /** Schedules until the signal aborts. */
  run(signal: AbortSignal): Promise<void>;
}

export function createScheduler(deps: SchedulerDeps, options: SchedulerOptions): Scheduler {
  return { run: signal => new SchedulerRun(deps, options, signal).run() };
}

/** Others get their turn after this long in one go. */
const turnMs = 8;
/** Bindings on their way to the API server at one time. */
const bindingLimit = 128;
/** Pods that are over hold nothing of their node. */
const livePods = "status.phase!=Succeeded,status.phase!=Failed";

/** One run: informers feed cache and queue, the queue wakes the loop, the loop decides and hands writes off. */
class SchedulerRun {
  readonly #deps: SchedulerDeps;
  readonly #signal: AbortSignal;
  readonly #schedulerName: string;
  readonly #writer: SchedulerWriter;
  readonly #cache = new SchedulerCache();
  readonly #queue: SchedulingQueue;
  readonly #informers;
  readonly #sources;
  /** Pods that others were removed for, by uid, with the node they wait for. */
  readonly #nominated = new Map<string, { readonly info: PodInfo; readonly node: string }>();
  readonly #bindings = new Set<Promise<void>>();
  #isSynced = false;
  #isDraining = false;
  #startAt = 0;

  constructor(deps: SchedulerDeps, options: SchedulerOptions, signal: AbortSignal) {
    this.#deps = deps;
    this.#signal = signal;
    this.#schedulerName = options.schedulerName ?? "default-scheduler";
    this.#writer = new SchedulerWriter(deps);
    this.#queue = new SchedulingQueue({ clock: deps.clock, plugins, onReady: () => this.#drainSoon() });
    this.#informers = createInformerFactory(deps);
    this.#sources = {
      pods: this.#informers.informer(pods, { fieldSelector: livePods }),
      nodes: this.#informers.informer(nodes),
      namespaces: this.#informers.informer(namespaces),
      services: this.#informers.informer(services),
      replicaSets: this.#informers.informer(replicaSets),
      replicationControllers: this.#informers.informer(replicationControllers),
      budgets: this.#informers.informer(podDisruptionBudgets),
    };
  }

  async run(): Promise<void> {
    const removals = [
      this.#sources.nodes.addHandler(event => this.#onNode(event)),
      this.#sources.pods.addHandler(event => this.#onPod(event)),
      this.#sources.namespaces.addHandler(event => {
        if (event.type === "updated") this.#queue.wake("namespaceLabelsChanged");
      }),
    ];
    const running = this.#informers.run(this.#signal);
    try {
      await this.#informers.waitForSync(this.#signal);
      this.#isSynced = true;
      this.#drainSoon();
    } catch (error) {
      if (!this.#signal.aborted) throw error;
    }
    await running;
    for (const remove of removals) remove();
    this.#queue.close();
    await Promise.all(this.#bindings);
  }

  // ---- what happens in the cluster -----------------------------------------------------------------------------

  #onNode({ type, object, old }: InformerEvent<Node>): void {
    if (type === "deleted") return this.#cache.removeNode(object.metadata.name ?? "");
    this.#cache.setNode(object);
    const changes: readonly ClusterEvent[] = old === undefined ? ["nodeAdded"] : nodeChanges(old, object);
    for (const change of changes) this.#queue.wake(change);
  }

  #onPod(event: InformerEvent<Pod>): void {
    const { type, object, old, cause } = event;
    const uid = object.metadata.uid ?? "";
    const { nodeName } = object.spec;
    if (type === "deleted" || nodeName) {
      this.#queue.remove(uid);
      this.#nominated.delete(uid);
    }
    if (type === "deleted") {
      this.#cache.removePod(uid);
      this.#queue.wake("assignedPodDeleted");
    } else if (nodeName) {
      const info = podInfoOf(object);
      this.#cache.setPod(info, nodeName);
      if (!old?.spec.nodeName) this.#queue.wake("assignedPodAdded");
      else for (const change of assignedPodChanges(podInfoOf(old), info)) this.#queue.wake(change);
    } else if (object.spec.schedulerName === this.#schedulerName) {
      const info = podInfoOf(object);
      const node = object.status?.nominatedNodeName;
      if (node) this.#nominated.set(uid, { info, node });
      else if (old?.status?.nominatedNodeName) this.#nominated.delete(uid);
      this.#queue.add(info, cause);
    }
  }

  // ---- the loop --------------------------------------------------------------------------------------------------

  #drainSoon(): void {
    if (this.#isDraining || !this.#isSynced || this.#signal.aborted) return;
    this.#isDraining = true;
    void Promise.resolve()
      .then(() => this.#drain())
      .catch(error => {
        if (!this.#signal.aborted) this.#deps.log.error("the scheduling loop failed", { error });
      });
  }

  async #drain(): Promise<void> {
    const { clock } = this.#deps;
    let turnEndMs = clock.monotonic() + turnMs;
    try {
      for (let entry = this.#queue.pop(); entry !== undefined; entry = this.#queue.pop()) {
        this.#try(entry);
        if (this.#bindings.size >= bindingLimit) await Promise.race(this.#bindings);
        if (clock.monotonic() < turnEndMs) continue;
        await clock.sleep(0, this.#signal);
        turnEndMs = clock.monotonic() + turnMs;
      }
    } finally {
      // In the same turn as the last pop: a pod that comes from now on starts the loop anew.
      this.#isDraining = false;
    }
  }

  #try(entry: Entry): void {
    const { info } = entry;
    if (info.pod.metadata.deletionTimestamp !== undefined) return this.#queue.remove(info.uid);
    const { clock, random } = this.#deps;
    const startMs = clock.now();
    const began = clock.monotonic();
    const snapshot = this.#snapshot();
    try {
      const decision = scheduleOne({
        info,
        snapshot,
        plugins,
        random,
        startAt: this.#startAt,
        nominatedNode: this.#nominated.get(info.uid)?.node,
        nominatedOn: node => this.#nominatedOn(node),
      });
      if (decision.type === "placed") {
        this.#startAt = (this.#startAt + decision.evaluated) % snapshot.nodes.length;
        this.#record(entry, decision, startMs, began, describePlacement(decision));
        this.#place(entry, decision);
      } else {
        const message = this.#refuse(entry, decision, snapshot);
        this.#record(entry, decision, startMs, began, message);
      }
    } catch (error) {
      this.#fail(entry, error);
    }
  }

  #snapshot(): Snapshot {
    const cache = this.#cache;
    const sources = this.#sources;
    return {
      nodes: cache.nodes,
      namespaceLabels: name => sources.namespaces.get(name)?.metadata.labels,
      nodesWithImage: name => cache.nodesWithImage(name),
      defaultSelector: pod => defaultSelectorOf(pod, sources),
    };
  }

  #nominatedOn(node: string): readonly PodInfo[] {
    if (this.#nominated.size === 0) return [];
    return [...this.#nominated.values()].filter(each => each.node === node).map(each => each.info);
  }

  /** From here on the pod counts as being on the node; the binding is on its way. */
  #place(entry: Entry, { node }: Placement): void {
    const { info, cause } = entry;
    this.#nominated.delete(info.uid);
    this.#cache.assume(info, node);
    const binding = this.#writer
      .bind(info.pod, node, cause)
      .catch(error => {
        if (this.#cache.forget(info.uid)) this.#queue.wake("assignedPodDeleted");
        if (isNotFound(error)) this.#queue.remove(info.uid);
        else this.#fail(entry, error);
      })
      .finally(() => this.#bindings.delete(binding));
    this.#bindings.add(binding);
  }

  #refuse(entry: Entry, refusal: Refusal, snapshot: Snapshot): string {
    const { info, cause } = entry;
    const preemption = this.#preempt(info, refusal, snapshot);
    const message = refusalMessage(refusal, preemption?.type === "preempt" ? "" : (preemption?.message ?? ""));
    this.#queue.reject(entry, refusal.plugins);
    const node = nominationBy(preemption);
    if (node === "") this.#nominated.delete(info.uid);
    this.#writer.reportFailure(info.pod, { reason: "Unschedulable", message }, node, cause);
    if (preemption?.type !== "preempt") return message;
    this.#nominate(info, preemption.node, cause);
    for (const victim of preemption.victims) void this.#writer.evict(victim, info.pod, preemption.node, cause);
    return `${message} ${preemption.victims.length} pods of ${preemption.node} are removed for it`;
  }

  /** Less important pods that wait for the same node may not fit on it any more: they are free to go elsewhere. */
  #nominate(info: PodInfo, node: string, cause: Cause | undefined): void {
    for (const [uid, other] of this.#nominated) {
      if (other.node !== node || other.info.priority >= info.priority) continue;
      this.#nominated.delete(uid);
      this.#writer.withdrawNomination(other.info.pod, cause);
    }
    this.#nominated.set(info.uid, { info, node });
  }

  #preempt(info: PodInfo, refusal: Refusal, snapshot: Snapshot): Preemption | undefined {
    if (refusal.total === 0) return undefined;
    const nominatedNode = this.#nominated.get(info.uid)?.node;
    return planPreemption({
      info,
      snapshot,
      plugins,
      refusal,
      budgets: this.#sources.budgets.list(),
      nominatedNode,
    });
  }

  /** Something went wrong that says nothing about the pod: it comes back after a while. */
  #fail(entry: Entry, error: unknown): void {
    if (this.#signal.aborted) return;
    const message = messageOf(error);
    this.#deps.log.warn("a pod could not be scheduled", { pod: keyOf(entry.info.pod), error });
    this.#queue.retry(entry);
    this.#nominated.delete(entry.info.uid);
    this.#writer.reportFailure(entry.info.pod, { reason: "SchedulerError", message }, "", entry.cause);
  }

  #record(entry: Entry, { type }: Decision, startMs: number, began: number, decision: string): void {
    const { clock, recorder } = this.#deps;
    const { namespace, name = "", uid } = entry.info.pod.metadata;
    const endMs = clock.monotonic();
    recorder.record({
      component: "scheduler",
      name: "schedule",
      startMs,
      durationMs: endMs - began,
      ...(entry.cause && { cause: entry.cause }),
      subject: { resource: pods.plural, ...(namespace && { namespace }), name, ...(uid && { uid }) },
      decision,
      attributes: { attempt: entry.attempts, placed: type === "placed", queuedMs: began - entry.sinceMs },
    });
  }
}

/** The node that the pod waits for from now on: empty is none, undefined as before. */
function nominationBy(preemption: Preemption | undefined): string | undefined {
  if (preemption?.type === "ineligible") return undefined;
  return preemption?.type === "preempt" ? preemption.node : "";
}

function describePlacement({ node, feasible, evaluated, score }: Placement): string {
  const scored = feasible === 1 ? "the only one" : `score ${score}`;
  return `${node}: ${feasible} of ${evaluated} nodes fit; ${scored}`;
}

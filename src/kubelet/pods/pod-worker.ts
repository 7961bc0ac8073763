import type { Pod } from "#api/core/v1/pod.ts";
import { isPodTerminal } from "#api/core/v1/pod-conditions.ts";
import { allContainers } from "#api/core/v1/pod-containers.ts";
import { qosClassOf } from "#api/core/v1/qos.ts";
import { backoffMs } from "#base/backoff.ts";
import { type Cause, unionCauses } from "#base/cause.ts";
import { parseTime, type Timer } from "#base/clock.ts";
import { messageOf } from "#base/error-message.ts";
import type { Log } from "#base/log.ts";
import { containerHash } from "../containers/container-config.ts";
import { MountError } from "../containers/errors.ts";
import type { KubeletOptions } from "../options.ts";
import type { ProbeManager } from "../probes/probe-manager.ts";
import type { WaitingReason } from "./container-status.ts";
import { CrashBackoff } from "./crash-backoff.ts";
import { podFullName } from "./names.ts";
import { PlanExecutor, type PlanExecutorDeps, SandboxError } from "./plan-executor.ts";
import { type PodPlan, planPod } from "./plan-pod.ts";
import { callsForSync } from "./pod-changes.ts";
import { PodCleaner, type PodCleanerDeps } from "./pod-cleaner.ts";
import { PodContext, type PodContextDeps } from "./pod-context.ts";
import { podStatusOf } from "./pod-status.ts";
import { noRuntimePod, type RuntimePod } from "./runtime-pod.ts";
import { readRuntimePod } from "./runtime-reader.ts";
import type { StatusManager } from "./status-manager.ts";

export interface PodWorkerDeps extends PodContextDeps, PlanExecutorDeps, PodCleanerDeps {
  readonly log: Log;
  readonly probes: ProbeManager;
  readonly statuses: StatusManager;
  /** Resolves once the node may run pods: its runtime is up. */
  readonly nodeReady: Promise<void>;
  runtimeName(): string;
  /** Why the node will not have this pod; undefined when it will. */
  rejection(pod: Pod): WaitingReason | undefined;
  /** Called once, when nothing of the pod is left. */
  gone(uid: string): void;
}

export interface PodWorkerOptions {
  readonly kubelet: KubeletOptions;
  readonly signal: AbortSignal;
}

/**
 * Where a pod stands on this node. It only ever moves forward:
 *
 * ```
 * active --deleted, finished, rejected, past its deadline--> stopping --all containers ended--> stopped --API object gone--> gone
 * ```
 */
type Stage = "active" | "stopping" | "stopped" | "gone";

const retry = { initialMs: 500, maximumMs: 120_000 };
/** When a container could not be started for a reason that time alone may mend. */
const startRetryMs = 10_000;
const deadlineMessage = "Pod was active on the node longer than the specified deadline";

/** Brings one pod to what its spec says, one sync after another and never two at once. */
export class PodWorker {
  readonly uid: string;
  readonly #deps: PodWorkerDeps;
  readonly #options: PodWorkerOptions;
  readonly #backoff: CrashBackoff;
  readonly #executor: PlanExecutor;
  readonly #cleaner: PodCleaner;
  readonly #waiting = new Map<string, WaitingReason>();
  readonly #causes: Cause[] = [];
  /** The last change from outside: what containers and probes do by themselves follows from it. */
  #lastCause: Cause | undefined;
  #pod: Pod;
  #stage: Stage = "active";
  #failure: WaitingReason | undefined;
  #removed = false;
  #dirty = false;
  #admitted: boolean;
  #failures = 0;
  #running: Promise<void> | undefined;
  #timer: Timer | undefined;
  #graceSeconds: number | undefined;
  #interrupt = new AbortController();
  /** What the runtime said last, as long as nothing tells that it has changed. */
  #known: RuntimePod | undefined;
  #runtimeChanges = 0;
  /** While its containers are being stopped: what they are stopped by, and how they stood before. */
  #ending: { readonly context: PodContext; readonly runtime: RuntimePod } | undefined;

  constructor(deps: PodWorkerDeps, pod: Pod, options: PodWorkerOptions) {
    this.#deps = deps;
    this.#options = options;
    this.#pod = pod;
    this.uid = pod.metadata.uid ?? "";
    // An earlier kubelet let it in.
    this.#admitted = pod.status?.startTime !== undefined && !isPodTerminal(pod);
    this.#backoff = new CrashBackoff({
      initialMs: options.kubelet.crashLoopInitialMs,
      maximumMs: options.kubelet.crashLoopMaximumMs,
    });
    this.#executor = new PlanExecutor(deps, {
      kubelet: options.kubelet,
      backoff: this.#backoff,
      waiting: this.#waiting,
      lookAgain: () => {
        this.#dirty = true;
      },
    });
    this.#cleaner = new PodCleaner(deps, options.kubelet);
  }

  get pod(): Pod {
    return this.#pod;
  }

  /** It takes room on the node: from when it was let in until the last of it has ended. */
  get isAdmitted(): boolean {
    return this.#admitted && this.#stage !== "stopped" && this.#stage !== "gone";
  }

  update(pod: Pod, cause: Cause | undefined): void {
    const before = this.#pod;
    this.#pod = pod;
    this.#deps.statuses.observe(pod);
    if (this.#stage === "stopping") this.#shortenGrace(pod);
    if (pod.metadata.deletionTimestamp) this.#interrupt.abort();
    if (!callsForSync(before, pod)) return;
    if (before !== pod) this.#executor.volumesChanged();
    this.wake(cause);
  }

  /** The API object is gone: whatever is left goes too. */
  remove(cause: Cause | undefined): void {
    this.#removed = true;
    this.#interrupt.abort();
    this.wake(cause);
  }

  volumesChanged(): void {
    this.#executor.volumesChanged();
    this.wake(undefined);
  }

  /** The runtime did something with its containers. */
  runtimeChanged(): void {
    this.#runtimeChanges++;
    this.#known = undefined;
    this.wake(undefined);
  }

  /** A probe found something out. While the pod is being stopped, only its status follows from that. */
  probed(): void {
    if (this.#ending === undefined) this.wake(undefined);
    else this.#publish(this.#ending.context, this.#ending.runtime);
  }

  wake(cause: Cause | undefined): void {
    if (cause !== undefined) this.#causes.push(cause);
    this.#dirty = true;
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
      if (this.#dirty && !this.#options.signal.aborted && this.#stage !== "gone") this.wake(undefined);
    });
  }

  async stopped(): Promise<void> {
    this.#timer?.cancel();
    await this.#running;
  }

  async #run(): Promise<void> {
    await this.#deps.nodeReady;
    while (this.#dirty && !this.#options.signal.aborted && this.#stage !== "gone") {
      this.#dirty = false;
      this.#timer?.cancel();
      this.#lastCause = unionCauses(this.#causes.splice(0)) ?? this.#lastCause;
      const context = new PodContext(this.#deps, {
        pod: this.#deps.statuses.pod(this.uid) ?? this.#pod,
        cause: this.#lastCause,
        signal: this.#options.signal,
        interrupt: this.#interrupt.signal,
        node: this.#options.kubelet.nodeName,
      });
      try {
        await context.step("sync pod", () => this.#sync(context));
        this.#failures = 0;
      } catch (error) {
        this.#known = undefined;
        if (this.#options.signal.aborted) return;
        // The pod is to stop: what was given up for that is no failure, and the next turn stops it.
        if (this.#interrupt.signal.aborted && this.#stage === "active") continue;
        this.#report(context, error);
        this.#later(backoffMs(this.#failures++, retry));
      }
    }
  }

  async #sync(context: PodContext): Promise<void> {
    this.#decideStage(context);
    if (this.#stage === "active") return this.#syncActive(context);
    if (this.#stage === "stopping") await this.#stop(context);
    if (this.#stage === "stopped") await this.#finish(context);
  }

  #decideStage(context: PodContext): void {
    if (this.#stage !== "active") return;
    const { pod } = context;
    const isOver = pod.status?.phase === "Succeeded" || pod.status?.phase === "Failed";
    if (this.#removed || this.#pod.metadata.deletionTimestamp || isOver) {
      this.#stage = "stopping";
      return;
    }
    if (!this.#admitted && this.#failure === undefined) this.#admit(context);
    const deadline = this.#deadlineMs(pod);
    if (this.#failure === undefined && deadline !== undefined && this.#deps.clock.now() >= deadline) {
      this.#failure = { reason: "DeadlineExceeded", message: deadlineMessage };
      context.event("Normal", "DeadlineExceeded", deadlineMessage);
    }
    if (this.#failure !== undefined) this.#stage = "stopping";
  }

  #admit(context: PodContext): void {
    const rejection = this.#deps.rejection(context.pod);
    this.#admitted = rejection === undefined;
    if (rejection === undefined) return;
    this.#failure = { reason: rejection.reason, message: `Pod was rejected: ${rejection.message}` };
    context.event("Warning", rejection.reason, rejection.message);
  }

  #deadlineMs(pod: Pod): number | undefined {
    const { activeDeadlineSeconds } = pod.spec;
    const start = pod.status?.startTime;
    return activeDeadlineSeconds === undefined || start === undefined
      ? undefined
      : parseTime(start) + activeDeadlineSeconds * 1000;
  }

  // ---- active ----------------------------------------------------------------------------------------------------

  async #syncActive(context: PodContext): Promise<void> {
    const before = this.#known ?? (await this.#look());
    this.#deps.probes.sync(context.pod, before, context.cause);
    const plan = planPod({
      pod: context.pod,
      runtime: before,
      nowMs: this.#deps.clock.now(),
      backoff: this.#backoff,
      health: this.#deps.probes,
      hashOf: containerHash,
    });
    this.#noteWaits(context, plan);
    this.#publish(context, before);
    if (plan.finished) {
      this.#stage = "stopping";
      return this.#stop(context);
    }
    const acted = await this.#executor.execute(context, plan, before);
    const after = acted ? await this.#look() : before;
    this.#deps.probes.sync(context.pod, after, context.cause);
    this.#publish(context, after);
    if (await this.#cleaner.removeOldRuns(context, after)) this.#known = undefined;
    this.#scheduleNext(context, plan);
  }

  #noteWaits(context: PodContext, plan: PodPlan): void {
    for (const { container, message } of plan.wait) {
      this.#waiting.set(container.name, { reason: "CrashLoopBackOff", message });
      const text = `Back-off restarting failed container ${container.name} in pod ${podFullName(context.pod.metadata)}`;
      context.event("Warning", "BackOff", text, { name: container.name, kind: "container" });
    }
  }

  #scheduleNext(context: PodContext, plan: PodPlan): void {
    const now = this.#deps.clock.now();
    const times = [
      now + this.#options.kubelet.syncFrequencyMs,
      ...plan.wait.map(({ untilMs }) => untilMs),
      this.#deadlineMs(context.pod) ?? Number.POSITIVE_INFINITY,
    ];
    if (this.#waiting.size > plan.wait.length) {
      for (const container of allContainers(context.pod.spec)) {
        const waiting = this.#waiting.get(container.name);
        if (waiting === undefined || waiting.reason === "CrashLoopBackOff") continue;
        times.push(this.#deps.images.nextTryMs(this.uid, container.image ?? "") ?? now + startRetryMs);
      }
    }
    this.#later(Math.max(0, Math.min(...times) - now));
  }

  // ---- stopping --------------------------------------------------------------------------------------------------

  async #stop(context: PodContext): Promise<void> {
    this.#graceSeconds = this.#pod.metadata.deletionGracePeriodSeconds;
    const before = await this.#read();
    this.#publish(context, before);
    this.#deps.probes.keepReadiness(this.uid);
    this.#ending = { context, runtime: before };
    try {
      await this.#deps.terminator.stop(context, before);
    } finally {
      this.#ending = undefined;
    }
    const after = await this.#read();
    this.#deps.probes.stop(this.uid);
    this.#publish(context, after);
    this.#stage = "stopped";
    await this.#finish(context);
  }

  /** A second delete may leave less time than the first: the containers are then stopped with that. */
  #shortenGrace(pod: Pod): void {
    const grace = pod.metadata.deletionGracePeriodSeconds;
    if (grace === undefined || (this.#graceSeconds !== undefined && grace >= this.#graceSeconds)) return;
    this.#graceSeconds = grace;
    const options = { pod, cause: undefined, signal: this.#options.signal, node: this.#options.kubelet.nodeName };
    const context = new PodContext(this.#deps, options);
    this.#read()
      .then(runtime => this.#deps.terminator.stop(context, runtime, grace))
      .catch((error: unknown) =>
        this.#deps.log.warn("a pod's grace could not be shortened", { pod: pod.metadata.name, error }),
      );
  }

  /** Everything ended: release what the pod held, then let its API object go, and last what the runtime keeps of it. */
  async #finish(context: PodContext): Promise<void> {
    await this.#cleaner.release(context, this.uid);
    await this.#deps.statuses.flush(this.uid);
    if (!this.#removed && this.#pod.metadata.deletionTimestamp) await this.#cleaner.deleteObject(context, this.uid);
    if (!this.#removed) return;
    await this.#cleaner.purge(context, await this.#read());
    this.#stage = "gone";
    this.#deps.gone(this.uid);
  }

  // ---- both ------------------------------------------------------------------------------------------------------

  /** Reads the runtime's pod, and keeps it unless it changed meanwhile. */
  async #look(): Promise<RuntimePod> {
    const changes = this.#runtimeChanges;
    const runtime = await this.#read();
    this.#known = changes === this.#runtimeChanges ? runtime : undefined;
    return runtime;
  }

  async #read(): Promise<RuntimePod> {
    const runtime = (await readRuntimePod(this.#deps.runtime, this.uid)) ?? noRuntimePod(this.uid);
    await this.#deps.messages.read(runtime, allContainers(this.#pod.spec), this.#deps.volumes.podFolder(this.uid));
    return runtime;
  }

  #publish(context: PodContext, runtime: RuntimePod): void {
    const { probes, statuses, messages } = this.#deps;
    const pod = statuses.pod(this.uid) ?? context.pod;
    const allEnded =
      runtime.containers.every(({ state }) => state === "exited") && runtime.sandboxes.every(({ ready }) => !ready);
    const status = podStatusOf({
      pod,
      runtime,
      runtimeName: this.#deps.runtimeName(),
      nowMs: this.#deps.clock.now(),
      hostIps: this.#options.kubelet.nodeIps,
      waiting: this.#waiting,
      over: this.#stage !== "active" && allEnded,
      failure: this.#failure,
      qosClass: qosClassOf(pod),
      readiness: (_name, id) => probes.ready(id),
      started: (_name, id) => probes.started(id),
      messageOf: container => messages.of(container),
    });
    statuses.set(this.uid, status, context.cause);
  }

  #report(context: PodContext, error: unknown): void {
    if (error instanceof MountError) context.event("Warning", "FailedMount", error.message);
    else if (!(error instanceof SandboxError))
      context.event("Warning", "FailedSync", `Error syncing pod: ${messageOf(error)}`);
    this.#deps.log.warn("a pod's sync failed", { pod: podFullName(context.pod.metadata), error });
  }

  #later(ms: number): void {
    this.#timer?.cancel();
    this.#timer = this.#deps.clock.schedule(ms, () => this.runtimeChanged(), { background: true });
  }
}

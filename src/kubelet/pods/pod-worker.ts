import { type Pod, pods } from "#api/core/v1/pod.ts";
import { podCondition } from "#api/core/v1/pod-conditions.ts";
import { qosClassOf } from "#api/core/v1/qos.ts";
import { isConflict, isNotFound } from "#api/status.ts";
import { backoffMs } from "#base/backoff.ts";
import { type Cause, unionCauses } from "#base/cause.ts";
import { type Clock, parseTime, type Timer } from "#base/clock.ts";
import type { Log } from "#base/log.ts";
import type { Client } from "#client/client.ts";
import type { EventRecorder } from "#client/events.ts";
import type { RuntimeService } from "#cri/services.ts";
import type { Recorder } from "#journey/span.ts";
import { containerHash } from "../containers/container-config.ts";
import type { ContainerKiller } from "../containers/container-killer.ts";
import type { ContainerStarter, SandboxHandle } from "../containers/container-starter.ts";
import { ContainerStartError, MountError, messageOf } from "../containers/errors.ts";
import { podCgroup, podLimits as podCgroupLimits } from "../containers/resources.ts";
import { sandboxConfig } from "../containers/sandbox-config.ts";
import type { KubeletHost } from "../host.ts";
import type { ImageManager } from "../images/image-manager.ts";
import type { KubeletOptions } from "../options.ts";
import type { ProbeManager } from "../probes/probe-manager.ts";
import { allContainers } from "../volumes/references.ts";
import type { VolumeManager } from "../volumes/volume-manager.ts";
import type { WaitingReason } from "./container-status.ts";
import { CrashBackoff } from "./crash-backoff.ts";
import { podFullName, podLogFolder } from "./names.ts";
import { type PodPlan, planPod, type StartAction } from "./plan-pod.ts";
import { PodContext } from "./pod-context.ts";
import { podStatusOf } from "./pod-status.ts";
import type { PodTerminator } from "./pod-terminator.ts";
import { noRuntimePod, type RuntimePod } from "./runtime-pod.ts";
import { readRuntimePod } from "./runtime-reader.ts";
import type { StatusManager } from "./status-manager.ts";
import type { TerminationMessages } from "./termination-messages.ts";

export interface PodWorkerDeps {
  readonly client: Client;
  readonly runtime: RuntimeService;
  readonly host: KubeletHost;
  readonly clock: Clock;
  readonly log: Log;
  readonly recorder: Recorder;
  readonly events: EventRecorder;
  readonly images: ImageManager;
  readonly starter: ContainerStarter;
  readonly killer: ContainerKiller;
  readonly terminator: PodTerminator;
  readonly volumes: VolumeManager;
  readonly probes: ProbeManager;
  readonly statuses: StatusManager;
  readonly messages: TerminationMessages;
  /** Resolves once the node may run pods: its runtime is up. */
  readonly nodeReady: Promise<void>;
  runtimeName(): string;
  resolvConf(): string;
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
const deadlineMessage = "Pod was active on the node longer than the specified deadline";

/** Brings one pod to what its spec says, one sync after another and never two at once. */
export class PodWorker {
  readonly uid: string;
  readonly #deps: PodWorkerDeps;
  readonly #options: PodWorkerOptions;
  readonly #backoff: CrashBackoff;
  readonly #waiting = new Map<string, WaitingReason>();
  readonly #causes: Cause[] = [];
  #pod: Pod;
  #stage: Stage = "active";
  #failure: WaitingReason | undefined;
  #removed = false;
  #dirty = false;
  #volumesStale = true;
  #admitted = false;
  #failures = 0;
  #running: Promise<void> | undefined;
  #timer: Timer | undefined;
  #graceSeconds: number | undefined;
  #interrupt = new AbortController();

  constructor(deps: PodWorkerDeps, pod: Pod, options: PodWorkerOptions) {
    this.#deps = deps;
    this.#options = options;
    this.#pod = pod;
    this.uid = pod.metadata.uid ?? "";
    this.#backoff = new CrashBackoff({
      initialMs: options.kubelet.crashLoopInitialMs,
      maximumMs: options.kubelet.crashLoopMaximumMs,
    });
  }

  get pod(): Pod {
    return this.#pod;
  }

  /** It counts against the node's resources. */
  get isActive(): boolean {
    return this.#stage === "active" && this.#failure === undefined;
  }

  get isAdmitted(): boolean {
    return this.#admitted && this.#stage !== "stopped" && this.#stage !== "gone";
  }

  update(pod: Pod, cause: Cause | undefined): void {
    const before = this.#pod;
    this.#pod = pod;
    this.#deps.statuses.observe(pod);
    if (this.#stage === "stopping") this.#shortenGrace(pod);
    if (pod.metadata.deletionTimestamp) this.#interrupt.abort();
    // What the kubelet itself wrote calls for no sync, unless somebody else's words are in it.
    if (before !== pod && onlyStatusChanged(before, pod) && !gatesChanged(before, pod)) return;
    if (before !== pod) this.#volumesStale = true;
    this.wake(cause);
  }

  /** The API object is gone: whatever is left goes too. */
  remove(cause: Cause | undefined): void {
    this.#removed = true;
    this.#interrupt.abort();
    this.wake(cause);
  }

  volumesChanged(): void {
    this.#volumesStale = true;
    this.wake(undefined);
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
      const context = new PodContext(this.#deps, {
        pod: this.#deps.statuses.pod(this.uid) ?? this.#pod,
        cause: unionCauses(this.#causes.splice(0)),
        signal: this.#options.signal,
        interrupt: this.#interrupt.signal,
        node: this.#options.kubelet.nodeName,
      });
      try {
        await context.step("sync pod", () => this.#sync(context));
        this.#failures = 0;
      } catch (error) {
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
    if (!this.#admitted) this.#admit(context);
    const deadline = this.#deadlineMs(pod);
    if (this.#failure === undefined && deadline !== undefined && this.#deps.clock.now() >= deadline) {
      this.#failure = { reason: "DeadlineExceeded", message: deadlineMessage };
      context.event("Normal", "DeadlineExceeded", deadlineMessage);
    }
    if (this.#failure !== undefined) this.#stage = "stopping";
  }

  #admit(context: PodContext): void {
    const { pod } = context;
    const rejection = pod.status?.startTime === undefined ? this.#deps.rejection(pod) : undefined;
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
    const before = await this.#read();
    this.#deps.probes.sync(context.pod, before);
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
    const acted = await this.#execute(context, plan, before);
    const after = acted ? await this.#read() : before;
    this.#deps.probes.sync(context.pod, after);
    this.#publish(context, after);
    await this.#removeOldRuns(context, after);
    this.#scheduleNext(context, plan);
  }

  /** Answers whether it did anything. */
  async #execute(context: PodContext, plan: PodPlan, runtime: RuntimePod): Promise<boolean> {
    if (plan.stopAll) {
      context.event("Normal", "SandboxChanged", "Pod sandbox changed, it will be killed and re-created.");
      await this.#deps.terminator.stop(context, runtime);
      this.#dirty = true;
      return true;
    }
    for (const { container, spec, cause, message } of plan.kill) {
      const probe = cause === "liveness" ? spec?.livenessProbe : cause === "startup" ? spec?.startupProbe : undefined;
      const graceSeconds = probe?.terminationGracePeriodSeconds;
      const podIp = runtime.sandboxes[0]?.ips[0] ?? "";
      await this.#deps.killer.kill(context, {
        containerId: container.id,
        container: spec,
        podIp,
        graceSeconds,
        message,
      });
      this.#dirty = true;
    }
    const mounted = this.#mountIfNeeded(context, plan);
    const sandbox = await settled(this.#sandboxFor(context, plan, runtime), mounted);
    if (sandbox !== undefined) for (const action of plan.start) await this.#startOne(context, action, sandbox, runtime);
    return plan.kill.length > 0 || plan.start.length > 0 || plan.createSandbox !== undefined;
  }

  /** Volumes are made beside the sandbox: neither needs the other. */
  async #mountIfNeeded(context: PodContext, plan: PodPlan): Promise<void> {
    if (plan.start.length === 0 && !this.#volumesStale) return;
    this.#volumesStale = false;
    try {
      if ((context.pod.spec.volumes ?? []).length > 0)
        await context.step("mount volumes", () => this.#deps.volumes.mount(context.pod));
    } catch (error) {
      this.#volumesStale = true;
      throw error;
    }
  }

  async #sandboxFor(context: PodContext, plan: PodPlan, runtime: RuntimePod): Promise<SandboxHandle | undefined> {
    const { kubelet } = this.#options;
    const options = { ...kubelet, resolvConf: this.#deps.resolvConf() };
    if (plan.createSandbox === undefined) {
      const current = runtime.sandboxes[0];
      return (
        current && { id: current.id, ips: current.ips, config: sandboxConfig(context.pod, current.attempt, options) }
      );
    }
    const config = sandboxConfig(context.pod, plan.createSandbox, options);
    await this.#applyCgroup(context.pod);
    await this.#deps.host.files.makeFolder(config.logDirectory ?? "", 0o755);
    try {
      const request = { config, runtimeHandler: "" };
      const answer = await context.call("RunPodSandbox", call => this.#deps.runtime.runPodSandbox(request, call));
      const id = answer.podSandboxId ?? "";
      const { status } = await this.#deps.runtime.podSandboxStatus({ podSandboxId: id }, {});
      const ips = [status?.network?.ip ?? "", ...(status?.network?.additionalIps ?? []).map(({ ip }) => ip ?? "")];
      return { id, config, ips: ips.filter(ip => ip !== "") };
    } catch (error) {
      context.event("Warning", "FailedCreatePodSandBox", `Failed to create pod sandbox: ${messageOf(error)}`);
      throw new SandboxError(messageOf(error));
    }
  }

  async #applyCgroup(pod: Pod): Promise<void> {
    const { cgroupRoot, podPidsLimit } = this.#options.kubelet;
    if (cgroupRoot !== undefined)
      await this.#deps.host.cgroups.apply(podCgroup(cgroupRoot, pod), podCgroupLimits(pod, podPidsLimit));
  }

  async #startOne(
    context: PodContext,
    action: StartAction,
    sandbox: SandboxHandle,
    runtime: RuntimePod,
  ): Promise<void> {
    const { name } = action.container;
    if (action.after !== undefined) this.#backoff.restarted(name, action.after, this.#deps.clock.now());
    try {
      await this.#deps.starter.start(context, action, sandbox, runtime);
      this.#waiting.delete(name);
      this.#dirty = true;
    } catch (error) {
      if (!(error instanceof ContainerStartError)) throw error;
      this.#waiting.set(name, { reason: error.reason, message: error.message });
    }
  }

  #noteWaits(context: PodContext, plan: PodPlan): void {
    for (const { container, message } of plan.wait) {
      this.#waiting.set(container.name, { reason: "CrashLoopBackOff", message });
      const text = `Back-off restarting failed container ${container.name} in pod ${podFullName(context.pod.metadata)}`;
      context.event("Warning", "BackOff", text, { name: container.name, kind: "container" });
    }
  }

  /** The present run of a container and the one before it stay, for their logs; older ones go. */
  async #removeOldRuns(context: PodContext, runtime: RuntimePod): Promise<void> {
    const seen = new Map<string, number>();
    const old = runtime.containers.filter(({ name, state }) => {
      const count = (seen.get(name) ?? 0) + 1;
      seen.set(name, count);
      return count > 2 && state !== "running";
    });
    await this.#deps.terminator.removeContainers(context, old);
    for (const { logPath } of old) if (logPath !== "") await this.#deps.host.files.remove(logPath);
  }

  #scheduleNext(context: PodContext, plan: PodPlan): void {
    const now = this.#deps.clock.now();
    const times = [
      now + this.#options.kubelet.syncFrequencyMs,
      ...plan.wait.map(({ untilMs }) => untilMs),
      this.#deadlineMs(context.pod) ?? Number.POSITIVE_INFINITY,
    ];
    if (this.#waiting.size > plan.wait.length) {
      for (const container of allContainers(context.pod)) {
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
    await this.#deps.terminator.stop(context, before);
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
    await context.step("unmount volumes", () => this.#deps.volumes.unmount(this.uid));
    const { cgroupRoot, podLogsFolder } = this.#options.kubelet;
    if (cgroupRoot !== undefined) await this.#deps.host.cgroups.remove(podCgroup(cgroupRoot, context.pod));
    await this.#deps.statuses.flush(this.uid);
    if (!this.#removed && this.#pod.metadata.deletionTimestamp) await this.#deleteObject(context);
    if (!this.#removed) return;
    const runtime = await this.#read();
    await this.#deps.terminator.stop(context, runtime, 0);
    await this.#deps.terminator.remove(context, runtime);
    await this.#deps.host.files.remove(podLogFolder(podLogsFolder, this.#pod.metadata));
    this.#deps.messages.forget(runtime);
    this.#deps.images.forget(this.uid);
    this.#stage = "gone";
    this.#deps.gone(this.uid);
  }

  async #deleteObject(context: PodContext): Promise<void> {
    const { name = "", namespace = "" } = this.#pod.metadata;
    const client = context.cause === undefined ? this.#deps.client : this.#deps.client.because(context.cause);
    try {
      const options = { gracePeriodSeconds: 0, preconditions: { uid: this.uid } };
      await context.step("delete pod", () => client.delete(pods, { namespace, name }, options));
    } catch (error) {
      // Gone already, or a new pod has the name: either way this one is no more.
      if (!isNotFound(error) && !isConflict(error)) throw error;
    }
  }

  // ---- both ------------------------------------------------------------------------------------------------------

  async #read(): Promise<RuntimePod> {
    const runtime = (await readRuntimePod(this.#deps.runtime, this.uid)) ?? noRuntimePod(this.uid);
    await this.#deps.messages.read(runtime, allContainers(this.#pod), this.#deps.volumes.podFolder(this.uid));
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
    this.#timer = this.#deps.clock.schedule(ms, () => this.wake(undefined), { background: true });
  }
}

class SandboxError extends Error {
  override readonly name = "SandboxError";
}

const startRetryMs = 10_000;

/** Waits for both, so that nothing is left running when one of them fails; the first failure counts. */
async function settled<T>(main: Promise<T>, beside: Promise<void>): Promise<T> {
  const [first, second] = await Promise.allSettled([main, beside]);
  if (first.status === "rejected") throw first.reason;
  if (second.status === "rejected") throw second.reason;
  return first.value;
}

function onlyStatusChanged(before: Pod, after: Pod): boolean {
  return (
    before.metadata.generation === after.metadata.generation &&
    before.metadata.deletionTimestamp === after.metadata.deletionTimestamp &&
    before.metadata.deletionGracePeriodSeconds === after.metadata.deletionGracePeriodSeconds &&
    JSON.stringify([before.metadata.labels, before.metadata.annotations]) ===
      JSON.stringify([after.metadata.labels, after.metadata.annotations]) &&
    (after.metadata.generation !== undefined || JSON.stringify(before.spec) === JSON.stringify(after.spec))
  );
}

/** Readiness gates are written by others and decide on Ready. */
function gatesChanged(before: Pod, after: Pod): boolean {
  return (after.spec.readinessGates ?? []).some(({ conditionType }) => {
    const statusOf = (pod: Pod) => podCondition(pod, conditionType)?.status;
    return statusOf(before) !== statusOf(after);
  });
}

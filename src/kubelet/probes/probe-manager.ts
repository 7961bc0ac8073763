import type { Container } from "#api/core/v1/container.ts";
import type { Pod } from "#api/core/v1/pod.ts";
import { pods } from "#api/core/v1/pod.ts";
import { isSidecar, sidecarsOf } from "#api/core/v1/pod-containers.ts";
import type { Probe } from "#api/core/v1/probe.ts";
import type { Cause } from "#base/cause.ts";
import type { Clock } from "#base/clock.ts";
import type { Log } from "#base/log.ts";
import type { Random } from "#base/random.ts";
import type { EventRecorder } from "#client/events.ts";
import type { Recorder, Span } from "#journey/span.ts";
import type { ContainerHealth } from "../pods/plan-pod.ts";
import { newestContainer, type RuntimePod } from "../pods/runtime-pod.ts";
import { podSubject } from "../spans.ts";
import { type ProbeResult, type ProberDeps, probeOnce } from "./prober.ts";

export type ProbeKind = "liveness" | "readiness" | "startup";

export interface ProbeManagerDeps extends ProberDeps {
  readonly clock: Clock;
  readonly random: Random;
  readonly recorder: Recorder;
  readonly events: EventRecorder;
  readonly log: Log;
}

interface Worker {
  readonly kind: ProbeKind;
  readonly containerId: string;
  readonly stop: AbortController;
  /** Of the sync that started it. */
  readonly cause: Cause | undefined;
  result: "success" | "failure" | undefined;
}

/**
 * Probes every running container that asks for it. Each (container run, kind) has a worker of its own that ends with
 * the run; a changed result wakes the pod's worker, so that readiness reaches the API at once.
 */
export class ProbeManager implements ContainerHealth {
  readonly #deps: ProbeManagerDeps;
  readonly #options: { readonly node: string; readonly changed: (podUid: string) => void };
  readonly #workers = new Map<string, Worker[]>();
  /** Containers whose postStart hook has not returned. */
  readonly #hooked = new Set<string>();

  constructor(deps: ProbeManagerDeps, options: { node: string; changed: (podUid: string) => void }) {
    this.#deps = deps;
    this.#options = options;
  }

  failed(containerId: string): "liveness" | "startup" | undefined {
    for (const kind of ["liveness", "startup"] as const) {
      if (this.#result(containerId, kind)?.result === "failure") return kind;
    }
    return undefined;
  }

  started(containerId: string): boolean {
    if (this.#hooked.has(containerId)) return false;
    const worker = this.#result(containerId, "startup");
    return worker === undefined || worker.result === "success";
  }

  ready(containerId: string): boolean {
    const worker = this.#result(containerId, "readiness");
    return worker === undefined || worker.result === "success";
  }

  /** While a container's postStart hook runs it does not count as started. */
  holdStart(containerId: string): () => void {
    this.#hooked.add(containerId);
    return () => this.#hooked.delete(containerId);
  }

  /** Starts workers for containers that run and ends those of containers that do not. */
  sync(pod: Pod, runtime: RuntimePod, cause: Cause | undefined): void {
    const uid = pod.metadata.uid ?? "";
    const workers = this.#workers.get(uid) ?? [];
    const kept: Worker[] = [];
    const begin: (() => void)[] = [];
    const candidates = [...sidecarsOf(pod.spec), ...pod.spec.containers];
    for (const container of candidates) {
      const running = newestContainer(runtime, container.name);
      if (running?.state !== "running") continue;
      for (const [kind, probe] of probesOf(container)) {
        const known = workers.find(worker => worker.containerId === running.id && worker.kind === kind);
        const worker = known ?? {
          ...{ kind, containerId: running.id, stop: new AbortController(), cause },
          result: knownResult(pod, container, kind, running.id),
        };
        kept.push(worker);
        const podIp = podIpOf(pod, runtime);
        if (known === undefined)
          begin.push(() => this.#start(worker, pod, container, probe, running.startedAtMs, podIp));
      }
    }
    for (const worker of workers) if (!kept.includes(worker)) worker.stop.abort();
    if (kept.length > 0) this.#workers.set(uid, kept);
    else this.#workers.delete(uid);
    // Only now that all are known: liveness and readiness wait for the startup probe beside them.
    for (const start of begin) start();
  }

  /** For a pod that is being stopped: who sends to it must still learn when it no longer takes anything. */
  keepReadiness(podUid: string): void {
    for (const worker of this.#workers.get(podUid) ?? []) if (worker.kind !== "readiness") worker.stop.abort();
  }

  stop(podUid: string): void {
    for (const worker of this.#workers.get(podUid) ?? []) worker.stop.abort();
    this.#workers.delete(podUid);
  }

  stopAll(): void {
    for (const uid of [...this.#workers.keys()]) this.stop(uid);
  }

  #result(containerId: string, kind: ProbeKind): Worker | undefined {
    for (const workers of this.#workers.values()) {
      const found = workers.find(worker => worker.containerId === containerId && worker.kind === kind);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  #start(worker: Worker, pod: Pod, container: Container, probe: Probe, startedAtMs: number, podIp: string): void {
    const { kind, stop } = worker;
    const { signal } = stop;
    this.#run(worker, pod, container, probe, startedAtMs, podIp, signal).catch((error: unknown) => {
      if (!signal.aborted) this.#deps.log.error("a probe's worker failed", { container: container.name, kind, error });
    });
  }

  async #run(
    worker: Worker,
    pod: Pod,
    container: Container,
    probe: Probe,
    startedAtMs: number,
    podIp: string,
    signal: AbortSignal,
  ): Promise<void> {
    const periodMs = (probe.periodSeconds ?? 10) * 1000;
    const firstMs = startedAtMs + (probe.initialDelaySeconds ?? 0) * 1000 - this.#deps.clock.now();
    if (firstMs > 0) await this.#deps.clock.sleep(firstMs, signal);
    const runs = { success: 0, failure: 0 };
    if (worker.kind === "startup" && worker.result === "success") return;
    while (!signal.aborted) {
      if (worker.kind === "startup" ? worker.result !== "success" : this.started(worker.containerId)) {
        const { clock } = this.#deps;
        const [startMs, started] = [clock.now(), clock.monotonic()];
        const result = await probeOnce(
          this.#deps,
          probe,
          { container, containerId: worker.containerId, podIp },
          signal,
        );
        if (signal.aborted) return;
        const measured = { startMs, durationMs: clock.monotonic() - started };
        this.#judge(worker, pod, container, probe, result, runs, measured);
        if (worker.kind !== "readiness" && worker.result === "failure") return;
        if (worker.kind === "startup" && worker.result === "success") return;
        await this.#deps.clock.sleep(periodMs, signal);
      } else await this.#deps.clock.sleep(Math.min(periodMs, waitForStartMs), signal);
    }
  }

  #judge(
    worker: Worker,
    pod: Pod,
    container: Container,
    probe: Probe,
    result: ProbeResult,
    runs: { success: number; failure: number },
    measured: Pick<Span, "startMs" | "durationMs">,
  ): void {
    const now = result.outcome;
    if (now !== "success") this.#report(worker, pod, container, result);
    if (now === "error") return;
    runs.success = now === "success" ? runs.success + 1 : 0;
    runs.failure = now === "success" ? 0 : runs.failure + 1;
    const threshold = now === "success" ? (probe.successThreshold ?? 1) : (probe.failureThreshold ?? 3);
    if (worker.result === now || runs[now] < threshold) return;
    const first = worker.result === undefined;
    worker.result = now;
    if (first && now === "failure" && worker.kind === "readiness") return;
    this.#deps.recorder.record({
      component: "kubelet",
      node: this.#options.node,
      name: `probe ${worker.kind}`,
      ...measured,
      ...(worker.cause && { cause: worker.cause }),
      subject: podSubject(pod),
      decision: `${container.name}: ${now}`,
    });
    this.#options.changed(pod.metadata.uid ?? "");
  }

  #report(worker: Worker, pod: Pod, container: Container, { outcome, output }: ProbeResult): void {
    const kind = `${worker.kind[0]!.toUpperCase()}${worker.kind.slice(1)}`;
    const field = isSidecar(container) ? "spec.initContainers" : "spec.containers";
    const verdict = outcome === "error" ? "errored and resulted in unknown state" : "failed";
    const message = `${kind} probe ${verdict}: ${output}`;
    this.#deps.events.event(pods, pod, "Warning", "Unhealthy", message, { fieldPath: `${field}{${container.name}}` });
  }
}

/** How soon liveness and readiness begin once a container has started. */
const waitForStartMs = 100;

function probesOf(container: Container): readonly (readonly [ProbeKind, Probe])[] {
  const { livenessProbe, readinessProbe, startupProbe } = container;
  return [
    ...(startupProbe ? [["startup", startupProbe] as const] : []),
    ...(livenessProbe ? [["liveness", livenessProbe] as const] : []),
    ...(readinessProbe ? [["readiness", readinessProbe] as const] : []),
  ];
}

function podIpOf(pod: Pod, runtime: RuntimePod): string {
  return runtime.sandboxes[0]?.ips[0] ?? pod.status?.podIP ?? pod.status?.hostIP ?? "";
}

/** What an earlier kubelet found out about this run, as the API has it: a restart of the kubelet unreadies nothing. */
function knownResult(pod: Pod, container: Container, kind: ProbeKind, containerId: string): Worker["result"] {
  const statuses = [...(pod.status?.containerStatuses ?? []), ...(pod.status?.initContainerStatuses ?? [])];
  const status = statuses.find(({ name }) => name === container.name);
  if (status?.containerID === undefined || !status.containerID.endsWith(`//${containerId}`)) return undefined;
  const holds = kind === "readiness" ? status.ready : kind === "startup" && status.started;
  return holds ? "success" : undefined;
}

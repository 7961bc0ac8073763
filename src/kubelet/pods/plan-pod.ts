import type { Container } from "#api/core/v1/container.ts";
import type { Pod } from "#api/core/v1/pod.ts";
import { isSidecar } from "#api/core/v1/pod-containers.ts";
import type { CrashBackoff } from "./crash-backoff.ts";
import { podFullName } from "./names.ts";
import { initRestartsAfter, restartsAfter } from "./restart-policy.ts";
import { newestContainer, type RuntimeContainer, type RuntimePod } from "./runtime-pod.ts";

/** What probes and hooks know of running containers. */
export interface ContainerHealth {
  /** The liveness or startup probe gave up on it. */
  failed(containerId: string): "liveness" | "startup" | undefined;
  /** Its startup probe (if any) has succeeded and its postStart hook is through. */
  started(containerId: string): boolean;
}

export interface PlanInput {
  readonly pod: Pod;
  readonly runtime: RuntimePod;
  readonly nowMs: number;
  readonly backoff: Pick<CrashBackoff, "notBefore">;
  readonly health: ContainerHealth;
  hashOf(container: Container): string;
}

export type ContainerKind = "init" | "container" | "ephemeral";

export interface StartAction {
  readonly container: Container;
  readonly kind: ContainerKind;
  /** 0 for its first start. */
  readonly restartCount: number;
  /** When the one before ended. */
  readonly after?: number;
}

export interface KillAction {
  readonly container: RuntimeContainer;
  readonly spec: Container | undefined;
  readonly cause: "liveness" | "startup" | "changed" | "unknown";
  /** As the Killing event says it. */
  readonly message: string;
}

export interface WaitAction {
  readonly container: Container;
  readonly untilMs: number;
  readonly message: string;
}

/** The next steps for one pod; the empty plan means that all is as it should be. */
export interface PodPlan {
  /** Made but never started: whoever was about to was cut off. They go before anything else is done. */
  readonly remove: readonly RuntimeContainer[];
  /** Stop everything there is (sandbox included), and do no more this time. */
  readonly stopAll: boolean;
  /** Make a sandbox with this attempt number. */
  readonly createSandbox: number | undefined;
  readonly kill: readonly KillAction[];
  readonly start: readonly StartAction[];
  /** Containers in CrashLoopBackOff. */
  readonly wait: readonly WaitAction[];
  /** Nothing runs and nothing will: the pod is over. */
  readonly finished: boolean;
}

interface Draft {
  readonly kill: KillAction[];
  readonly start: StartAction[];
  readonly wait: WaitAction[];
}

/**
 * Decides what a pod that is not being deleted needs, from what the runtime holds of it. A plan only ever contains
 * steps that may be taken now; when they are done, the next plan follows from the new state.
 */
export function planPod(input: PlanInput): PodPlan {
  const { created: remove = [], ran: containers = [] } = Object.groupBy(input.runtime.containers, ({ state }) =>
    state === "created" ? "created" : "ran",
  );
  return { ...planOfRuns({ ...input, runtime: { ...input.runtime, containers } }), remove };
}

type PlanOfRuns = Omit<PodPlan, "remove">;

function planOfRuns(input: PlanInput): PlanOfRuns {
  const { pod, runtime } = input;
  const sandbox = runtime.sandboxes[0];
  if (sandbox === undefined || !isUsable(sandbox, pod)) return planWithoutSandbox(input);

  const draft: Draft = { kill: [], start: [], wait: [] };
  planEphemeral(input, draft);
  const init = planInit(input, draft);
  if (init === "failed") return stopped(draft, true);
  if (init === "pending") return going(draft);
  const kept = planContainers(input, draft);
  const over =
    kept === 0 &&
    draft.start.every(action => action.kind === "init") &&
    draft.wait.length === 0 &&
    draft.kill.length === 0;
  return over ? stopped({ kill: [], start: [], wait: [] }, true) : going(draft);
}

function isUsable(sandbox: RuntimePod["sandboxes"][number], pod: Pod): boolean {
  return (
    sandbox.ready &&
    sandbox.hostNetwork === (pod.spec.hostNetwork ?? false) &&
    (sandbox.hostNetwork || sandbox.ips.length > 0)
  );
}

/** A pod whose sandbox is gone starts anew, unless everything in it has had its only run. */
function planWithoutSandbox(input: PlanInput): PlanOfRuns {
  const { pod, runtime } = input;
  const before = runtime.sandboxes[0];
  const restart = before !== undefined;
  const stopAll = restart && (before.ready || runtime.containers.some(container => container.state !== "exited"));
  const nothing: Draft = { kill: [], start: [], wait: [] };
  const ran = runtime.containers.length > 0;
  if (restart && ran && !wantsAnotherRun(input)) return stopped(nothing, stopAll);
  const attempt = before === undefined ? 0 : before.attempt + 1;
  if (stopAll) return { stopAll, createSandbox: attempt, kill: [], start: [], wait: [], finished: false };
  const draft: Draft = { kill: [], start: [], wait: [] };
  const [firstInit] = pod.spec.initContainers ?? [];
  if (firstInit !== undefined) planStart(input, firstInit, "init", newestContainer(runtime, firstInit.name), draft);
  else for (const container of pod.spec.containers) planFromNothing(input, container, draft);
  return { stopAll: false, createSandbox: attempt, ...draft, finished: false };
}

function planFromNothing(input: PlanInput, container: Container, draft: Draft): void {
  const last = newestContainer(input.runtime, container.name);
  if (last?.state === "exited" && !restartsAfter(input.pod, container, last.exitCode)) return;
  planStart(input, container, "container", last, draft);
}

function wantsAnotherRun({ pod, runtime }: PlanInput): boolean {
  if (initHasFailed({ pod, runtime })) return false;
  return pod.spec.containers.some(container => {
    const last = newestContainer(runtime, container.name);
    if (last === undefined) return pod.spec.restartPolicy !== "Never" || !mainHasRun(pod, runtime);
    return last.state !== "exited" || restartsAfter(pod, container, last.exitCode);
  });
}

function initHasFailed({ pod, runtime }: Pick<PlanInput, "pod" | "runtime">): boolean {
  return (pod.spec.initContainers ?? []).some(container => {
    const last = newestContainer(runtime, container.name);
    return last?.state === "exited" && last.exitCode !== 0 && !initRestartsAfter(pod, container, last.exitCode);
  });
}

function mainHasRun(pod: Pod, runtime: RuntimePod): boolean {
  return pod.spec.containers.some(container => newestContainer(runtime, container.name) !== undefined);
}

/** Init containers run in order, each to its success; a sidecar lets the next one go once it has started. */
function planInit(input: PlanInput, draft: Draft): "done" | "pending" | "failed" {
  const { pod, runtime } = input;
  const inits = pod.spec.initContainers ?? [];
  const initialized = mainHasRun(pod, runtime);
  for (const [index, container] of inits.entries()) {
    const last = newestContainer(runtime, container.name);
    if (isSidecar(container)) {
      const up = planSidecar(input, container, last, draft);
      if (!up && !initialized) return "pending";
      continue;
    }
    const passed =
      initialized || inits.slice(index + 1).some(later => newestContainer(runtime, later.name) !== undefined);
    if (passed || (last?.state === "exited" && last.exitCode === 0)) continue;
    if (last?.state === "running") return "pending";
    if (last?.state === "exited" && !initRestartsAfter(pod, container, last.exitCode)) return "failed";
    planStart(input, container, "init", last, draft);
    return "pending";
  }
  return "done";
}

/** True when the next container need not wait for this sidecar. */
function planSidecar(
  input: PlanInput,
  container: Container,
  last: RuntimeContainer | undefined,
  draft: Draft,
): boolean {
  if (last?.state !== "running") {
    planStart(input, container, "init", last, draft);
    return false;
  }
  planKillUnfit(input, container, last, draft);
  return input.health.started(last.id);
}

/** Starts, restarts and kills; answers how many containers run on or wait. */
function planContainers(input: PlanInput, draft: Draft): number {
  let kept = 0;
  for (const container of input.pod.spec.containers) {
    const last = newestContainer(input.runtime, container.name);
    if (last?.state === "running") {
      kept++;
      planKillUnfit(input, container, last, draft);
      continue;
    }
    if (last?.state === "unknown") draft.kill.push(killOf(last, container, "unknown"));
    const again = last === undefined || last.state !== "exited" || restartsAfter(input.pod, container, last.exitCode);
    if (!again) continue;
    kept++;
    planStart(input, container, "container", last, draft);
  }
  return kept;
}

function planEphemeral(input: PlanInput, draft: Draft): void {
  for (const container of input.pod.spec.ephemeralContainers ?? []) {
    if (newestContainer(input.runtime, container.name) !== undefined) continue;
    draft.start.push({ container, kind: "ephemeral", restartCount: 0 });
  }
}

function planStart(
  input: PlanInput,
  container: Container,
  kind: ContainerKind,
  last: RuntimeContainer | undefined,
  draft: Draft,
): void {
  if (last === undefined) {
    draft.start.push({ container, kind, restartCount: 0 });
    return;
  }
  const restartCount = last.restartCount + 1;
  if (last.state !== "exited") {
    draft.start.push({ container, kind, restartCount });
    return;
  }
  const wait = input.backoff.notBefore(container.name, last.finishedAtMs, input.nowMs);
  if (wait === undefined) draft.start.push({ container, kind, restartCount, after: last.finishedAtMs });
  else
    draft.wait.push({
      container,
      untilMs: wait.atMs,
      message: backoffMessage(input.pod, container.name, wait.delayMs),
    });
}

function planKillUnfit(input: PlanInput, container: Container, running: RuntimeContainer, draft: Draft): void {
  const failed = input.health.failed(running.id);
  const changed = running.hash !== "" && running.hash !== input.hashOf(container);
  const cause = changed ? "changed" : failed;
  if (cause !== undefined) draft.kill.push(killOf(running, container, cause));
}

function killOf(container: RuntimeContainer, spec: Container, cause: KillAction["cause"]): KillAction {
  const what = {
    liveness: `Container ${spec.name} failed liveness probe`,
    startup: `Container ${spec.name} failed startup probe`,
    changed: `Container ${spec.name} definition changed`,
    unknown: `Container is in "CONTAINER_UNKNOWN" state, try killing it before restart`,
  }[cause];
  return { container, spec, cause, message: cause === "unknown" ? what : `${what}, will be restarted` };
}

/** `back-off 40s restarting failed container=web pod=web-1_default(uid)`. */
function backoffMessage(pod: Pod, container: string, delayMs: number): string {
  return `back-off ${goSeconds(delayMs)} restarting failed container=${container} pod=${podFullName(pod.metadata)}`;
}

/** `10s`, `2m40s`, `5m0s`: whole seconds as Go prints a duration. */
export function goSeconds(ms: number): string {
  const seconds = Math.round(ms / 1000);
  const minutes = Math.floor(seconds / 60);
  return minutes === 0 ? `${seconds}s` : `${minutes}m${seconds % 60}s`;
}

function going(draft: Draft): PlanOfRuns {
  return { stopAll: false, createSandbox: undefined, ...draft, finished: false };
}

function stopped(draft: Draft, stopAll: boolean): PlanOfRuns {
  return { stopAll, createSandbox: undefined, ...draft, start: [], wait: [], finished: true };
}

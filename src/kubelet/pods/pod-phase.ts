import type { Pod } from "#api/core/v1/pod.ts";
import { isSidecar } from "#api/core/v1/pod-containers.ts";
import type { ContainerStatus } from "#api/core/v1/pod-status.ts";

export type PodPhase = "Pending" | "Running" | "Succeeded" | "Failed";

export interface PhaseInput {
  readonly pod: Pod;
  readonly initStatuses: readonly ContainerStatus[];
  readonly statuses: readonly ContainerStatus[];
  /** Nothing of it will be started any more. */
  readonly over: boolean;
}

/** The pod's phase, from its containers' statuses. */
export function podPhase(input: PhaseInput): PodPhase {
  const { pod, statuses } = input;
  const init = countInit(input);
  if (init.failed && (pod.spec.restartPolicy === "Never" || input.over)) return "Failed";

  let running = init.sidecarsRunning;
  let waiting = init.sidecarsWaiting;
  let stopped = 0;
  let succeeded = 0;
  for (const { state, lastState } of statuses) {
    if (state?.running) running++;
    else if (state?.terminated) {
      stopped++;
      if (state.terminated.exitCode === 0) succeeded++;
    } else if (lastState?.terminated) stopped++;
    else waiting++;
  }

  if (input.over) return running + waiting === 0 && stopped > 0 && stopped === succeeded ? "Succeeded" : "Failed";
  if (init.pending || waiting > 0) return "Pending";
  if (running > 0) return "Running";
  if (mayRestart(pod, statuses)) return "Running";
  return stopped === succeeded ? "Succeeded" : "Failed";
}

/** True while a container that ended, or waits to be started again, may still come back by its restart policy. */
function mayRestart(pod: Pod, statuses: readonly ContainerStatus[]): boolean {
  return statuses.some(status => {
    const container = pod.spec.containers.find(candidate => candidate.name === status.name);
    const policy = container?.restartPolicy ?? pod.spec.restartPolicy ?? "Always";
    if (status.state?.waiting) return true;
    return policy === "Always" || (policy === "OnFailure" && status.state?.terminated?.exitCode !== 0);
  });
}

interface InitCounts {
  /** The pod is not initialized yet. */
  readonly pending: boolean;
  readonly failed: boolean;
  readonly sidecarsRunning: number;
  /** That never ran: one that ended and is about to be started anew is neither. */
  readonly sidecarsWaiting: number;
}

function countInit({ pod, initStatuses, statuses }: PhaseInput): InitCounts {
  const initialized = anyHasStarted(statuses);
  const counts = { pending: false, failed: false, sidecarsRunning: 0, sidecarsWaiting: 0 };
  for (const container of pod.spec.initContainers ?? []) {
    const status = initStatuses.find(candidate => candidate.name === container.name);
    const ended = status?.state?.terminated ?? (status?.state?.running ? undefined : status?.lastState?.terminated);
    if (isSidecar(container)) {
      if (status?.state?.running) counts.sidecarsRunning++;
      else if (ended === undefined) counts.sidecarsWaiting++;
      if (ended === undefined && !status?.started && !initialized) counts.pending = true;
    } else if (ended === undefined) counts.pending = true;
    else if (ended.exitCode !== 0) counts.failed = true;
  }
  return { ...counts, pending: counts.pending || counts.failed };
}

/** One of the pod's main containers runs or has ended: its init containers have let it. */
export function anyHasStarted(statuses: readonly ContainerStatus[]): boolean {
  return statuses.some(({ state }) => state?.running !== undefined || state?.terminated !== undefined);
}

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

  let running = 0;
  let waiting = 0;
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

  if (init.pending && !input.over) return "Pending";
  if (waiting > 0) return input.over && running === 0 && stopped > 0 ? "Failed" : "Pending";
  if (running > 0) return "Running";
  if (input.over) return stopped === succeeded ? "Succeeded" : "Failed";
  if (init.sidecarRunning) return "Running";
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

function countInit({ pod, initStatuses }: PhaseInput): { pending: boolean; failed: boolean; sidecarRunning: boolean } {
  let pending = false;
  let failed = false;
  let sidecarRunning = false;
  for (const container of pod.spec.initContainers ?? []) {
    const status = initStatuses.find(candidate => candidate.name === container.name);
    if (isSidecar(container)) {
      if (!status?.started) pending = true;
      if (status?.state?.running) sidecarRunning = true;
      continue;
    }
    const ended = status?.state?.terminated ?? (status?.state?.waiting ? status.lastState?.terminated : undefined);
    if (ended === undefined) pending = true;
    else if (ended.exitCode !== 0) {
      failed = true;
      pending = true;
    }
  }
  return { pending, failed, sidecarRunning };
}

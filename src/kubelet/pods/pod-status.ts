import type { Container } from "#api/core/v1/container.ts";
import type { Pod } from "#api/core/v1/pod.ts";
import { isSidecar } from "#api/core/v1/pod-containers.ts";
import type { ContainerStatus, PodStatus } from "#api/core/v1/pod-status.ts";
import { formatTime } from "#base/clock.ts";
import { containerStatusOf, type WaitingReason } from "./container-status.ts";
import { podConditions } from "./pod-conditions.ts";
import { podPhase } from "./pod-phase.ts";
import { newestContainer, type RuntimeContainer, type RuntimePod } from "./runtime-pod.ts";

export interface PodStatusInput {
  /** With the status as the API has it. */
  readonly pod: Pod;
  readonly runtime: RuntimePod;
  readonly runtimeName: string;
  readonly nowMs: number;
  readonly hostIps: readonly string[];
  /** By container name. */
  readonly waiting: ReadonlyMap<string, WaitingReason>;
  /** The pod will start nothing any more: it is being deleted, was rejected, passed its deadline or has finished. */
  readonly over: boolean;
  /** A verdict on the pod as a whole: DeadlineExceeded, OutOfcpu. Its phase is then Failed, once nothing of it runs. */
  readonly failure?: { readonly reason: string; readonly message: string } | undefined;
  readonly qosClass: NonNullable<PodStatus["qosClass"]>;
  readiness(containerName: string, containerId: string): boolean;
  started(containerName: string, containerId: string): boolean;
  messageOf(container: RuntimeContainer): string;
}

/** The whole of `status` that the kubelet says of a pod. */
export function podStatusOf(input: PodStatusInput): PodStatus {
  const { pod, runtime } = input;
  const inits = pod.spec.initContainers ?? [];
  const initStatuses = inits.map(container => statusOf(input, container, "init", "PodInitializing"));
  const defaultReason = inits.length > 0 ? "PodInitializing" : "ContainerCreating";
  const statuses = pod.spec.containers.map(container => statusOf(input, container, "container", defaultReason));
  const ephemeral = (pod.spec.ephemeralContainers ?? []).map(container =>
    statusOf(input, container, "ephemeral", "ContainerCreating"),
  );
  const failure = input.over ? input.failure : undefined;
  const phase = failure ? "Failed" : keepTerminal(pod, podPhase({ pod, initStatuses, statuses, over: input.over }));
  const sandbox = runtime.sandboxes[0];
  const hostNetwork = pod.spec.hostNetwork ?? false;
  const sandboxReady = sandbox?.ready === true && (hostNetwork || sandbox.ips.length > 0);
  const ips = hostNetwork ? input.hostIps : (sandbox?.ips ?? []);
  const now = formatTime(input.nowMs);
  const previous = pod.status;
  // Nothing was ever said of containers of a pod that the node would not have, nor is there anything to say.
  const turnedAway =
    (phase === "Failed" || phase === "Succeeded") && runtime.containers.length === 0 && !previous?.containerStatuses;
  return {
    ...(pod.metadata.generation ? { observedGeneration: pod.metadata.generation } : {}),
    phase,
    conditions: podConditions({ pod, phase, initStatuses, statuses, sandboxReady, now }),
    ...(failure ?? keptVerdict(previous)),
    ...(previous?.nominatedNodeName ? { nominatedNodeName: previous.nominatedNodeName } : {}),
    ...(input.hostIps[0] ? { hostIP: input.hostIps[0], hostIPs: input.hostIps.map(ip => ({ ip })) } : {}),
    ...addresses(ips, previous),
    startTime: previous?.startTime ?? now,
    ...(initStatuses.length > 0 && !turnedAway ? { initContainerStatuses: initStatuses } : {}),
    ...(turnedAway ? {} : { containerStatuses: statuses }),
    qosClass: previous?.qosClass ?? input.qosClass,
    ...(ephemeral.length > 0 ? { ephemeralContainerStatuses: ephemeral } : {}),
    ...(previous?.resourceClaimStatuses ? { resourceClaimStatuses: previous.resourceClaimStatuses } : {}),
  };
}

function statusOf(
  input: PodStatusInput,
  container: Container,
  kind: "init" | "container" | "ephemeral",
  defaultReason: string,
): ContainerStatus {
  const { pod, runtime } = input;
  const { initContainers: inits = [], containers: mains } = pod.spec;
  const newest = newestContainer(runtime, container.name);
  const running = newest?.state === "running";
  const started = running && input.started(container.name, newest.id);
  const done = newest?.state === "exited" && newest.exitCode === 0;
  const plainInit = kind === "init" && !isSidecar(container);
  const ready = plainInit
    ? done
    : kind === "ephemeral"
      ? false
      : started && input.readiness(container.name, newest!.id);
  const lists = {
    init: pod.status?.initContainerStatuses,
    container: pod.status?.containerStatuses,
    ephemeral: pod.status?.ephemeralContainerStatuses,
  };
  return containerStatusOf({
    container,
    runtime,
    runtimeName: input.runtimeName,
    waiting: input.waiting.get(container.name),
    defaultReason,
    previous: lists[kind]?.find(status => status.name === container.name),
    ready,
    started,
    messageOf: input.messageOf,
    terminating: input.over,
    mayHaveRun:
      kind === "container" && (inits.length === 0 || mains.some(({ name }) => newestContainer(runtime, name))),
  });
}

/** A phase that says "over" is never taken back. */
function keepTerminal(pod: Pod, phase: ReturnType<typeof podPhase>): ReturnType<typeof podPhase> {
  const before = pod.status?.phase;
  return before === "Succeeded" || before === "Failed" ? before : phase;
}

function keptVerdict(previous: PodStatus | undefined): { reason?: string; message?: string } {
  const isOver = previous?.phase === "Failed" || previous?.phase === "Succeeded";
  return {
    ...(isOver && previous?.message ? { message: previous.message } : {}),
    ...(isOver && previous?.reason ? { reason: previous.reason } : {}),
  };
}

/** A pod keeps the addresses it had when its sandbox is gone. */
function addresses(ips: readonly string[], previous: PodStatus | undefined): Pick<PodStatus, "podIP" | "podIPs"> {
  if (ips[0] !== undefined) return { podIP: ips[0], podIPs: ips.map(ip => ({ ip })) };
  if (previous?.podIP === undefined) return {};
  return { podIP: previous.podIP, ...(previous.podIPs ? { podIPs: previous.podIPs } : {}) };
}

import type { Container } from "#api/core/v1/container.ts";
import type { ContainerState, ContainerStateTerminated, ContainerStatus } from "#api/core/v1/pod-status.ts";
import { formatTime } from "#base/clock.ts";
import type { RuntimeContainer, RuntimePod } from "./runtime-pod.ts";

export interface WaitingReason {
  readonly reason: string;
  readonly message: string;
}

export interface ContainerStatusInput {
  readonly container: Container;
  readonly runtime: RuntimePod;
  readonly runtimeName: string;
  /** Why it is not running, where the kubelet knows: the last failure to start it, or its back-off. */
  readonly waiting: WaitingReason | undefined;
  /** ContainerCreating, or PodInitializing while other containers come first. */
  readonly defaultReason: string;
  /** What the API said last. */
  readonly previous: ContainerStatus | undefined;
  readonly ready: boolean;
  readonly started: boolean;
  /** The message that the container left, where it was read. */
  messageOf(container: RuntimeContainer): string;
  /** The pod is over or on its way: nothing starts any more. */
  readonly terminating: boolean;
  /** Nothing else of the pod had to come first, so that this one may have run unseen. */
  readonly mayHaveRun: boolean;
}

/** What `status.containerStatuses[]` says of one container. */
export function containerStatusOf(input: ContainerStatusInput): ContainerStatus {
  const { container, runtime } = input;
  const runs = runtime.containers.filter(run => run.name === container.name);
  const newest = runs[0];
  if (newest === undefined) return statusWithoutRun(input);
  const before = runs.slice(1).find(run => run.state === "exited");
  const waits = input.waiting !== undefined && newest.state !== "running" && !input.terminating;
  const state = waits ? { waiting: input.waiting } : stateOf(newest, input);
  const last = waits && newest.state === "exited" ? newest : before;
  return {
    name: container.name,
    state,
    lastState: last === undefined ? (input.previous?.lastState ?? {}) : { terminated: terminatedOf(last, input) },
    ready: input.ready,
    restartCount: newest.restartCount,
    image: newest.image || container.image || "",
    imageID: newest.imageId,
    containerID: `${input.runtimeName}://${newest.id}`,
    started: input.started,
    resources: container.resources ?? {},
    ...mountStatuses(container),
    ...(newest.user && newest.state === "running" ? { user: { linux: newest.user } } : {}),
  };
}

function statusWithoutRun(input: ContainerStatusInput): ContainerStatus {
  const { container, previous } = input;
  const base: ContainerStatus = {
    name: container.name,
    state: { waiting: input.waiting ?? { reason: input.defaultReason } },
    lastState: {},
    ready: false,
    restartCount: previous?.restartCount ?? 0,
    image: container.image ?? "",
    imageID: "",
    started: false,
    ...(previous?.resources ? { resources: container.resources ?? {} } : {}),
    ...mountStatuses(container),
  };
  if (previous?.state?.terminated)
    return { ...previous, ready: previous.ready && previous.state.terminated.exitCode === 0 };
  if (previous?.state?.running) {
    if (input.terminating) return { ...base, state: { terminated: unknownEnd(previous) }, imageID: previous.imageID };
    return { ...base, lastState: { terminated: unknownEnd(previous) }, restartCount: previous.restartCount + 1 };
  }
  const lastState = previous?.lastState ?? {};
  if (input.terminating && input.mayHaveRun) return { ...base, lastState, state: { terminated: unknownEnd(previous) } };
  return { ...base, lastState };
}

/** The runtime knows nothing of it: if it ran, its end was missed. */
function unknownEnd(previous: ContainerStatus | undefined): ContainerStateTerminated {
  return {
    exitCode: 137,
    reason: "ContainerStatusUnknown",
    message: "The container could not be located when the pod was terminated",
    ...(previous?.containerID ? { containerID: previous.containerID } : {}),
  };
}

function stateOf(run: RuntimeContainer, input: ContainerStatusInput): ContainerState {
  if (run.state === "running") return { running: { startedAt: formatTime(run.startedAtMs) } };
  if (run.state === "exited") return { terminated: terminatedOf(run, input) };
  if (run.state === "unknown") return { terminated: unknownEnd(undefined) };
  return { waiting: input.waiting ?? { reason: input.defaultReason } };
}

function terminatedOf(run: RuntimeContainer, input: ContainerStatusInput): ContainerStateTerminated {
  const message = input.messageOf(run);
  return {
    exitCode: run.exitCode,
    reason: run.reason || (run.exitCode === 0 ? "Completed" : "Error"),
    ...(message === "" ? {} : { message }),
    startedAt: formatTime(run.startedAtMs || run.createdAtMs),
    finishedAt: formatTime(run.finishedAtMs),
    containerID: `${input.runtimeName}://${run.id}`,
  };
}

function mountStatuses(container: Container): Pick<ContainerStatus, "volumeMounts"> {
  const mounts = container.volumeMounts ?? [];
  if (mounts.length === 0) return {};
  return {
    volumeMounts: mounts.map(mount => ({
      name: mount.name,
      mountPath: mount.mountPath,
      ...(mount.readOnly ? { readOnly: true, recursiveReadOnly: "Disabled" } : {}),
    })),
  };
}

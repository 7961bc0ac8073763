import type * as cri from "#cri/protocol/messages.ts";
import { annotation, label } from "./names.ts";

/** What the runtime holds of one pod: the observed side of every decision. */
export interface RuntimePod {
  readonly uid: string;
  readonly name: string;
  readonly namespace: string;
  /** Newest first. */
  readonly sandboxes: readonly RuntimeSandbox[];
  /** Newest first. */
  readonly containers: readonly RuntimeContainer[];
}

export interface RuntimeSandbox {
  readonly id: string;
  readonly ready: boolean;
  readonly attempt: number;
  readonly createdAtMs: number;
  /** None for pods on the node's network. */
  readonly ips: readonly string[];
  readonly hostNetwork: boolean;
}

export interface RuntimeContainer {
  readonly id: string;
  readonly name: string;
  readonly sandboxId: string;
  /** How often this container was started anew before. */
  readonly restartCount: number;
  readonly state: "created" | "running" | "exited" | "unknown";
  readonly createdAtMs: number;
  readonly startedAtMs: number;
  readonly finishedAtMs: number;
  readonly exitCode: number;
  readonly reason: string;
  readonly message: string;
  readonly image: string;
  readonly imageId: string;
  /** Of the spec it was made from. */
  readonly hash: string;
  readonly logPath: string;
  readonly user:
    | { readonly uid: number; readonly gid: number; readonly supplementalGroups: readonly number[] }
    | undefined;
}

export const noRuntimePod = (uid: string): RuntimePod => ({
  uid,
  name: "",
  namespace: "",
  sandboxes: [],
  containers: [],
});

export function newestContainer(runtime: RuntimePod, name: string): RuntimeContainer | undefined {
  return runtime.containers.find(container => container.name === name);
}

export function runningContainers(runtime: RuntimePod): readonly RuntimeContainer[] {
  return runtime.containers.filter(container => container.state === "running" || container.state === "unknown");
}

const states: Readonly<Record<cri.ContainerState, RuntimeContainer["state"]>> = {
  CONTAINER_CREATED: "created",
  CONTAINER_RUNNING: "running",
  CONTAINER_EXITED: "exited",
  CONTAINER_UNKNOWN: "unknown",
};

/** From CRI's statuses, however they were come by. */
export function runtimePodOf(
  uid: string,
  sandboxes: readonly cri.PodSandboxStatus[],
  containers: readonly (cri.ContainerStatus & { readonly podSandboxId?: string | undefined })[],
): RuntimePod {
  const meta = sandboxes[0]?.metadata;
  const labels = containers[0]?.labels;
  return {
    uid,
    name: meta?.name ?? labels?.[label.podName] ?? "",
    namespace: meta?.namespace ?? labels?.[label.podNamespace] ?? "",
    sandboxes: sandboxes.map(sandboxOf).sort((a, b) => b.createdAtMs - a.createdAtMs || b.attempt - a.attempt),
    containers: containers
      .map(containerOf)
      .sort((a, b) => b.createdAtMs - a.createdAtMs || b.restartCount - a.restartCount),
  };
}

function sandboxOf(status: cri.PodSandboxStatus): RuntimeSandbox {
  const first = status.network?.ip;
  const others = (status.network?.additionalIps ?? []).map(additional => additional.ip ?? "");
  return {
    id: status.id ?? "",
    ready: status.state === "SANDBOX_READY",
    attempt: status.metadata?.attempt ?? 0,
    createdAtMs: (status.createdAt ?? 0) / 1e6,
    ips: [first ?? "", ...others].filter(ip => ip !== ""),
    hostNetwork: status.linux?.namespaces?.options?.network === "NODE",
  };
}

function containerOf(status: cri.ContainerStatus & { readonly podSandboxId?: string | undefined }): RuntimeContainer {
  const linux = status.user?.linux;
  return {
    id: status.id ?? "",
    name: status.labels?.[label.containerName] ?? status.metadata?.name ?? "",
    sandboxId: status.podSandboxId ?? "",
    restartCount: Number(status.annotations?.[annotation.restartCount] ?? status.metadata?.attempt ?? 0),
    state: states[status.state ?? "CONTAINER_UNKNOWN"],
    createdAtMs: (status.createdAt ?? 0) / 1e6,
    startedAtMs: (status.startedAt ?? 0) / 1e6,
    finishedAtMs: (status.finishedAt ?? 0) / 1e6,
    exitCode: status.exitCode ?? 0,
    reason: status.reason ?? "",
    message: status.message ?? "",
    image: status.image?.userSpecifiedImage || status.image?.image || "",
    imageId: status.imageRef || status.imageId || "",
    hash: status.annotations?.[annotation.hash] ?? "",
    logPath: status.logPath ?? "",
    user: linux && { uid: linux.uid ?? 0, gid: linux.gid ?? 0, supplementalGroups: linux.supplementalGroups ?? [] },
  };
}

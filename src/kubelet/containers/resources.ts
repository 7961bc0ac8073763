import type { Container } from "#api/core/v1/container.ts";
import type { Pod } from "#api/core/v1/pod.ts";
import { podLimits as limitsOfPod, podRequests } from "#api/core/v1/pod-requests.ts";
import type * as cri from "#cri/protocol/messages.ts";
import { quantityMilliValue, quantityValue } from "#wire/quantity.ts";
import type { CgroupLimits } from "../host.ts";

const cpuPeriodUs = 100_000;
const minimumShares = 2;
const maximumShares = 262_144;
const minimumQuotaUs = 1_000;

/** CPU weight of a request: 1024 a CPU. */
export function cpuShares(milli: number): number {
  if (milli === 0) return minimumShares;
  return Math.min(maximumShares, Math.max(minimumShares, Math.floor((milli * 1024) / 1000)));
}

export function cpuQuotaUs(milli: number): number {
  return milli === 0 ? 0 : Math.max(minimumQuotaUs, Math.floor((milli * cpuPeriodUs) / 1000));
}

/** What CRI is told of a container's resources. */
export function containerResources(
  pod: Pod,
  container: Container,
  nodeMemoryBytes: number,
): cri.LinuxContainerResources {
  const { requests = {} } = container.resources ?? {};
  // What is limited for the pod as a whole limits each of its containers that has no limit of its own.
  const limits = { ...pod.spec.resources?.limits, ...container.resources?.limits };
  const cpuLimit = milli(limits["cpu"]);
  const cpuRequest = requests["cpu"] === undefined ? cpuLimit : milli(requests["cpu"]);
  const memory = limits["memory"] === undefined ? 0 : quantityValue(limits["memory"]);
  return {
    cpuPeriod: cpuPeriodUs,
    cpuQuota: cpuQuotaUs(cpuLimit),
    cpuShares: cpuShares(cpuRequest),
    memoryLimitInBytes: memory,
    oomScoreAdj: oomScoreAdjust(pod, container, nodeMemoryBytes),
    ...(memory > 0 ? { memorySwapLimitInBytes: memory } : {}),
  };
}

/** How eagerly the kernel kills a container when memory is short: -997 (last) to 1000 (first). */
export function oomScoreAdjust(pod: Pod, container: Container, nodeMemoryBytes: number): number {
  if ((pod.spec.priority ?? 0) >= systemCritical) return -997;
  const qos = pod.status?.qosClass ?? "BestEffort";
  if (qos === "Guaranteed") return -997;
  if (qos === "BestEffort") return 1000;
  const request = container.resources?.requests?.["memory"] ?? container.resources?.limits?.["memory"];
  const bytes = request === undefined ? 0 : quantityValue(request);
  const adjust = 1000 - Math.floor((1000 * bytes) / nodeMemoryBytes);
  return Math.min(999, Math.max(3, adjust));
}

const systemCritical = 2_000_000_000;

/**
 * The cgroup of the whole pod: what it may use at its most, while it runs or while it is initialized; unlimited where one
 * of its containers is and the pod as a whole is not.
 */
export function podLimits(pod: Pod, pids: number): CgroupLimits {
  const { containers, initContainers = [], resources } = pod.spec;
  const all = [...containers, ...initContainers];
  const limits = limitsOfPod(pod);
  const isLimited = (name: "cpu" | "memory") =>
    resources?.limits?.[name] !== undefined || all.every(container => container.resources?.limits?.[name]);
  const cpuLimit = isLimited("cpu") ? milli(limits["cpu"]) : 0;
  const memoryLimit = isLimited("memory") ? quantityValue(limits["memory"] ?? "0") : 0;
  return {
    cpuShares: cpuShares(milli(podRequests(pod)["cpu"])),
    ...(cpuLimit > 0 ? { cpuQuotaUs: cpuQuotaUs(cpuLimit), cpuPeriodUs } : {}),
    ...(memoryLimit > 0 ? { memoryBytes: memoryLimit } : {}),
    ...(pids > 0 ? { pids } : {}),
  };
}

function milli(text: string | undefined): number {
  return text === undefined ? 0 : quantityMilliValue(text);
}

/** `kubepods/burstable/pod<uid>` below the root, as upstream lays cgroups out. */
export function podCgroup(root: string, pod: Pod): string {
  const qos = pod.status?.qosClass ?? "BestEffort";
  const parent = qos === "Guaranteed" ? "kubepods" : `kubepods/${qos.toLowerCase()}`;
  return `${root === "/" ? "" : root}/${parent}/pod${pod.metadata.uid}`;
}

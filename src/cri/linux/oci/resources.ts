import type * as cri from "../../protocol/messages.ts";

/** The OCI form of CRI's resources; zero means "not said", as everywhere in CRI. */
export function linuxResources(resources: cri.LinuxContainerResources, cgroupVersion: 1 | 2): Record<string, unknown> {
  const memory = present({ limit: resources.memoryLimitInBytes, swap: resources.memorySwapLimitInBytes });
  const cpu = present({
    shares: resources.cpuShares,
    quota: resources.cpuQuota,
    period: resources.cpuPeriod,
    cpus: resources.cpusetCpus,
    mems: resources.cpusetMems,
  });
  const unified = resources.unified ?? {};
  const pids = Number(unified["pids.max"] ?? 0);
  return {
    ...(Object.keys(memory).length > 0 ? { memory } : {}),
    ...(Object.keys(cpu).length > 0 ? { cpu } : {}),
    ...(pids > 0 ? { pids: { limit: pids } } : {}),
    ...(resources.hugepageLimits?.length
      ? { hugepageLimits: resources.hugepageLimits.map(({ pageSize, limit }) => ({ pageSize, limit })) }
      : {}),
    ...(cgroupVersion === 2 && Object.keys(unified).length > 0 ? { unified } : {}),
  };
}

/** Resources as first asked, changed where an update says something. */
export function mergeResources(before: cri.LinuxContainerResources, update: cri.LinuxContainerResources) {
  return { ...before, ...present(update as Record<string, unknown>) } as cri.LinuxContainerResources;
}

function present(values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(values).filter(([, value]) => value !== undefined && value !== 0 && value !== ""),
  );
}

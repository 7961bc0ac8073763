import type { Pod } from "#api/core/v1/pod.ts";
import { type Clock, formatTime } from "#base/clock.ts";
import type * as cri from "#cri/protocol/messages.ts";
import type { RuntimeService } from "#cri/services.ts";
import type { KubeletHost } from "../host.ts";
import type { KubeletOptions } from "../options.ts";
import { label } from "../pods/names.ts";

export interface StatsDeps {
  readonly runtime: RuntimeService;
  readonly host: KubeletHost;
  readonly clock: Clock;
  readonly pods: { pods(): readonly Pod[] };
}

/** `/stats/summary`: what the metrics server reads. */
export async function statsSummary(deps: StatsDeps, options: KubeletOptions): Promise<unknown> {
  const time = formatTime(deps.clock.now());
  const [containers, node, disk] = await Promise.all([
    deps.runtime.listContainerStats({}, {}),
    options.cgroupRoot === undefined ? undefined : deps.host.cgroups.usage(options.cgroupRoot),
    deps.host.diskUsage(options.rootFolder),
  ]);
  const byPod = Map.groupBy(containers.stats ?? [], stats => stats.attributes?.labels?.[label.podUid] ?? "");
  return {
    node: {
      nodeName: options.nodeName,
      startTime: time,
      ...(node && {
        cpu: { time, usageCoreNanoSeconds: node.cpuNanoseconds },
        memory: { time, usageBytes: node.memoryBytes, workingSetBytes: node.workingSetBytes, rssBytes: node.rssBytes },
      }),
      fs: {
        time,
        availableBytes: disk.availableBytes,
        capacityBytes: disk.capacityBytes,
        usedBytes: disk.capacityBytes - disk.availableBytes,
        inodes: disk.inodes,
        inodesFree: disk.inodesFree,
      },
    },
    pods: deps.pods.pods().map(pod => podStats(pod, byPod.get(pod.metadata.uid ?? "") ?? [], time)),
  };
}

function podStats({ metadata, status }: Pod, containers: readonly cri.ContainerStats[], time: string): unknown {
  const sum = (value: (stats: cri.ContainerStats) => number | undefined) =>
    containers.reduce((total, stats) => total + (value(stats) ?? 0), 0);
  return {
    podRef: { name: metadata.name, namespace: metadata.namespace, uid: metadata.uid },
    startTime: status?.startTime ?? time,
    containers: containers.map(stats => ({
      name: stats.attributes?.metadata?.name,
      startTime: status?.startTime ?? time,
      cpu: {
        time: timeOf(stats.cpu?.timestamp, time),
        usageNanoCores: stats.cpu?.usageNanoCores?.value,
        usageCoreNanoSeconds: stats.cpu?.usageCoreNanoSeconds?.value,
      },
      memory: {
        time: timeOf(stats.memory?.timestamp, time),
        usageBytes: stats.memory?.usageBytes?.value,
        workingSetBytes: stats.memory?.workingSetBytes?.value,
        rssBytes: stats.memory?.rssBytes?.value,
      },
      rootfs: {
        time,
        usedBytes: stats.writableLayer?.usedBytes?.value,
        inodesUsed: stats.writableLayer?.inodesUsed?.value,
      },
    })),
    cpu: {
      time,
      usageNanoCores: sum(stats => stats.cpu?.usageNanoCores?.value),
      usageCoreNanoSeconds: sum(stats => stats.cpu?.usageCoreNanoSeconds?.value),
    },
    memory: { time, workingSetBytes: sum(stats => stats.memory?.workingSetBytes?.value) },
  };
}

function timeOf(nanoseconds: number | undefined, otherwise: string): string {
  return nanoseconds ? formatTime(nanoseconds / 1e6) : otherwise;
}

/** `/metrics/resource` in Prometheus' text format. */
export async function resourceMetrics(deps: StatsDeps): Promise<string> {
  const { stats = [] } = await deps.runtime.listContainerStats({}, {});
  const series = (
    name: string,
    type: string,
    help: string,
    value: (stats: cri.ContainerStats) => number | undefined,
  ) => [
    `# HELP ${name} ${help}`,
    `# TYPE ${name} ${type}`,
    ...stats.flatMap(item => {
      const labels = item.attributes?.labels ?? {};
      const amount = value(item);
      if (amount === undefined) return [];
      const who = `container="${labels[label.containerName]}",namespace="${labels[label.podNamespace]}",pod="${labels[label.podName]}"`;
      return [`${name}{${who}} ${amount}`];
    }),
  ];
  return [
    ...series(
      "container_cpu_usage_seconds_total",
      "counter",
      "CPU time used.",
      item => (item.cpu?.usageCoreNanoSeconds?.value ?? 0) / 1e9,
    ),
    ...series(
      "container_memory_working_set_bytes",
      "gauge",
      "Memory that cannot be given back.",
      item => item.memory?.workingSetBytes?.value,
    ),
    "",
  ].join("\n");
}

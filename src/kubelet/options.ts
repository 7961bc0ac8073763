import type { Taint } from "#api/core/v1/node.ts";

export interface KubeletOptions {
  readonly nodeName: string;
  /** The node's InternalIP; the first is `status.hostIP`. */
  readonly nodeIps: readonly string[];
  /** k8ts' own version, the build part of `v1.37.2+k8ts.<version>`. */
  readonly version: string;
  readonly clusterDns: readonly string[];
  readonly clusterDomain: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly Taint[];
  readonly annotations: Readonly<Record<string, string>>;
  /** Pods' volumes and managed files: upstream's /var/lib/kubelet. */
  readonly rootFolder: string;
  /** Container logs: upstream's /var/log/pods. */
  readonly podLogsFolder: string;
  /** Cgroup under which `kubepods` is made; undefined: no pod cgroups at all. */
  readonly cgroupRoot?: string;
  readonly maxPods: number;
  /** Given to the runtime when Node.spec.podCIDR is not (yet) set. */
  readonly podCidr?: string;
  /** The port of the kubelet's HTTPS server, as the Node object says it. */
  readonly port: number;
  readonly resolvConf: string;
  readonly systemReserved: Readonly<Record<string, string>>;
  readonly kubeReserved: Readonly<Record<string, string>>;
  readonly providerId?: string;
  readonly registerNode: boolean;
  readonly allowedUnsafeSysctls: readonly string[];
  readonly podPidsLimit: number;
  readonly syncFrequencyMs: number;
  readonly nodeStatusUpdateFrequencyMs: number;
  readonly nodeStatusReportFrequencyMs: number;
  readonly nodeLeaseDurationSeconds: number;
  readonly crashLoopInitialMs: number;
  readonly crashLoopMaximumMs: number;
}

/** What must be said; the rest has upstream's defaults. */
export type KubeletOptionsInput = Pick<KubeletOptions, "nodeName" | "nodeIps" | "version" | "rootFolder"> &
  Partial<KubeletOptions>;

export function completeOptions(input: KubeletOptionsInput): KubeletOptions {
  return {
    clusterDns: [],
    clusterDomain: "cluster.local",
    labels: {},
    taints: [],
    annotations: {},
    podLogsFolder: `${input.rootFolder}/pod-logs`,
    maxPods: 110,
    port: 10250,
    resolvConf: "/etc/resolv.conf",
    systemReserved: {},
    kubeReserved: {},
    registerNode: true,
    allowedUnsafeSysctls: [],
    podPidsLimit: -1,
    syncFrequencyMs: 60_000,
    nodeStatusUpdateFrequencyMs: 10_000,
    nodeStatusReportFrequencyMs: 300_000,
    nodeLeaseDurationSeconds: 40,
    crashLoopInitialMs: 10_000,
    crashLoopMaximumMs: 300_000,
    ...input,
  };
}

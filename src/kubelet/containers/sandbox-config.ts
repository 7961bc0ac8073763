import type { Pod } from "#api/core/v1/pod.ts";
import type * as cri from "#cri/protocol/messages.ts";
import { label, podLogFolder } from "../pods/names.ts";
import { type DnsOptions, podDns } from "./dns.ts";
import { podCgroup, podLimits } from "./resources.ts";
import { sandboxSecurity } from "./security.ts";

export interface SandboxOptions extends DnsOptions {
  readonly podLogsFolder: string;
  readonly cgroupRoot?: string | undefined;
  readonly nodeName: string;
}

const maximumHostname = 63;
/** The kernel's limit, for the one name that may be longer than a label. */
const maximumFullHostname = 64;

/** What CRI is told of a pod. Throws when the pod's name cannot be its host name. */
export function sandboxConfig(pod: Pod, attempt: number, options: SandboxOptions): cri.PodSandboxConfig {
  const { metadata, spec } = pod;
  const limits = podLimits(pod, 0);
  return {
    metadata: { name: metadata.name, namespace: metadata.namespace, uid: metadata.uid, attempt },
    hostname: spec.hostNetwork ? options.nodeName : sandboxHostname(pod, options.clusterDomain),
    logDirectory: podLogFolder(options.podLogsFolder, metadata),
    dnsConfig: podDns(pod, options),
    portMappings: portMappings(pod),
    labels: { ...metadata.labels, ...podLabels(pod) },
    annotations: metadata.annotations ?? {},
    linux: {
      ...(options.cgroupRoot === undefined ? {} : { cgroupParent: podCgroup(options.cgroupRoot, pod) }),
      securityContext: sandboxSecurity(pod),
      sysctls: Object.fromEntries((spec.securityContext?.sysctls ?? []).map(({ name, value }) => [name, value])),
      resources: {
        cpuShares: limits.cpuShares,
        cpuQuota: limits.cpuQuotaUs ?? 0,
        cpuPeriod: limits.cpuPeriodUs ?? 0,
        memoryLimitInBytes: limits.memoryBytes ?? 0,
      },
    },
  };
}

export function podLabels(pod: Pod): Record<string, string> {
  return {
    [label.podName]: pod.metadata.name ?? "",
    [label.podNamespace]: pod.metadata.namespace ?? "",
    [label.podUid]: pod.metadata.uid ?? "",
  };
}

/** `spec.hostnameOverride`, else `spec.hostname`, else the name cut to what a host name may be. */
export function podHostname(pod: Pod): string {
  if (pod.spec.hostnameOverride !== undefined) return pod.spec.hostnameOverride;
  if (pod.spec.hostname) return pod.spec.hostname;
  return (pod.metadata.name ?? "").slice(0, maximumHostname).replace(/[-.]+$/, "");
}

function sandboxHostname(pod: Pod, clusterDomain: string): string {
  const full = pod.spec.setHostnameAsFQDN ? podFullHostname(pod, clusterDomain) : undefined;
  if (full === undefined) return podHostname(pod);
  if (full.length <= maximumFullHostname) return full;
  throw new Error(
    `failed to construct FQDN from pod hostname and cluster domain, FQDN ${full} is too long (${maximumFullHostname} is the max, ${full.length} characters requested)`,
  );
}

/** `web-0.web.default.svc.cluster.local` for a pod with a subdomain. */
export function podFullHostname(pod: Pod, clusterDomain: string): string | undefined {
  const { hostnameOverride, subdomain } = pod.spec;
  if (hostnameOverride !== undefined) return undefined;
  return subdomain ? `${podHostname(pod)}.${subdomain}.${pod.metadata.namespace}.svc.${clusterDomain}` : undefined;
}

function portMappings(pod: Pod): cri.PortMapping[] {
  if (pod.spec.hostNetwork) return [];
  return pod.spec.containers.flatMap(container =>
    (container.ports ?? []).map(port => ({
      protocol: port.protocol ?? "TCP",
      containerPort: port.containerPort,
      hostPort: port.hostPort ?? 0,
      hostIp: port.hostIP ?? "",
    })),
  );
}

import type { Pod } from "#api/core/v1/pod.ts";
import { podFullHostname, podHostname } from "../containers/sandbox-config.ts";

/** The /etc/hosts that all containers of a pod share. */
export function hostsFile(
  pod: Pod,
  podIps: readonly string[],
  options: { clusterDomain: string; nodeHosts: string },
): string {
  const lines = pod.spec.hostNetwork
    ? ["# Kubernetes-managed hosts file (host network).", options.nodeHosts.trimEnd()]
    : [
        "# Kubernetes-managed hosts file.",
        "127.0.0.1\tlocalhost",
        "::1\tlocalhost ip6-localhost ip6-loopback",
        "fe00::0\tip6-localnet",
        "fe00::0\tip6-mcastprefix",
        "fe00::1\tip6-allnodes",
        "fe00::2\tip6-allrouters",
        ...podIps.map(ip =>
          [ip, podFullHostname(pod, options.clusterDomain), podHostname(pod)].filter(Boolean).join("\t"),
        ),
      ];
  const aliases = pod.spec.hostAliases ?? [];
  if (aliases.length > 0) {
    lines.push("", "# Entries added by HostAliases.");
    for (const alias of aliases) lines.push(`${alias.ip}\t${(alias.hostnames ?? []).join("\t")}`);
  }
  return `${lines.join("\n")}\n`;
}

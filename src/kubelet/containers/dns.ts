import type { Pod } from "#api/core/v1/pod.ts";
import type * as cri from "#cri/protocol/messages.ts";

export interface DnsOptions {
  readonly clusterDns: readonly string[];
  readonly clusterDomain: string;
  /** The node's own resolv.conf. */
  readonly resolvConf: string;
}

interface Dns {
  readonly servers: readonly string[];
  readonly searches: readonly string[];
  readonly options: readonly string[];
}

const maximumServers = 3;
const maximumSearches = 32;

/** The resolver configuration of a pod's containers, from its DNS policy and its own settings. */
export function podDns(pod: Pod, options: DnsOptions): cri.DNSConfig {
  const base = baseOf(pod, options);
  const own = pod.spec.dnsConfig;
  const merged = {
    servers: distinct([...base.servers, ...(own?.nameservers ?? [])]),
    searches: distinct([...base.searches, ...(own?.searches ?? [])]),
    options: mergeOptions(
      base.options,
      (own?.options ?? []).map(({ name = "", value }) => (value === undefined ? name : `${name}:${value}`)),
    ),
  };
  return {
    servers: merged.servers.slice(0, maximumServers),
    searches: merged.searches.slice(0, maximumSearches),
    options: merged.options,
  };
}

function baseOf(pod: Pod, options: DnsOptions): Dns {
  const policy = pod.spec.dnsPolicy ?? "ClusterFirst";
  if (policy === "None") return { servers: [], searches: [], options: [] };
  const node = parseResolvConf(options.resolvConf);
  const usesCluster = policy === "ClusterFirstWithHostNet" || (policy === "ClusterFirst" && !pod.spec.hostNetwork);
  if (!usesCluster || options.clusterDns.length === 0) return node;
  const { clusterDomain } = options;
  const namespace = pod.metadata.namespace ?? "";
  const cluster = [`${namespace}.svc.${clusterDomain}`, `svc.${clusterDomain}`, clusterDomain];
  return { servers: options.clusterDns, searches: distinct([...cluster, ...node.searches]), options: ["ndots:5"] };
}

export function parseResolvConf(text: string): Dns {
  const dns = { servers: [] as string[], searches: [] as string[], options: [] as string[] };
  for (const line of text.split("\n")) {
    const [keyword, ...values] = line.trim().split(/\s+/);
    if (keyword === "nameserver" && values[0] !== undefined) dns.servers.push(values[0]);
    else if (keyword === "search") dns.searches = values.filter(value => value !== ".");
    else if (keyword === "options") dns.options.push(...values);
  }
  return dns;
}

/** Options of the pod replace those of the same name. */
function mergeOptions(base: readonly string[], own: readonly string[]): readonly string[] {
  const nameOf = (option: string) => option.split(":")[0]!;
  const byName = new Map([...base, ...own].map(option => [nameOf(option), option]));
  return [...byName.values()];
}

function distinct(values: readonly string[]): string[] {
  return [...new Set(values)];
}

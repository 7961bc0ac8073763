import type { Service, ServicePort } from "#api/core/v1/service.ts";
import type { EndpointSlice } from "#api/discovery.k8s.io/v1/endpoint-slice.ts";
import { isIpv4, type Target, type Targets, targetsOf } from "./endpoints.ts";
import type { Entry } from "./entries.ts";

/** Slots of traffic that is masqueraded start here: the mark bit that says so, so that both kinds fit in one map. */
export const clusterSlots = 16384;
/** The mark bit that asks for masquerade on the way out. */
export const masqueradeMark = "0x4000";

const transports: Readonly<Record<string, string>> = { TCP: "tcp", UDP: "udp" };
const defaultAffinitySeconds = 10_800;
const setMasqueradeMark = `meta mark set meta mark | ${masqueradeMark}`;

export interface ServicePlan {
  readonly entries: readonly Entry[];
  /** UDP flows, by destination and endpoint: the kernel would go on sending to an endpoint that is gone. */
  readonly udpFlows: readonly UdpFlow[];
}

export interface UdpFlow {
  /** Absent: a node port. */
  readonly address: string | undefined;
  readonly port: number;
  readonly endpoint: string;
}

/** `namespace/name` of the Service that a slice belongs to; empty when it belongs to none. */
export function serviceKeyOfSlice(slice: EndpointSlice): string {
  const name = slice.metadata.labels?.["kubernetes.io/service-name"];
  return name ? `${slice.metadata.namespace}/${name}` : "";
}

/** All entries of one Service on this node. Pure. */
export function planService(service: Service, slices: readonly EndpointSlice[], nodeName: string): ServicePlan {
  const entries: Entry[] = [];
  const udpFlows: UdpFlow[] = [];
  for (const port of isProxied(service) ? (service.spec.ports ?? []) : []) {
    const transport = transports[port.protocol ?? "TCP"];
    if (transport === undefined) continue;
    const targets = targetsOf(port, slices, nodeName);
    // The kernel rejects what has no entry: nothing to do for a port without any endpoint.
    if (targets.cluster.length === 0 && targets.local.length === 0) continue;
    entries.push(...planPort({ service, port, transport, targets }));
    if (transport === "udp") udpFlows.push(...flowsOf(service, port, targets));
  }
  return { entries, udpFlows };
}

function isProxied({ metadata, spec }: Service): boolean {
  const handled = metadata.labels?.["service.kubernetes.io/service-proxy-name"] === undefined;
  return handled && spec.type !== "ExternalName" && isIpv4(spec.clusterIP ?? "");
}

interface PortPlan {
  readonly service: Service;
  readonly port: ServicePort;
  readonly transport: string;
  readonly targets: Targets;
}

function planPort(plan: PortPlan): Entry[] {
  const { service, port, targets } = plan;
  const { spec } = service;
  const internal = spec.internalTrafficPolicy === "Local" ? targets.local : targets.cluster;
  const externalIsLocal = spec.externalTrafficPolicy === "Local";
  const external = externalIsLocal ? targets.local : targets.cluster;
  const entries = addressEntries(plan, spec.clusterIP!, internal, false);
  for (const address of externalAddresses(service)) {
    entries.push(...addressEntries(plan, address, external, !externalIsLocal));
  }
  if (port.nodePort) entries.push(...nodePortEntries(plan, port.nodePort, externalIsLocal));
  for (const { ip, isLocal } of targets.cluster) {
    if (isLocal) entries.push({ table: "hairpin", key: `${ip} . ${ip}`, value: "" });
  }
  return entries;
}

function externalAddresses({ spec, status }: Service): readonly string[] {
  const balanced = (status?.loadBalancer?.ingress ?? []).map(({ ip }) => ip ?? "");
  return [...new Set([...(spec.externalIPs ?? []), ...balanced])].filter(isIpv4);
}

/** For one address of the Service: its cluster IP, an external IP, a load balancer's. */
function addressEntries(plan: PortPlan, address: string, targets: readonly Target[], masquerade: boolean): Entry[] {
  const { service, port, transport } = plan;
  const key = `${address} . ${transport} . ${port.port}`;
  if (targets.length === 0) return [{ table: "svc", key, value: "goto dropit" }];
  const seconds = affinitySeconds(service);
  if (seconds > 0) {
    const name = `aff/${address}/${transport}/${port.port}`;
    return [
      { table: "svc", key, value: `goto ${name}` },
      ...affinityEntries(name, transport, targets, seconds, masquerade),
    ];
  }
  const offset = masquerade ? clusterSlots : 0;
  const chain = `${masquerade ? "m" : "c"}${targets.length}`;
  return [
    { table: "svc", key, value: `goto ${chain}` },
    { table: "chain", key: chain, value: pickSlot(targets.length, offset, "to_ep") },
    ...targets.map(
      (target, slot): Entry => ({ table: "ep", key: `${key} . ${slot + offset}`, value: endpointText(target) }),
    ),
  ];
}

function nodePortEntries(plan: PortPlan, nodePort: number, isLocal: boolean): Entry[] {
  const { targets } = plan;
  if (!isLocal) return nodePortVia(plan, "np", nodePort, targets.cluster, true);
  // The node itself and its pods reach every endpoint: only traffic from outside has a source worth keeping.
  return [
    ...nodePortVia(plan, "np", nodePort, targets.local, false),
    ...nodePortVia(plan, "npi", nodePort, targets.cluster, true),
  ];
}

function nodePortVia(
  { service, transport }: PortPlan,
  table: "np" | "npi",
  nodePort: number,
  targets: readonly Target[],
  masquerade: boolean,
): Entry[] {
  const key = `${transport} . ${nodePort}`;
  if (targets.length === 0) return [{ table, key, value: "goto dropit" }];
  const seconds = affinitySeconds(service);
  if (seconds > 0) {
    const name = `aff/${table}/${transport}/${nodePort}`;
    return [{ table, key, value: `goto ${name}` }, ...affinityEntries(name, transport, targets, seconds, masquerade)];
  }
  const offset = masquerade ? clusterSlots : 0;
  const chain = `${masquerade ? "x" : "l"}${targets.length}`;
  return [
    { table, key, value: `goto ${chain}` },
    { table: "chain", key: chain, value: pickSlot(targets.length, offset, "to_npep") },
    ...targets.map(
      (target, index): Entry => ({ table: "npep", key: `${key} . ${index + offset}`, value: endpointText(target) }),
    ),
  ];
}

/**
 * ClientIP affinity: a set of clients for each endpoint. A client that is in one goes there again and stays for another
 * while; others go anywhere. An endpoint's set goes with it, so nobody is ever sent to one that is gone.
 */
function affinityEntries(
  name: string,
  transport: string,
  targets: readonly Target[],
  seconds: number,
  masquerade: boolean,
): Entry[] {
  const chainOf = (target: Target) => `${name}/${target.ip}/${target.port}`;
  const setOf = (target: Target) => `${chainOf(target)}/clients`;
  const picks = targets.map((target, slot) => `${slot} : goto ${chainOf(target)}`).join(", ");
  const choose = rules(
    masquerade && setMasqueradeMark,
    ...targets.map(target => `ip saddr @${setOf(target)} goto ${chainOf(target)}`),
    `numgen random mod ${targets.length} vmap { ${picks} }`,
  );
  const declaration = `type ipv4_addr; size 65535; flags dynamic,timeout; timeout ${seconds}s;`;
  return [
    { table: "chain", key: name, value: choose },
    ...targets.flatMap((target): Entry[] => {
      const go = `meta l4proto ${transport} dnat ip to ${target.ip}:${target.port}`;
      const remember = `update @${setOf(target)} { ip saddr timeout ${seconds}s }`;
      return [
        { table: "set", key: setOf(target), value: declaration },
        { table: "chain", key: chainOf(target), value: rules(remember, go) },
      ];
    }),
  ];
}

function affinitySeconds({ spec }: Service): number {
  if (spec.sessionAffinity !== "ClientIP") return 0;
  return spec.sessionAffinityConfig?.clientIP?.timeoutSeconds ?? defaultAffinitySeconds;
}

function flowsOf(service: Service, port: ServicePort, { cluster, local }: Targets): UdpFlow[] {
  const endpoints = new Set([...cluster, ...local].map(target => target.ip));
  const addresses = [service.spec.clusterIP!, ...externalAddresses(service)];
  return [...endpoints].flatMap(endpoint => [
    ...addresses.map(address => ({ address, port: port.port, endpoint })),
    ...(port.nodePort ? [{ address: undefined, port: port.nodePort, endpoint }] : []),
  ]);
}

/**
 * Takes a slot at random. The packet's mark carries it to the look-up (nftables 1.0 takes nothing else in a map's key), and
 * an offset makes the mark say masquerade as well.
 */
function pickSlot(count: number, offset: number, next: string): string {
  const slot = `numgen random mod ${count}${offset > 0 ? ` offset ${offset}` : ""}`;
  return rules(`meta mark set ${slot}`, `goto ${next}`);
}

function endpointText({ ip, port }: Target): string {
  return `${ip} . ${port}`;
}

function rules(...lines: readonly (string | false)[]): string {
  return lines.filter(line => line !== false).join("\n");
}

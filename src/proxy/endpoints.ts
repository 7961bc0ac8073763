import type { ServicePort } from "#api/core/v1/service.ts";
import type { Endpoint, EndpointSlice } from "#api/discovery.k8s.io/v1/endpoint-slice.ts";

/** One address and port that traffic may go to. */
export interface Target {
  readonly ip: string;
  readonly port: number;
  /** Runs on the node that the rules are for. */
  readonly isLocal: boolean;
}

interface Candidate extends Target {
  readonly ready: boolean;
  /** Answers still, though it is going away. */
  readonly ending: boolean;
}

export interface Targets {
  /** Where traffic goes that may go to any node. */
  readonly cluster: readonly Target[];
  /** Where traffic goes that must stay on this node. */
  readonly local: readonly Target[];
}

/**
 * The endpoints behind a Service's port, in a stable order. Ports are matched by name, as slices may map one name to
 * different numbers. When nothing is ready, endpoints that are going away but still serve take over.
 */
export function targetsOf(port: ServicePort, slices: readonly EndpointSlice[], nodeName: string): Targets {
  const candidates = [...candidatesOf(port, slices, nodeName).values()].sort(byAddress);
  return { cluster: usable(candidates), local: usable(candidates.filter(candidate => candidate.isLocal)) };
}

function usable(candidates: readonly Candidate[]): readonly Target[] {
  const ready = candidates.filter(candidate => candidate.ready);
  return ready.length > 0 ? ready : candidates.filter(candidate => candidate.ending);
}

function candidatesOf(
  port: ServicePort,
  slices: readonly EndpointSlice[],
  nodeName: string,
): ReadonlyMap<string, Candidate> {
  const found = new Map<string, Candidate>();
  for (const slice of slices) {
    if (slice.addressType !== "IPv4") continue;
    const matching = slice.ports.find(
      ({ name, protocol }) => (name ?? "") === (port.name ?? "") && (protocol ?? "TCP") === (port.protocol ?? "TCP"),
    );
    if (matching?.port === undefined) continue;
    for (const endpoint of slice.endpoints) {
      const candidate = candidateOf(endpoint, matching.port, nodeName);
      if (candidate === undefined) continue;
      const key = `${candidate.ip}:${candidate.port}`;
      // While an endpoint moves from one slice to another it is in both: the better news counts.
      if (found.get(key)?.ready !== true) found.set(key, candidate);
    }
  }
  return found;
}

function candidateOf(endpoint: Endpoint, port: number, nodeName: string): Candidate | undefined {
  const ip = endpoint.addresses[0];
  if (ip === undefined || !isIpv4(ip)) return undefined;
  const { ready = true, serving = ready, terminating = false } = endpoint.conditions ?? {};
  return { ip, port, isLocal: endpoint.nodeName === nodeName, ready, ending: serving && terminating };
}

function byAddress(a: Target, b: Target): number {
  return a.ip < b.ip ? -1 : a.ip > b.ip ? 1 : a.port - b.port;
}

/** Addresses go into the kernel's rules as they are: nothing else may get there. */
export function isIpv4(text: string): boolean {
  return ipv4Form.test(text) && text.split(".").every(part => Number(part) < 256);
}

const ipv4Form = /^\d{1,3}(\.\d{1,3}){3}$/;

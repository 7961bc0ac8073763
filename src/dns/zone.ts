import type { Service } from "#api/core/v1/service.ts";
import type { EndpointSlice } from "#api/discovery.k8s.io/v1/endpoint-slice.ts";

/** What the name server knows of the cluster. Synchronous: informers' indexes answer. */
export interface Zone {
  /** `cluster.local`. */
  readonly domain: string;
  hasNamespace(namespace: string): boolean;
  service(namespace: string, name: string): Service | undefined;
  /** The EndpointSlices of a Service. */
  slices(namespace: string, service: string): readonly EndpointSlice[];
  serviceByIp(ip: string): Service | undefined;
  /** An EndpointSlice that names this address. */
  sliceByIp(ip: string): EndpointSlice | undefined;
}

export interface HostEndpoint {
  /** First label of the endpoint's own name. */
  readonly host: string;
  readonly address: string;
  readonly ports: readonly NamedPort[];
}

export interface NamedPort {
  readonly name: string;
  readonly protocol: string;
  readonly port: number;
}

/** The ready endpoints of a headless Service, each address once. */
export function readyEndpoints(slices: readonly EndpointSlice[]): readonly HostEndpoint[] {
  const found = new Map<string, HostEndpoint>();
  for (const slice of slices) {
    if (slice.addressType === "FQDN") continue;
    const ports = namedPorts(slice.ports ?? []);
    for (const endpoint of slice.endpoints ?? []) {
      if (endpoint.conditions?.ready === false) continue;
      for (const address of endpoint.addresses) {
        const host = endpoint.hostname || addressLabel(address);
        const others = found.get(address)?.ports ?? [];
        found.set(address, { host, address, ports: [...others, ...ports] });
      }
    }
  }
  return [...found.values()];
}

/** `10-244-1-2`: how an endpoint without a hostname is called, and a pod by its address. */
export function addressLabel(address: string): string {
  return address.replaceAll(/[.:]/g, "-");
}

export function namedPorts(
  ports: readonly {
    readonly name?: string | undefined;
    readonly protocol?: string | undefined;
    readonly port?: number | undefined;
  }[],
): readonly NamedPort[] {
  return ports.flatMap(({ name = "", protocol = "TCP", port }) =>
    port === undefined ? [] : [{ name: name.toLowerCase(), protocol: protocol.toLowerCase(), port }],
  );
}

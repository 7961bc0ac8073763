import type { Node } from "#api/core/v1/node.ts";
import type { Pod } from "#api/core/v1/pod.ts";
import { isPodReady, isPodTerminal } from "#api/core/v1/pod-conditions.ts";
import { sidecarsOf } from "#api/core/v1/pod-containers.ts";
import type { Service, ServicePort } from "#api/core/v1/service.ts";
import type { Endpoint, EndpointPort } from "#api/discovery.k8s.io/v1/endpoint-slice.ts";

export type AddressType = "IPv4" | "IPv6";

/** Endpoints that are reached at the same port numbers. */
export interface PortGroup {
  readonly ports: readonly EndpointPort[];
  readonly endpoints: readonly Endpoint[];
}

const zoneLabel = "topology.kubernetes.io/zone";

export function addressTypesOf(service: Service): readonly AddressType[] {
  const families = service.spec.ipFamilies ?? [];
  if (families.length > 0) return families as readonly AddressType[];
  return [service.spec.clusterIP?.includes(":") ? "IPv6" : "IPv4"];
}

export function isHeadless(service: Service): boolean {
  return service.spec.clusterIP === "None";
}

/** The Service's pods, grouped by what their named ports resolve to. */
export function endpointGroups(
  service: Service,
  pods: readonly Pod[],
  type: AddressType,
  nodeOf: (name: string) => Node | undefined,
): readonly PortGroup[] {
  const groups = new Map<string, { ports: readonly EndpointPort[]; endpoints: Endpoint[] }>();
  for (const pod of pods) {
    const address = addressOf(pod, type);
    if (address === undefined || isPodTerminal(pod)) continue;
    const ports = resolvePorts(service, pod);
    if (ports.length === 0 && !isHeadless(service)) continue;
    const id = JSON.stringify(ports);
    const group = groups.get(id) ?? { ports, endpoints: [] };
    group.endpoints.push(endpointOf(service, pod, address, nodeOf));
    groups.set(id, group);
  }
  return [...groups.values()];
}

/** Terminating endpoints stay, told apart by their conditions, so that connections can be drained. */
function endpointOf(service: Service, pod: Pod, address: string, nodeOf: (name: string) => Node | undefined): Endpoint {
  const serving = isPodReady(pod);
  const terminating = !!pod.metadata.deletionTimestamp;
  const ready = service.spec.publishNotReadyAddresses === true || (serving && !terminating);
  const { nodeName, hostname, subdomain } = pod.spec;
  const zone = nodeName && nodeOf(nodeName)?.metadata.labels?.[zoneLabel];
  const named = hostname && subdomain === service.metadata.name;
  const { namespace, name, uid } = pod.metadata;
  return {
    addresses: [address],
    conditions: { ready, serving, terminating },
    ...(named && { hostname }),
    targetRef: { kind: "Pod", namespace, name, uid },
    ...(nodeName && { nodeName }),
    ...(zone && { zone }),
  };
}

export function addressOf(pod: Pod, type: AddressType): string | undefined {
  const addresses = pod.status?.podIPs?.map(entry => entry.ip) ?? (pod.status?.podIP ? [pod.status.podIP] : []);
  return addresses.find(address => address.includes(":") === (type === "IPv6"));
}

/** The ports at which this pod serves; one whose name the pod does not know is left out. */
export function resolvePorts(service: Service, pod: Pod): readonly EndpointPort[] {
  const ports: EndpointPort[] = [];
  for (const port of service.spec.ports ?? []) {
    const number = targetPortOf(port, pod);
    if (number === undefined) continue;
    const { name = "", protocol = "TCP", appProtocol } = port;
    ports.push({ name, protocol, port: number, ...(appProtocol && { appProtocol }) });
  }
  return ports;
}

function targetPortOf({ targetPort, port, protocol = "TCP" }: ServicePort, pod: Pod): number | undefined {
  if (targetPort === undefined || targetPort === 0 || targetPort === "") return port;
  if (typeof targetPort === "number") return targetPort;
  const sidecars = sidecarsOf(pod.spec);
  for (const container of [...pod.spec.containers, ...sidecars]) {
    const match = container.ports?.find(
      candidate => candidate.name === targetPort && (candidate.protocol ?? "TCP") === protocol,
    );
    if (match !== undefined) return match.containerPort;
  }
  return undefined;
}

import type { EndpointAddress, EndpointPort, EndpointSubset } from "#api/core/v1/endpoints.ts";
import type { Pod } from "#api/core/v1/pod.ts";
import { isPodReady, isPodTerminal } from "#api/core/v1/pod-conditions.ts";
import type { Service } from "#api/core/v1/service.ts";
import {
  type AddressType,
  addressOf,
  addressTypesOf,
  isHeadless,
  resolvePorts,
} from "../shared/endpoints-of-service.ts";

/** More addresses than this are cut off; EndpointSlices have all of them. */
export const addressLimit = 1000;

export interface SubsetPlan {
  readonly subsets: readonly EndpointSubset[];
  readonly truncated: boolean;
}

/** Addresses with equal ports make one subset; the order does not depend on the order of the pods. */
export function planSubsets(service: Service, pods: readonly Pod[]): SubsetPlan {
  const type = addressTypesOf(service)[0] ?? "IPv4";
  const groups = new Map<
    string,
    { ports: readonly EndpointPort[]; ready: EndpointAddress[]; notReady: EndpointAddress[] }
  >();
  let count = 0;
  for (const pod of [...pods].sort(byReadyThenName)) {
    const address = endpointAddress(service, pod, type);
    if (address === undefined) continue;
    const ports = portsOf(service, pod);
    if (ports.length === 0 && !isHeadless(service)) continue;
    count++;
    if (count > addressLimit) continue;
    const id = JSON.stringify(ports);
    const group = groups.get(id) ?? { ports, ready: [], notReady: [] };
    (isPodReady(pod) || service.spec.publishNotReadyAddresses ? group.ready : group.notReady).push(address);
    groups.set(id, group);
  }
  const subsets = [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, group]) => subsetOf(group));
  return { subsets, truncated: count > addressLimit };
}

function subsetOf(group: {
  readonly ports: readonly EndpointPort[];
  readonly ready: readonly EndpointAddress[];
  readonly notReady: readonly EndpointAddress[];
}): EndpointSubset {
  return {
    ...(group.ready.length > 0 && { addresses: sorted(group.ready) }),
    ...(group.notReady.length > 0 && { notReadyAddresses: sorted(group.notReady) }),
    ...(group.ports.length > 0 && { ports: group.ports }),
  };
}

function endpointAddress(service: Service, pod: Pod, type: AddressType): EndpointAddress | undefined {
  if (isPodTerminal(pod) || (pod.metadata.deletionTimestamp && !service.spec.publishNotReadyAddresses))
    return undefined;
  const ip = addressOf(pod, type);
  if (ip === undefined) return undefined;
  const { nodeName, hostname, subdomain } = pod.spec;
  const { namespace, name, uid } = pod.metadata;
  return {
    ip,
    ...(hostname && subdomain === service.metadata.name && { hostname }),
    ...(nodeName && { nodeName }),
    targetRef: { kind: "Pod", namespace, name, uid },
  };
}

function portsOf(service: Service, pod: Pod): readonly EndpointPort[] {
  return resolvePorts(service, pod).map(({ name, port, protocol, appProtocol }) => ({
    ...(name && { name }),
    port: port ?? 0,
    protocol: protocol ?? "TCP",
    ...(appProtocol && { appProtocol }),
  }));
}

/** What is cut off are addresses that are not ready, as far as there are such. */
function byReadyThenName(a: Pod, b: Pod): number {
  return Number(isPodReady(b)) - Number(isPodReady(a)) || ((a.metadata.name ?? "") < (b.metadata.name ?? "") ? -1 : 1);
}

function sorted(addresses: readonly EndpointAddress[]): readonly EndpointAddress[] {
  return [...addresses].sort((a, b) => (a.ip < b.ip ? -1 : a.ip > b.ip ? 1 : 0));
}

import type { Service } from "#api/core/v1/service.ts";
import { isExternallyAccessible } from "#api/core/v1/service-defaults.ts";
import type { Mutable } from "#api/resource.ts";
import { nodePortsOf } from "./service-usage.ts";

/** An update that leaves out what the server gave keeps it; a type that needs none of it loses it. */
export function keepAllocations({ spec }: Mutable<Service>, old: Service | undefined): void {
  if (spec.type === "ExternalName") {
    for (const field of ["clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy"] as const) delete spec[field];
  } else if (old !== undefined && old.spec.type !== "ExternalName") {
    if (!spec.clusterIP && old.spec.clusterIP) spec.clusterIP = old.spec.clusterIP;
    if (!spec.clusterIPs?.length && spec.clusterIP) spec.clusterIPs = [spec.clusterIP];
  }
  if (old === undefined) return;
  dropOldType(spec, old.spec);
  if (!needsNodePorts({ spec } as Service)) return;
  for (const port of spec.ports ?? []) {
    const before = old.spec.ports?.find(other => other.port === port.port && other.protocol === port.protocol);
    if (!port.nodePort && before?.nodePort) port.nodePort = before.nodePort;
  }
  if (!spec.healthCheckNodePort && old.spec.healthCheckNodePort && needsHealthCheck({ spec } as Service)) {
    spec.healthCheckNodePort = old.spec.healthCheckNodePort;
  }
}

const loadBalancerFields = ["allocateLoadBalancerNodePorts", "loadBalancerClass"] as const;

/**
 * Fields that only the old type may have and that came back as they were read: nobody asked for them, so a change of
 * the type alone takes them off.
 */
function dropOldType(spec: Mutable<Service["spec"]>, old: Service["spec"]): void {
  const drop = (field: keyof Service["spec"]) => {
    if (spec[field] === old[field]) delete spec[field];
  };
  if (!needsNodePorts({ spec } as Service) && needsNodePorts({ spec: old } as Service)) {
    const before = new Set(nodePortsOf({ spec: old } as Service));
    for (const port of spec.ports ?? []) if (port.nodePort && before.has(port.nodePort)) delete port.nodePort;
  }
  if (!isExternallyAccessible(spec as Service["spec"]) && isExternallyAccessible(old)) drop("externalTrafficPolicy");
  if (!needsHealthCheck({ spec } as Service) && needsHealthCheck({ spec: old } as Service)) drop("healthCheckNodePort");
  if (spec.type !== "LoadBalancer" && old.type === "LoadBalancer") for (const field of loadBalancerFields) drop(field);
}

/** This cluster has IPv4 only. */
export function singleStack({ spec }: Mutable<Service>): void {
  spec.ipFamilyPolicy ??= "SingleStack";
  if (!spec.ipFamilies?.length) spec.ipFamilies = ["IPv4"];
  if (spec.clusterIP && !spec.clusterIPs?.length) spec.clusterIPs = [spec.clusterIP];
  if (spec.clusterIPs?.length && !spec.clusterIP) spec.clusterIP = spec.clusterIPs[0]!;
}

export function needsNodePorts({ spec }: Service): boolean {
  return spec.type === "NodePort" || (spec.type === "LoadBalancer" && spec.allocateLoadBalancerNodePorts !== false);
}

export function needsHealthCheck({ spec }: Service): boolean {
  return spec.type === "LoadBalancer" && spec.externalTrafficPolicy === "Local";
}

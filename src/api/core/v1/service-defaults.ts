import type { Mutable } from "../../resource.ts";
import type { Service } from "./service.ts";

/** Addresses and node ports are given out by the server, not here. */
export function setServiceDefaults(service: Mutable<Service>): void {
  const { spec } = service;
  for (const port of spec.ports ?? []) if (!port.targetPort) port.targetPort = port.port;
  setSessionAffinity(spec);
  if (isExternallyAccessible(spec)) spec.externalTrafficPolicy ||= "Cluster";
  if (spec.type !== "ExternalName") spec.internalTrafficPolicy ??= "Cluster";
  if (spec.type === "LoadBalancer") {
    spec.allocateLoadBalancerNodePorts ??= true;
    for (const ingress of service.status?.loadBalancer?.ingress ?? []) if (ingress.ip) ingress.ipMode ??= "VIP";
  }
}

function setSessionAffinity(spec: Mutable<Service["spec"]>): void {
  if (spec.sessionAffinity === "None") delete spec.sessionAffinityConfig;
  if (spec.sessionAffinity !== "ClientIP") return;
  spec.sessionAffinityConfig ??= {};
  spec.sessionAffinityConfig.clientIP ??= {};
  spec.sessionAffinityConfig.clientIP.timeoutSeconds ??= 10800;
}

export function isExternallyAccessible(spec: Service["spec"]): boolean {
  if (spec.type === "LoadBalancer" || spec.type === "NodePort") return true;
  return spec.type === "ClusterIP" && (spec.externalIPs ?? []).length > 0;
}

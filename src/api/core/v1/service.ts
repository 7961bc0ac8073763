import { condition } from "../../meta/v1/condition.ts";
import { defineResource, type ObjectOf } from "../../resource.ts";
import {
  boolean,
  int32,
  intOrString,
  list,
  map,
  message,
  oneOf,
  string,
  strings,
  struct,
  type TypeOf,
} from "../../schema.ts";

export const servicePort = struct("io.k8s.api.core.v1.ServicePort", {
  name: string(1, { optional: true }),
  protocol: oneOf(2, ["TCP", "UDP", "SCTP"], { optional: true, default: "TCP" }),
  appProtocol: string(6, { optional: true, pointer: true }),
  port: int32(3),
  targetPort: intOrString(4, { optional: true }),
  nodePort: int32(5, { optional: true }),
});
export interface ServicePort extends TypeOf<typeof servicePort> {}

export const clientIPConfig = struct("io.k8s.api.core.v1.ClientIPConfig", {
  timeoutSeconds: int32(1, { optional: true, pointer: true }),
});
export interface ClientIPConfig extends TypeOf<typeof clientIPConfig> {}

export const sessionAffinityConfig = struct("io.k8s.api.core.v1.SessionAffinityConfig", {
  clientIP: message(1, clientIPConfig, { optional: true, pointer: true }),
});
export interface SessionAffinityConfig extends TypeOf<typeof sessionAffinityConfig> {}

export const serviceSpec = struct("io.k8s.api.core.v1.ServiceSpec", {
  ports: list(1, servicePort, {
    optional: true,
    listType: "map",
    mapKeys: ["port", "protocol"],
    patchStrategy: "merge",
    mergeKey: "port",
  }),
  selector: map(2, strings, { optional: true, mapType: "atomic" }),
  clusterIP: string(3, { optional: true }),
  clusterIPs: list(18, strings, { optional: true, listType: "atomic" }),
  type: oneOf(4, ["ClusterIP", "NodePort", "LoadBalancer", "ExternalName"], { optional: true }),
  externalIPs: list(5, strings, { optional: true, listType: "atomic" }),
  sessionAffinity: oneOf(7, ["ClientIP", "None"], { optional: true }),
  loadBalancerIP: string(8, { optional: true }),
  loadBalancerSourceRanges: list(9, strings, { optional: true, listType: "atomic" }),
  externalName: string(10, { optional: true }),
  externalTrafficPolicy: oneOf(11, ["Cluster", "Local", "Local", "Cluster"], { optional: true }),
  healthCheckNodePort: int32(12, { optional: true }),
  publishNotReadyAddresses: boolean(13, { optional: true }),
  sessionAffinityConfig: message(14, sessionAffinityConfig, { optional: true, pointer: true }),
  ipFamilies: list(19, strings, { optional: true, listType: "atomic" }),
  ipFamilyPolicy: oneOf(17, ["SingleStack", "PreferDualStack", "RequireDualStack"], { optional: true, pointer: true }),
  allocateLoadBalancerNodePorts: boolean(20, { optional: true, pointer: true }),
  loadBalancerClass: string(21, { optional: true, pointer: true }),
  internalTrafficPolicy: oneOf(22, ["Cluster", "Local"], { optional: true, pointer: true }),
  trafficDistribution: string(23, { optional: true, pointer: true }),
});
export interface ServiceSpec extends TypeOf<typeof serviceSpec> {}

export const portStatus = struct("io.k8s.api.core.v1.PortStatus", {
  port: int32(1),
  protocol: oneOf(2, ["TCP", "UDP", "SCTP"]),
  error: string(3, { optional: true, pointer: true }),
});
export interface PortStatus extends TypeOf<typeof portStatus> {}

export const loadBalancerIngress = struct("io.k8s.api.core.v1.LoadBalancerIngress", {
  ip: string(1, { optional: true }),
  hostname: string(2, { optional: true }),
  ipMode: string(3, { optional: true, pointer: true }),
  ports: list(4, portStatus, { optional: true, listType: "atomic" }),
});
export interface LoadBalancerIngress extends TypeOf<typeof loadBalancerIngress> {}

export const loadBalancerStatus = struct("io.k8s.api.core.v1.LoadBalancerStatus", {
  ingress: list(1, loadBalancerIngress, { optional: true, listType: "atomic" }),
});
export interface LoadBalancerStatus extends TypeOf<typeof loadBalancerStatus> {}

export const serviceStatus = struct("io.k8s.api.core.v1.ServiceStatus", {
  loadBalancer: message(1, loadBalancerStatus, { optional: true }),
  conditions: list(2, condition, {
    optional: true,
    listType: "map",
    mapKeys: ["type"],
    patchStrategy: "merge",
    mergeKey: "type",
  }),
});
export interface ServiceStatus extends TypeOf<typeof serviceStatus> {}

export const services = defineResource({
  group: "",
  version: "v1",
  kind: "Service",
  plural: "services",
  shortNames: ["svc"],
  categories: ["all"],
  scope: "Namespaced",
  subresources: [
    { name: "proxy", kind: "ServiceProxyOptions", verbs: ["create", "delete", "get", "patch", "update"] },
    "status",
  ],
  doc: "",

  spec: serviceSpec,
  status: serviceStatus,

  columns: [
    { name: "Type", type: "string", value: () => null },
    { name: "Cluster-IP", type: "string", value: () => null },
    { name: "External-IP", type: "string", value: () => null },
    { name: "Port(s)", type: "string", value: () => null },
    { name: "Age", type: "string", value: () => null },
    { name: "Selector", type: "string", priority: 1, value: () => null },
  ],
});
export interface Service extends ObjectOf<typeof services> {}

import { condition } from "../../meta/v1/condition.ts";
import { defineResource, type KubernetesObject, type ResourceDefinition } from "../../resource.ts";
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
import { serviceColumns } from "./service-columns.ts";
import { setServiceDefaults } from "./service-defaults.ts";
import { validateService, validateServiceStatus } from "./service-validation.ts";

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
  type: oneOf(4, ["ClusterIP", "NodePort", "LoadBalancer", "ExternalName"], { optional: true, default: "ClusterIP" }),
  externalIPs: list(5, strings, { optional: true, listType: "atomic" }),
  sessionAffinity: oneOf(7, ["ClientIP", "None"], { optional: true, default: "None" }),
  loadBalancerIP: string(8, { optional: true }),
  loadBalancerSourceRanges: list(9, strings, { optional: true, listType: "atomic" }),
  externalName: string(10, { optional: true }),
  externalTrafficPolicy: oneOf(11, ["Cluster", "Local"], { optional: true }),
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

export interface Service extends KubernetesObject {
  readonly spec: ServiceSpec;
  readonly status?: ServiceStatus | undefined;
}

export const services: ResourceDefinition<Service> = defineResource({
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
  doc: "One stable name and address for a changing set of pods.",
  nameForm: "dns1123Label",
  allowCreateOnUpdate: true,
  storagePrefix: "services/specs",

  spec: serviceSpec,
  status: serviceStatus,

  selectableFields: {
    "spec.clusterIP": service => service.spec.clusterIP ?? "",
    "spec.type": service => service.spec.type ?? "",
  },
  columns: serviceColumns,
  setDefaults: setServiceDefaults,
  validate: validateService,
  validateStatus: validateServiceStatus,
});

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
import { serviceWarnings } from "./service-warnings.ts";

export const servicePort = struct("io.k8s.api.core.v1.ServicePort", {
  name: string(1, { optional: true, doc: "The port's name, needed when there are several." }),
  protocol: oneOf(2, ["TCP", "UDP", "SCTP"], { optional: true, default: "TCP", doc: "TCP, UDP or SCTP." }),
  appProtocol: string(6, { optional: true, pointer: true, doc: "The protocol spoken above it." }),
  port: int32(3, { doc: "The port offered." }),
  targetPort: intOrString(4, { optional: true, doc: "The pods' port, by number or by name." }),
  nodePort: int32(5, { optional: true, doc: "The port on every node." }),
});
export interface ServicePort extends TypeOf<typeof servicePort> {}

export const clientIPConfig = struct("io.k8s.api.core.v1.ClientIPConfig", {
  timeoutSeconds: int32(1, {
    optional: true,
    pointer: true,
    doc: "How long a client without connections still counts as known.",
  }),
});
export interface ClientIPConfig extends TypeOf<typeof clientIPConfig> {}

export const sessionAffinityConfig = struct("io.k8s.api.core.v1.SessionAffinityConfig", {
  clientIP: message(1, clientIPConfig, { optional: true, pointer: true, doc: "Settings of ClientIP affinity." }),
});
export interface SessionAffinityConfig extends TypeOf<typeof sessionAffinityConfig> {}

export const serviceSpec = struct("io.k8s.api.core.v1.ServiceSpec", {
  ports: list(1, servicePort, {
    optional: true,
    listType: "map",
    mapKeys: ["port", "protocol"],
    patchStrategy: "merge",
    mergeKey: "port",
    doc: "The ports it offers.",
  }),
  selector: map(2, strings, {
    optional: true,
    mapType: "atomic",
    doc: "Labels of the pods behind it; empty: somebody else says where traffic goes.",
  }),
  clusterIP: string(3, { optional: true, doc: "Its address within the cluster; None: it has only a name." }),
  clusterIPs: list(18, strings, { optional: true, listType: "atomic", doc: "Its addresses, one for each IP family." }),
  type: oneOf(4, ["ClusterIP", "NodePort", "LoadBalancer", "ExternalName"], {
    optional: true,
    default: "ClusterIP",
    doc: "How it is reached: ClusterIP, NodePort, LoadBalancer or ExternalName.",
  }),
  externalIPs: list(5, strings, {
    optional: true,
    listType: "atomic",
    doc: "Addresses for which nodes take traffic for it, routed there by others.",
  }),
  sessionAffinity: oneOf(7, ["ClientIP", "None"], {
    optional: true,
    default: "None",
    doc: "ClientIP keeps a client with one pod.",
  }),
  loadBalancerIP: string(8, { optional: true, doc: "Address wished from the load balancer." }),
  loadBalancerSourceRanges: list(9, strings, {
    optional: true,
    listType: "atomic",
    doc: "Client addresses the load balancer lets in.",
  }),
  externalName: string(10, { optional: true, doc: "The DNS name that an ExternalName service stands for." }),
  externalTrafficPolicy: oneOf(11, ["Cluster", "Local"], {
    optional: true,
    doc: "Whether traffic from outside goes to all pods or only to those of the node it reached.",
  }),
  healthCheckNodePort: int32(12, {
    optional: true,
    doc: "Where load balancers ask a node whether it has pods of the service.",
  }),
  publishNotReadyAddresses: boolean(13, { optional: true, doc: "True: pods that are not ready are listed too." }),
  sessionAffinityConfig: message(14, sessionAffinityConfig, {
    optional: true,
    pointer: true,
    doc: "How session affinity works.",
  }),
  ipFamilies: list(19, strings, { optional: true, listType: "atomic", doc: "IP families in use: IPv4, IPv6." }),
  ipFamilyPolicy: oneOf(17, ["SingleStack", "PreferDualStack", "RequireDualStack"], {
    optional: true,
    pointer: true,
    doc: "Whether one or two IP families are wanted.",
  }),
  allocateLoadBalancerNodePorts: boolean(20, {
    optional: true,
    pointer: true,
    doc: "False: a load balancer service needs no node ports.",
  }),
  loadBalancerClass: string(21, { optional: true, pointer: true, doc: "Which load balancer is to serve it." }),
  internalTrafficPolicy: oneOf(22, ["Cluster", "Local"], {
    optional: true,
    pointer: true,
    doc: "Whether traffic from within goes to all pods or only to those of the same node.",
  }),
  trafficDistribution: string(23, { optional: true, pointer: true, doc: "Which endpoints are preferred." }),
});
export interface ServiceSpec extends TypeOf<typeof serviceSpec> {}

export const portStatus = struct("io.k8s.api.core.v1.PortStatus", {
  port: int32(1, { doc: "The Service port." }),
  protocol: oneOf(2, ["TCP", "UDP", "SCTP"], { doc: "Its protocol." }),
  error: string(3, { optional: true, pointer: true, doc: "What is wrong with it." }),
});
export interface PortStatus extends TypeOf<typeof portStatus> {}

export const loadBalancerIngress = struct("io.k8s.api.core.v1.LoadBalancerIngress", {
  ip: string(1, { optional: true, doc: "The load balancer's address." }),
  hostname: string(2, { optional: true, doc: "The load balancer's name." }),
  ipMode: string(3, {
    optional: true,
    pointer: true,
    doc: "VIP: nodes take the traffic themselves; Proxy: it goes by way of the load balancer.",
  }),
  ports: list(4, portStatus, { optional: true, listType: "atomic", doc: "How its ports are." }),
});
export interface LoadBalancerIngress extends TypeOf<typeof loadBalancerIngress> {}

export const loadBalancerStatus = struct("io.k8s.api.core.v1.LoadBalancerStatus", {
  ingress: list(1, loadBalancerIngress, {
    optional: true,
    listType: "atomic",
    doc: "Where traffic for the Service enters.",
  }),
});
export interface LoadBalancerStatus extends TypeOf<typeof loadBalancerStatus> {}

export const serviceStatus = struct("io.k8s.api.core.v1.ServiceStatus", {
  loadBalancer: message(1, loadBalancerStatus, { optional: true, doc: "What the load balancer gave." }),
  conditions: list(2, condition, {
    optional: true,
    listType: "map",
    mapKeys: ["type"],
    patchStrategy: "merge",
    mergeKey: "type",
    doc: "What holds of the service at present.",
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
  warnings: serviceWarnings,
});

import {
  inline,
  int32,
  int64,
  intOrString,
  list,
  message,
  oneOf,
  string,
  strings,
  struct,
  type TypeOf,
} from "../../schema.ts";
import { stopSignals } from "./stop-signals.ts";

export const execAction = struct("io.k8s.api.core.v1.ExecAction", {
  command: list(1, strings, { optional: true, listType: "atomic", doc: "The command and its arguments." }),
});
export interface ExecAction extends TypeOf<typeof execAction> {}

export const httpHeader = struct("io.k8s.api.core.v1.HTTPHeader", {
  name: string(1, { doc: "The header's name." }),
  value: string(2, { doc: "Its value." }),
});
export interface HTTPHeader extends TypeOf<typeof httpHeader> {}

export const httpGetAction = struct("io.k8s.api.core.v1.HTTPGetAction", {
  path: string(1, { optional: true, default: "/", doc: "The path asked for." }),
  port: intOrString(2, { doc: "The port, by number or name." }),
  host: string(3, { optional: true, doc: "The host; else the pod." }),
  scheme: oneOf(4, ["HTTP", "HTTPS"], { optional: true, default: "HTTP", doc: "HTTP or HTTPS." }),
  httpHeaders: list(5, httpHeader, { optional: true, listType: "atomic", doc: "Headers to send." }),
  protocol: oneOf(6, ["HTTP1", "HTTP2"], {
    optional: true,
    pointer: true,
    featureGate: "H2CContainerProbe",
    doc: "The version of HTTP to speak.",
  }),
});
export interface HTTPGetAction extends TypeOf<typeof httpGetAction> {}

export const tcpSocketAction = struct("io.k8s.api.core.v1.TCPSocketAction", {
  port: intOrString(1, { doc: "The port, by number or name." }),
  host: string(2, { optional: true, doc: "The host; the pod when left out." }),
});
export interface TCPSocketAction extends TypeOf<typeof tcpSocketAction> {}

export const grpcAction = struct("io.k8s.api.core.v1.GRPCAction", {
  port: int32(1, { doc: "The port." }),
  service: string(2, {
    pointer: true,
    default: "",
    doc: "The service asked about; the server as a whole when left out.",
  }),
  mode: oneOf(3, ["Plaintext", "TLS"], {
    optional: true,
    pointer: true,
    featureGate: "GRPCContainerProbeTLS",
    doc: "Whether it is asked over TLS.",
  }),
});
export interface GRPCAction extends TypeOf<typeof grpcAction> {}

export const probeHandler = struct("io.k8s.api.core.v1.ProbeHandler", {
  exec: message(1, execAction, { optional: true, pointer: true, doc: "Runs a command; 0 is success." }),
  httpGet: message(2, httpGetAction, {
    optional: true,
    pointer: true,
    doc: "Sends an HTTP request; 200 to 399 is success.",
  }),
  tcpSocket: message(3, tcpSocketAction, { optional: true, pointer: true, doc: "Opens a connection." }),
  grpc: message(4, grpcAction, { optional: true, pointer: true, doc: "Asks the gRPC health service." }),
});
export interface ProbeHandler extends TypeOf<typeof probeHandler> {}

export const probe = struct("io.k8s.api.core.v1.Probe", {
  probeHandler: inline(1, probeHandler, { protobufName: "handler" }),
  initialDelaySeconds: int32(2, { optional: true, doc: "Seconds to wait before the first probe." }),
  timeoutSeconds: int32(3, { optional: true, default: 1, doc: "Seconds a probe may take." }),
  periodSeconds: int32(4, { optional: true, default: 10, doc: "Seconds between probes." }),
  successThreshold: int32(5, { optional: true, default: 1, doc: "Successes in a row that count as success." }),
  failureThreshold: int32(6, { optional: true, default: 3, doc: "Failures in a row that count as failure." }),
  terminationGracePeriodSeconds: int64(7, {
    optional: true,
    pointer: true,
    doc: "Seconds to end after a failed probe, instead of the pod's.",
  }),
});
export interface Probe extends TypeOf<typeof probe> {}

export const sleepAction = struct("io.k8s.api.core.v1.SleepAction", {
  seconds: int64(1, { doc: "How long to wait." }),
});
export interface SleepAction extends TypeOf<typeof sleepAction> {}

export const lifecycleHandler = struct("io.k8s.api.core.v1.LifecycleHandler", {
  exec: message(1, execAction, { optional: true, pointer: true, doc: "Runs a command in the container." }),
  httpGet: message(2, httpGetAction, { optional: true, pointer: true, doc: "Sends an HTTP request." }),
  tcpSocket: message(3, tcpSocketAction, {
    optional: true,
    pointer: true,
    doc: "Only there for old objects; does nothing.",
  }),
  sleep: message(4, sleepAction, { optional: true, pointer: true, doc: "Waits." }),
});
export interface LifecycleHandler extends TypeOf<typeof lifecycleHandler> {}

export const lifecycle = struct("io.k8s.api.core.v1.Lifecycle", {
  postStart: message(1, lifecycleHandler, {
    optional: true,
    pointer: true,
    doc: "What is done right after the container started; when it fails, the container is killed.",
  }),
  preStop: message(2, lifecycleHandler, {
    optional: true,
    pointer: true,
    doc: "What is done before the container is asked to stop, within its grace period.",
  }),
  stopSignal: oneOf(3, stopSignals, {
    optional: true,
    pointer: true,
    doc: "The signal that asks it to stop; the image's when left out.",
  }),
});
export interface Lifecycle extends TypeOf<typeof lifecycle> {}

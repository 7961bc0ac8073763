import type { Taint } from "#api/core/v1/node.ts";
import type { Clock } from "#base/clock.ts";
import type { Helper } from "#base/helper.ts";
import type { HttpHandler } from "#base/http.ts";
import type { HttpClient } from "#base/http-client.ts";
import type { Log } from "#base/log.ts";
import type { Random } from "#base/random.ts";
import type { Client } from "#client/client.ts";
import { createClient, userAgentOf } from "#client/create-client.ts";
import { createEventRecorder } from "#client/event-recorder.ts";
import type { EventRecorder } from "#client/events.ts";
import { createInformerFactory } from "#client/informer.ts";
import { createLocalhostPorts } from "#cloud/localhost-ports.ts";
import { createNodeRoutes } from "#cloud/node-routes.ts";
import type { ImageService, RuntimeService } from "#cri/services.ts";
import { createDnsServer, type DnsServer, type DnsServerDeps } from "#dns/dns-server.ts";
import type { SpanRing } from "#journey/ring.ts";
import type { KubeletHost } from "#kubelet/host.ts";
import { createKubelet, type Kubelet } from "#kubelet/kubelet.ts";
import { createKubeProxy, type KubeProxy } from "#proxy/kube-proxy.ts";
import { followHostPorts } from "./host-ports.ts";

/** Each component of a node has an identity of its own: one connection, one certificate. */
export interface NodeDeps {
  readonly kubeletHttp: HttpClient;
  readonly proxyHttp: HttpClient;
  readonly dnsHttp: HttpClient;
  readonly runtime: RuntimeService;
  readonly images: ImageService;
  readonly kubeletHost: KubeletHost;
  readonly dnsSockets: DnsServerDeps["sockets"];
  /** Answers what is not the cluster's; undefined: such names are refused. */
  readonly dnsForward?: DnsServerDeps["forward"];
  readonly helper: Helper;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly spans: SpanRing;
}

export interface NodeOptions {
  readonly nodeName: string;
  readonly nodeIp: string;
  readonly version: string;
  readonly podSubnet: string;
  readonly serviceSubnet: string;
  readonly dnsServiceIp: string;
  readonly clusterDomain: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly Taint[];
  readonly rootFolder: string;
  readonly podLogsFolder: string;
  readonly cgroupRoot: string;
  readonly resolvConf: string;
  readonly host?: { readonly networkPin: string; readonly table: string };
}

export interface NodeParts {
  /** The kubelet's API. */
  readonly kubeletHandler: HttpHandler;
  run(signal: AbortSignal): Promise<void>;
}

/** It runs until the signal aborts. */
interface Part {
  run(signal: AbortSignal): Promise<void>;
}

/** Kubelet, kube-proxy, DNS and routes of one node, put together. */
export function node(deps: NodeDeps, options: NodeOptions): NodeParts {
  const kubelet = kubeletOf(deps, options);
  const proxyClient = clientOf(deps, deps.proxyHttp, "kube-proxy");
  const proxy = proxyOf(deps, options, proxyClient);
  const dns = dnsOf(deps, options);
  const cloud = cloudOf(deps, options, proxyClient);
  followHostPorts(kubelet.informers, options.nodeName, proxy);
  return {
    kubeletHandler: kubelet.handler,
    async run(signal) {
      await Promise.all([kubelet, proxy, dns, ...cloud].map(part => part.run(signal)));
    },
  };
}

function kubeletOf(deps: NodeDeps, options: NodeOptions): Kubelet {
  const { clock, random, spans } = deps;
  const log = logOf(deps, "kubelet");
  const client = clientOf(deps, deps.kubeletHttp, "kubelet");
  return createKubelet(
    {
      ...{ client, clock, random, log, spans, recorder: spans, events: eventsOf(deps, options, client, "kubelet") },
      runtime: deps.runtime,
      images: deps.images,
      host: deps.kubeletHost,
    },
    {
      nodeName: options.nodeName,
      nodeIps: [options.nodeIp],
      version: options.version,
      clusterDns: [options.dnsServiceIp],
      clusterDomain: options.clusterDomain,
      labels: options.labels,
      taints: options.taints,
      rootFolder: options.rootFolder,
      podLogsFolder: options.podLogsFolder,
      cgroupRoot: options.cgroupRoot,
      resolvConf: options.resolvConf,
    },
  );
}

function proxyOf(deps: NodeDeps, options: NodeOptions, client: Client): KubeProxy {
  const { helper, clock, spans: recorder } = deps;
  const events = eventsOf(deps, options, client, "kube-proxy");
  return createKubeProxy(
    { client, helper, clock, log: logOf(deps, "kube-proxy"), recorder, events },
    {
      nodeName: options.nodeName,
      nodeIp: options.nodeIp,
      podCidr: options.podSubnet,
      serviceCidr: options.serviceSubnet,
    },
  );
}

function dnsOf(deps: NodeDeps, options: NodeOptions): DnsServer {
  const { clock, dnsSockets: sockets, dnsForward: forward } = deps;
  const client = clientOf(deps, deps.dnsHttp, "dns");
  return createDnsServer(
    { client, sockets, clock, log: logOf(deps, "dns"), ...(forward && { forward }) },
    { clusterDomain: options.clusterDomain, listen: [options.dnsServiceIp] },
  );
}

/** What a cloud's own controllers do elsewhere: routes to the other nodes' pods, and the host's `localhost` ports. */
function cloudOf(deps: NodeDeps, options: NodeOptions, client: Client): readonly Part[] {
  const { helper, clock, random } = deps;
  const { nodeName, nodeIp, host } = options;
  const log = logOf(deps, "cloud");
  const informers = createInformerFactory({ client, clock, random, log });
  const routes = createNodeRoutes({ informers, helper, clock, log }, { nodeName });
  if (host === undefined) return [informers, routes];
  const events = eventsOf(deps, options, client, "localhost-ports");
  return [informers, routes, createLocalhostPorts({ informers, helper, clock, log, events }, { ...host, nodeIp })];
}

function logOf({ log }: NodeDeps, component: string): Log {
  return log.with({ component });
}

function clientOf({ clock }: NodeDeps, http: HttpClient, component: string): Client {
  return createClient({ http, clock, userAgent: userAgentOf(component) });
}

function eventsOf(deps: NodeDeps, options: NodeOptions, client: Client, component: string): EventRecorder {
  const { clock, random } = deps;
  const { nodeName: node } = options;
  return createEventRecorder({ client, clock, random, component, node, log: logOf(deps, component) });
}

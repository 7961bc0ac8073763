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
import { createInformerFactory } from "#client/informer.ts";
import { createLocalhostPorts } from "#cloud/localhost-ports.ts";
import { createNodeRoutes } from "#cloud/node-routes.ts";
import type { ImageService, RuntimeService } from "#cri/services.ts";
import { createDnsServer, type DnsServerDeps } from "#dns/dns-server.ts";
import type { SpanRing } from "#journey/ring.ts";
import type { KubeletHost } from "#kubelet/host.ts";
import { createKubelet } from "#kubelet/kubelet.ts";
import { createKubeProxy } from "#proxy/kube-proxy.ts";
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

/** Kubelet, kube-proxy, DNS and routes of one node, put together. */
export function node(deps: NodeDeps, options: NodeOptions): NodeParts {
  const { clock, random, helper, spans } = deps;
  const { nodeName } = options;
  const logOf = (component: string) => deps.log.with({ component });
  const clientOf = (http: HttpClient, component: string): Client =>
    createClient({ http, clock, userAgent: userAgentOf(component) });
  const eventsOf = (client: Client, component: string) =>
    createEventRecorder({ client, clock, random, component, node: nodeName, log: logOf(component) });

  const kubeletClient = clientOf(deps.kubeletHttp, "kubelet");
  const kubelet = createKubelet(
    {
      client: kubeletClient,
      runtime: deps.runtime,
      images: deps.images,
      host: deps.kubeletHost,
      clock,
      random,
      log: logOf("kubelet"),
      recorder: spans,
      spans,
      events: eventsOf(kubeletClient, "kubelet"),
    },
    {
      nodeName,
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

  const proxyClient = clientOf(deps.proxyHttp, "kube-proxy");
  const proxy = createKubeProxy(
    {
      client: proxyClient,
      helper,
      clock,
      log: logOf("kube-proxy"),
      recorder: spans,
      events: eventsOf(proxyClient, "kube-proxy"),
    },
    {
      nodeName,
      nodeIp: options.nodeIp,
      podCidr: options.podSubnet,
      serviceCidr: options.serviceSubnet,
    },
  );

  const dns = createDnsServer(
    {
      client: clientOf(deps.dnsHttp, "dns"),
      sockets: deps.dnsSockets,
      clock,
      log: logOf("dns"),
      ...(deps.dnsForward && { forward: deps.dnsForward }),
    },
    { clusterDomain: options.clusterDomain, listen: [options.dnsServiceIp] },
  );

  const cloudLog = logOf("cloud");
  const informers = createInformerFactory({ client: proxyClient, clock, random, log: cloudLog });
  followHostPorts(kubelet.informers, nodeName, proxy);
  const routes = createNodeRoutes({ informers, helper, clock, log: cloudLog }, { nodeName });
  const localhost =
    options.host &&
    createLocalhostPorts(
      { informers, helper, clock, log: cloudLog, events: eventsOf(proxyClient, "localhost-ports") },
      { ...options.host, nodeIp: options.nodeIp },
    );

  return {
    kubeletHandler: kubelet.handler,
    async run(signal) {
      await Promise.all([
        kubelet.run(signal),
        proxy.run(signal),
        dns.run(signal),
        informers.run(signal),
        routes.run(signal),
        localhost?.run(signal),
      ]);
    },
  };
}

import type { ClusterNode, NodeOptions } from "#assembly/cluster-node.ts";
import { startSimulatedCluster } from "#assembly/simulated-cluster.ts";
import { DisposalStack } from "#base/disposal.ts";
import { createCa, issueCertificate } from "#base/host/certificates.ts";
import { type HttpServer, listenHttps } from "#base/host/http-server.ts";
import { systemClock } from "#base/host/system-clock.ts";
import { systemRandom } from "#base/host/system-random.ts";
import type { HttpHandler } from "#base/http.ts";
import { type Log, silentLog } from "#base/log.ts";
import type { Client } from "#client/client.ts";
import { mergeKubeconfig } from "#client/kubeconfig.ts";
import { ProcessLife } from "#simulation/process-life.ts";
import { waitForNodesReady } from "./nodes-ready.ts";

export interface ClusterOptions {
  /** How many simulated nodes, or what each of them has. */
  readonly nodes?: number | readonly NodeOptions[];
  /** Serve HTTPS on a loopback port (the default), for kubectl and other clients; false: only {@link Cluster.client}. */
  readonly listen?: boolean;
  /** Where the components' logs go; nowhere when left out. */
  readonly log?: Log;
}

/** A Kubernetes cluster inside this process. */
export interface Cluster extends AsyncDisposable {
  /** `https://127.0.0.1:PORT`; empty without `listen`. */
  readonly url: string;
  /** A kubeconfig file's text, for its cluster administrator; empty without `listen`. */
  readonly kubeconfig: string;
  /** A typed client, as cluster administrator, without a socket. */
  readonly client: Client;
  /** The same as somebody else. `system:authenticated` is added. */
  clientFor(user: string, groups?: readonly string[]): Client;
  readonly nodes: readonly ClusterNode[];
  waitForNodesReady(): Promise<void>;
  /** What all components did so far: the newest 20,000 spans. */
  readonly spans: readonly Span[];
}

type SimulatedCluster = Awaited<ReturnType<typeof startSimulatedCluster>>;
export type Span = ReturnType<SimulatedCluster["spans"]["since"]>[number];

const admin = { name: "kubernetes-admin", groups: ["kubeadm:cluster-admins"] };

/**
 * Starts a whole cluster in this process: API server, controllers, scheduler and real kubelets on simulated machines,
 * whose containers are records and not processes. Resolves when all nodes are ready.
 *
 * @example
 * await using cluster = await startCluster({ nodes: 3 });
 * await cluster.client.create(deployments, { ... });
 */
export async function startCluster(options: ClusterOptions = {}): Promise<Cluster> {
  const opened = new DisposalStack();
  try {
    return await open(options, opened);
  } catch (error) {
    await opened[Symbol.asyncDispose]();
    throw error;
  }
}

async function open(options: ClusterOptions, opened: DisposalStack): Promise<Cluster> {
  // All timers of the cluster end with it, also those of writes that wait for another try.
  const life = new ProcessLife();
  opened.defer(() => life.end());
  const { nodes: wanted = 1, listen = true, log = silentLog } = options;
  const deps = { clock: life.clock(systemClock()), random: systemRandom(), log };
  const ca = await createCa("k8ts-in-process");

  const front: { handler: HttpHandler } = { handler: starting };
  const port = listen ? await openPort(ca, request => front.handler(request), log, opened) : undefined;
  const cluster = opened.use(
    await startSimulatedCluster(deps, {
      nodes: typeof wanted === "number" ? Array.from({ length: wanted }, () => ({})) : wanted,
      clusterCa: ca.certificate,
      advertiseAddress: "127.0.0.1",
      advertisePort: port?.port ?? 6443,
    }),
  );
  front.handler = cluster.handler;
  const url = port === undefined ? "" : `https://127.0.0.1:${port.port}`;
  const client = cluster.clientFor(admin, "library");
  const ready = () =>
    waitForNodesReady(
      { client, clock: deps.clock },
      cluster.nodes.map(node => node.name),
    );
  await ready();
  return {
    url,
    kubeconfig: port === undefined ? "" : await adminKubeconfig(ca, url),
    client,
    clientFor: (name, groups = []) => cluster.clientFor({ name, groups }, "library"),
    nodes: cluster.nodes,
    waitForNodesReady: ready,
    get spans() {
      return cluster.spans.since(0);
    },
    [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose](),
  };
}

const starting: HttpHandler = async () => ({ status: 503, headers: { "retry-after": "1" } });

type Ca = Awaited<ReturnType<typeof createCa>>;

async function openPort(ca: Ca, handler: HttpHandler, log: Log, opened: DisposalStack): Promise<HttpServer> {
  const server = await issueCertificate(ca, {
    commonName: "kube-apiserver",
    usage: "server",
    dnsNames: ["localhost", "kubernetes", "kubernetes.default", "kubernetes.default.svc"],
    ipAddresses: ["127.0.0.1"],
  });
  return opened.use(
    await listenHttps({ ...server, handler, host: "127.0.0.1", port: 0, clientCa: ca.certificate, log }),
  );
}

async function adminKubeconfig(ca: Ca, server: string): Promise<string> {
  const pair = await issueCertificate(ca, { commonName: admin.name, organizations: admin.groups, usage: "client" });
  return mergeKubeconfig("", {
    name: "k8ts-in-process",
    server,
    certificateAuthority: ca.certificate,
    clientCertificate: pair.certificate,
    clientKey: pair.key,
  });
}

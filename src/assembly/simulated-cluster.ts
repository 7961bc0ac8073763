import type { Node } from "#api/core/v1/node.ts";
import { apiServerDefaults } from "#apiserver/server.ts";
import type { Clock } from "#base/clock.ts";
import { createServiceAccountKeys } from "#base/host/certificates.ts";
import type { HttpHandler } from "#base/http.ts";
import type { HttpClient } from "#base/http-client.ts";
import type { Log } from "#base/log.ts";
import type { Random } from "#base/random.ts";
import { version } from "#base/version.ts";
import type { Client } from "#client/client.ts";
import { createClient, userAgentOf } from "#client/create-client.ts";
import { createDirectHttpClient, type DirectIdentity } from "#client/direct.ts";
import { SpanRing } from "#journey/ring.ts";
import type { Kv } from "#store/kv.ts";
import { createMemoryKv } from "#store/memory/memory-kv.ts";
import { type ClusterNode, type NodeOptions, NodeSlot } from "./cluster-node.ts";
import type { ControlPlaneOptions } from "./control-plane.ts";
import { nodeIdentity } from "./simulated-node.ts";
import { SimulatedPlane } from "./simulated-plane.ts";

export interface SimulatedClusterDeps {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** Gets the store before anything is written to it. */
  readonly observe?: (kv: Kv) => void;
}

export interface SimulatedClusterOptions {
  readonly nodes: readonly NodeOptions[];
  /** What pods trust: PEM of the authority behind the API server's certificate. */
  readonly clusterCa: string;
  readonly advertiseAddress: string;
  readonly advertisePort: number;
}

/** A whole cluster in one process: the real control plane over a memory store, real kubelets on simulated machines. */
export interface SimulatedCluster extends AsyncDisposable {
  /** Stays the same when the control plane is restarted. */
  readonly handler: HttpHandler;
  readonly kv: Kv;
  readonly nodes: readonly ClusterNode[];
  readonly spans: SpanRing;
  clientFor(identity: DirectIdentity, component: string): Client;
  /** Ends controllers and scheduler and starts them anew. */
  restartControllers(): Promise<void>;
  /** The same for the API server too; the store stays. */
  restartControlPlane(): Promise<void>;
}

const podSubnet = "10.244.0.0/16";
const serviceSubnet = "10.96.0.0/16";
const spanCapacity = 20_000;
const toKubelets: DirectIdentity = { name: "kube-apiserver-kubelet-client", groups: ["kubeadm:cluster-admins"] };

export async function startSimulatedCluster(
  deps: SimulatedClusterDeps,
  options: SimulatedClusterOptions,
): Promise<SimulatedCluster> {
  const { clock } = deps;
  const kv = createMemoryKv({ clock });
  deps.observe?.(kv);
  const spans = new SpanRing(spanCapacity);
  const nodes = new Map<string, NodeSlot>();

  const connectToNode = ({ metadata }: Node): HttpClient => {
    const kubelet = nodes.get(metadata.name ?? "")?.kubelet;
    if (kubelet === undefined) throw new Error(`dial tcp: node ${metadata.name} does not answer`);
    return createDirectHttpClient(kubelet.handler, toKubelets);
  };
  const { clusterCa } = options;
  const serviceAccountKeys = createServiceAccountKeys();
  const plane = new SimulatedPlane(
    { ...deps, kv, recorder: spans, connectToNode, serviceAccountKeys, clusterCa },
    planeOptions(options),
  );
  await plane.start();

  for (const [at, node] of options.nodes.entries()) {
    const name = node.name ?? `node-${at + 1}`;
    const http = createDirectHttpClient(plane.handler, nodeIdentity(name));
    const slot = new NodeSlot({ ...deps, http, spans }, { ...node, name, ip: `198.18.0.${at + 11}` });
    nodes.set(name, slot);
    slot.startKubelet();
  }

  return {
    handler: plane.handler,
    kv,
    spans,
    nodes: [...nodes.values()],
    clientFor: (identity, component) =>
      createClient({ http: createDirectHttpClient(plane.handler, identity), clock, userAgent: userAgentOf(component) }),
    restartControllers: () => plane.restartControllers(),
    async restartControlPlane() {
      await plane.stop();
      await plane.start();
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([...nodes.values()].map(node => node.stop()));
      await plane.stop();
      await kv[Symbol.asyncDispose]();
    },
  };
}

function planeOptions({ advertiseAddress, advertisePort }: SimulatedClusterOptions): ControlPlaneOptions {
  return {
    podSubnet,
    apiServer: {
      ...apiServerDefaults,
      version,
      advertiseAddress,
      advertisePort,
      serviceClusterIpRange: serviceSubnet,
    },
  };
}

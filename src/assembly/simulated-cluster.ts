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
import { createSimulatedMachine, type SimulatedMachine, type SimulatedMachineOptions } from "#simulation/machine.ts";
import type { Kv } from "#store/kv.ts";
import { createMemoryKv } from "#store/memory/memory-kv.ts";
import { type ControlPlane, controlPlane } from "./control-plane.ts";
import { nodeIdentity, type SimulatedNode, startSimulatedNode } from "./simulated-node.ts";

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

/** What a simulated node has; the name is `node-1`, `node-2`, ... when left out. */
export interface NodeOptions extends Partial<Omit<SimulatedMachineOptions, "ip">> {
  readonly labels?: Readonly<Record<string, string>>;
}

/** One simulated node: its machine, and what can happen to it. */
export interface ClusterNode {
  readonly name: string;
  readonly machine: SimulatedMachine;
  readonly isRunning: boolean;
  /** The kubelet crashes; containers go on. */
  killKubelet(): void;
  /** A kubelet on the machine as it is now. */
  startKubelet(): void;
  /** The machine is gone with its containers and files; {@link startKubelet} begins with an empty one. */
  lose(): void;
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
  const { clock, random, log } = deps;
  const kv = createMemoryKv({ clock });
  deps.observe?.(kv);
  const spans = new SpanRing(spanCapacity);
  const serviceAccountKeys = createServiceAccountKeys();
  const nodes = new Map<string, NodeSlot>();

  const connectToNode = ({ metadata }: Node): HttpClient => {
    const kubelet = nodes.get(metadata.name ?? "")?.kubelet;
    if (kubelet === undefined) throw new Error(`dial tcp: node ${metadata.name} does not answer`);
    return createDirectHttpClient(kubelet.handler, toKubelets);
  };
  const openPlane = () =>
    RunningPlane.start(
      { ...deps, kv, recorder: spans, connectToNode, serviceAccountKeys, clusterCa: options.clusterCa },
      {
        podSubnet,
        apiServer: {
          ...apiServerDefaults,
          version,
          advertiseAddress: options.advertiseAddress,
          advertisePort: options.advertisePort,
          serviceClusterIpRange: serviceSubnet,
        },
      },
    );
  let plane: RunningPlane | undefined = await openPlane();
  const handler: HttpHandler = async request => {
    if (plane === undefined) throw new Error("connect: connection refused");
    return plane.parts.handler(request);
  };

  for (const [at, node] of options.nodes.entries()) {
    const name = node.name ?? `node-${at + 1}`;
    const http = createDirectHttpClient(handler, nodeIdentity(name));
    const slot = new NodeSlot({ clock, random, log, http, spans }, { ...node, name, ip: `198.18.0.${at + 11}` });
    nodes.set(name, slot);
    slot.startKubelet();
  }

  return {
    handler,
    kv,
    spans,
    nodes: [...nodes.values()],
    clientFor: (identity, component) =>
      createClient({ http: createDirectHttpClient(handler, identity), clock, userAgent: userAgentOf(component) }),
    async restartControllers() {
      await plane?.restartControllers();
    },
    async restartControlPlane() {
      const before = plane;
      plane = undefined;
      await before?.stop();
      plane = await openPlane();
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([...nodes.values()].map(node => node.stop()));
      await plane?.stop();
      await kv[Symbol.asyncDispose]();
    },
  };
}

type PlaneDeps = Parameters<typeof controlPlane>[0];
type PlaneOptions = Parameters<typeof controlPlane>[1];

/** A control plane that runs. */
class RunningPlane {
  readonly parts: ControlPlane;
  readonly #log: Log;
  #abort = new AbortController();
  #running: Promise<void> = Promise.resolve();

  private constructor(parts: ControlPlane, log: Log) {
    this.parts = parts;
    this.#log = log;
    this.#run();
  }

  static async start(deps: PlaneDeps, options: PlaneOptions): Promise<RunningPlane> {
    const parts = await controlPlane(deps, options);
    await parts.ready;
    return new RunningPlane(parts, deps.log);
  }

  async restartControllers(): Promise<void> {
    await this.#end();
    this.#run();
  }

  async stop(): Promise<void> {
    await this.#end();
    await this.parts[Symbol.asyncDispose]();
  }

  #run(): void {
    this.#abort = new AbortController();
    this.#running = this.parts.run(this.#abort.signal).catch((error: unknown) => {
      this.#log.error("the controllers ended", { error });
    });
  }

  async #end(): Promise<void> {
    this.#abort.abort();
    await this.#running;
  }
}

type SlotDeps = Omit<Parameters<typeof startSimulatedNode>[0], "machine">;

class NodeSlot implements ClusterNode {
  readonly name: string;
  readonly #deps: SlotDeps;
  readonly #options: NodeOptions & SimulatedMachineOptions;
  #machine: SimulatedMachine;
  #running: SimulatedNode | undefined;

  constructor(deps: SlotDeps, options: NodeOptions & SimulatedMachineOptions) {
    this.name = options.name;
    this.#deps = deps;
    this.#options = options;
    this.#machine = createSimulatedMachine(deps, options);
  }

  get machine(): SimulatedMachine {
    return this.#machine;
  }

  get isRunning(): boolean {
    return this.#running !== undefined;
  }

  get kubelet() {
    return this.#running?.kubelet;
  }

  startKubelet(): void {
    this.#running ??= startSimulatedNode(
      { ...this.#deps, machine: this.#machine },
      {
        version,
        clusterDomain: "cluster.local",
        dnsServiceIp: "10.96.0.10",
        labels: this.#options.labels ?? {},
        taints: [],
      },
    );
  }

  killKubelet(): void {
    this.#running?.kill();
    this.#running = undefined;
  }

  lose(): void {
    this.killKubelet();
    this.#machine = createSimulatedMachine(this.#deps, this.#options);
  }

  async stop(): Promise<void> {
    await this.#running?.stop();
    this.#running = undefined;
  }
}

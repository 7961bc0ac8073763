import { version } from "#base/version.ts";
import { createSimulatedMachine, type SimulatedMachine, type SimulatedMachineOptions } from "#simulation/machine.ts";
import { type SimulatedNode, type SimulatedNodeDeps, startSimulatedNode } from "./simulated-node.ts";

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

type NodeSlotDeps = Omit<SimulatedNodeDeps, "machine">;

/** A {@link ClusterNode} for the cluster itself, which also talks to its kubelet and ends it in order. */
export class NodeSlot implements ClusterNode {
  readonly name: string;
  readonly #deps: NodeSlotDeps;
  readonly #options: NodeOptions & SimulatedMachineOptions;
  #machine: SimulatedMachine;
  #running: SimulatedNode | undefined;

  constructor(deps: NodeSlotDeps, options: NodeOptions & SimulatedMachineOptions) {
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

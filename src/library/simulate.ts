import type { ClusterNode, NodeOptions } from "#assembly/cluster-node.ts";
import { startSimulatedCluster } from "#assembly/simulated-cluster.ts";
import type { Clock } from "#base/clock.ts";
import { microtasksDrained } from "#base/host/microtasks.ts";
import { type Log, silentLog } from "#base/log.ts";
import { type Random, seededRandom } from "#base/random.ts";
import type { Client } from "#client/client.ts";
import { VirtualClock } from "#simulation/clock.ts";
import { clusterInvariants, type Invariant, InvariantChecker, type WorldState } from "#simulation/invariants.ts";
import { StoreRecord } from "#simulation/store-record.ts";
import { waitForNodesReady } from "./nodes-ready.ts";

export interface SimulationOptions<T> {
  /** Everything that is left to chance follows from it: the same seed gives the same run, event by event. */
  readonly seed: number;
  readonly nodes?: number | readonly NodeOptions[];
  /** What happens in the world. Time passes while it waits for something. */
  run(world: World): Promise<T>;
  /** Checked after every step; those of every cluster when left out. */
  readonly invariants?: readonly Invariant[];
  /** The virtual time after which the run counts as stuck; a day when left out. */
  readonly limitMs?: number;
  readonly log?: (clock: Clock) => Log;
}

/** A cluster on virtual time. */
export interface World {
  readonly clock: Clock;
  readonly random: Random;
  /** As cluster administrator. */
  readonly client: Client;
  clientFor(user: string, groups?: readonly string[]): Client;
  readonly nodes: readonly ClusterNode[];
  /** What is stored now. */
  readonly state: WorldState;
  waitForNodesReady(): Promise<void>;
  sleep(ms: number): Promise<void>;
  /** Waits for `look` to find something; looks again after every change of the store. Throws after `limitMs`. */
  until<T>(what: string, look: (state: WorldState) => T | undefined | false, limitMs?: number): Promise<T>;
  /** Controllers and scheduler end and start anew. */
  restartControllers(): Promise<void>;
  /** The API server too; the store stays. */
  restartControlPlane(): Promise<void>;
}

export interface Simulation<T> {
  readonly result: T;
  /** Every event of the store, in order, with its virtual time. */
  readonly log: readonly string[];
  readonly elapsedMs: number;
}

export class SimulationError extends Error {
  override readonly name = "SimulationError";
}

const admin = { name: "kubernetes-admin", groups: ["kubeadm:cluster-admins"] };
const dayMs = 86_400_000;
const defaultLimitMs = 600_000;

/**
 * Runs a cluster on virtual time: no socket, no thread, no real timer. Time jumps from one timer to the next as soon as
 * nothing is left to do, so that hours pass in a moment.
 *
 * @example
 * const { log } = await simulate({ seed: 7, nodes: 3, run: async world => {
 *   await world.client.create(deployments, web);
 *   await world.until("three pods run", state => state.list(pods).length === 3);
 *   world.nodes[0].lose();
 *   await world.sleep(600_000);
 * }});
 */
export async function simulate<T>(options: SimulationOptions<T>): Promise<Simulation<T>> {
  const clock = new VirtualClock();
  const driver = new Driver(clock, options.limitMs ?? dayMs);
  const random = seededRandom(options.seed);
  const log = options.log?.(clock) ?? silentLog;
  const checker = new InvariantChecker(options.invariants ?? clusterInvariants());
  const waiting = new Set<() => void>();
  const changed = (now: StoreRecord, isNew: boolean) => {
    if (isNew) driver.attempt(() => checker.check(now, clock.monotonic()));
    for (const look of waiting) look();
  };
  const observed = Promise.withResolvers<StoreRecord>();
  const observe = (kv: ConstructorParameters<typeof StoreRecord>[0]["kv"]) =>
    observed.resolve(new StoreRecord({ kv, clock }, changed));
  const { nodes = 1 } = options;
  const cluster = await driver.drive(
    startSimulatedCluster(
      { clock, random, log, observe },
      {
        nodes: typeof nodes === "number" ? Array.from({ length: nodes }, () => ({})) : nodes,
        clusterCa: "a simulated world has no certificates",
        advertiseAddress: "198.18.0.2",
        advertisePort: 6443,
      },
    ),
  );
  using record = await observed.promise;
  driver.afterStep = () => checker.recheck(record, clock.monotonic());
  try {
    const client = cluster.clientFor(admin, "simulation");
    const names = cluster.nodes.map(node => node.name);
    const world: World = {
      ...{ clock, random, client, state: record, nodes: cluster.nodes },
      clientFor: (name, groups = []) => cluster.clientFor({ name, groups }, "simulation"),
      waitForNodesReady: () => waitForNodesReady({ client, clock }, names),
      sleep: ms => clock.sleep(ms),
      until: (what, look, limitMs = defaultLimitMs) => until({ clock, record, waiting }, what, look, limitMs),
      restartControllers: () => cluster.restartControllers(),
      restartControlPlane: () => cluster.restartControlPlane(),
    };
    const result = await driver.drive(options.run(world));
    return { result, log: [...record.lines], elapsedMs: clock.monotonic() };
  } finally {
    driver.afterStep = () => {};
    await driver.drive(cluster[Symbol.asyncDispose]());
  }
}

interface Waits {
  readonly clock: Clock;
  readonly record: StoreRecord;
  /** Called after every change of the store. */
  readonly waiting: Set<() => void>;
}

function until<T>(
  { clock, record, waiting }: Waits,
  what: string,
  look: (state: WorldState) => T | undefined | false,
  limitMs: number,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const end = () => {
      waiting.delete(tryOnce);
      timer.cancel();
    };
    const timer = clock.schedule(limitMs, () => {
      end();
      reject(new SimulationError(`${what}: not within ${limitMs / 1000} s`));
    });
    const tryOnce = () => {
      try {
        const found = look(record);
        if (found === undefined || found === false) return;
        end();
        resolve(found);
      } catch (error) {
        end();
        reject(error as Error);
      }
    };
    waiting.add(tryOnce);
    tryOnce();
  });
}

/** Moves time whenever nothing else is left to do. */
class Driver {
  afterStep: () => void = () => {};
  readonly #clock: VirtualClock;
  readonly #limitMs: number;
  #failure: { readonly error: unknown } | undefined;

  constructor(clock: VirtualClock, limitMs: number) {
    this.#clock = clock;
    this.#limitMs = limitMs;
  }

  /** Keeps what is thrown for {@link drive}: code inside the world must not see it. */
  attempt(check: () => void): void {
    try {
      check();
    } catch (error) {
      this.#failure ??= { error };
    }
  }

  /** Lets the world run until the work is done; throws at once when a check failed. */
  async drive<T>(work: PromiseLike<T>): Promise<T> {
    let isDone = false;
    const done = () => {
      isDone = true;
    };
    work.then(done, done);
    await microtasksDrained();
    while (!isDone) {
      if (this.#clock.monotonic() > this.#limitMs)
        throw new SimulationError(`not done after ${this.#limitMs / 1000} s of virtual time`);
      if (!(await this.#clock.step())) throw new SimulationError("everything waits and no timer is left");
      this.attempt(this.afterStep);
      this.#throwFailure();
    }
    this.#throwFailure();
    return work;
  }

  #throwFailure(): void {
    const failure = this.#failure;
    this.#failure = undefined;
    if (failure !== undefined) throw failure.error;
  }
}

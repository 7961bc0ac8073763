import { type Lease, leases } from "#api/coordination.k8s.io/v1/lease.ts";
import type { Node } from "#api/core/v1/node.ts";
import { isConflict, isNotFound } from "#api/status.ts";
import { backoffMs } from "#base/backoff.ts";
import { type Clock, formatMicroTime } from "#base/clock.ts";
import type { Log } from "#base/log.ts";
import type { Random } from "#base/random.ts";
import type { Client } from "#client/client.ts";

export interface NodeLeaseDeps {
  readonly client: Client;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  node(): Node | undefined;
}

export interface NodeLeaseOptions {
  readonly nodeName: string;
  readonly durationSeconds: number;
}

const namespace = "kube-node-lease";
const retry = { initialMs: 200, maximumMs: 7_000 };
const jitter = 0.04;

/** Renews the node's Lease four times in its life, whatever else the kubelet is busy with. */
export class NodeLease {
  readonly #deps: NodeLeaseDeps;
  readonly #options: NodeLeaseOptions;
  #lease: Lease | undefined;

  constructor(deps: NodeLeaseDeps, options: NodeLeaseOptions) {
    this.#deps = deps;
    this.#options = options;
  }

  async run(signal: AbortSignal): Promise<void> {
    let failures = 0;
    while (!signal.aborted) {
      let waitMs = (this.#options.durationSeconds * 1000) / 4;
      waitMs *= 1 + this.#deps.random.float() * jitter;
      try {
        await this.#renew();
        failures = 0;
      } catch (error) {
        if (signal.aborted) return;
        this.#deps.log.warn("the node's lease cannot be renewed", { error });
        this.#lease = undefined;
        waitMs = backoffMs(failures++, retry);
      }
      try {
        await this.#deps.clock.sleep(waitMs, signal);
      } catch (error) {
        if (!signal.aborted) throw error;
      }
    }
  }

  async #renew(): Promise<void> {
    const { client } = this.#deps;
    const key = { namespace, name: this.#options.nodeName };
    this.#lease ??= await this.#find();
    if (this.#lease === undefined) {
      this.#lease = await client.create(leases, this.#renewed({ metadata: { ...key, ...this.#owner() }, spec: {} }));
      return;
    }
    try {
      this.#lease = await client.update(leases, this.#renewed(this.#lease));
    } catch (error) {
      if (!isConflict(error)) throw error;
      this.#lease = await client.update(leases, this.#renewed(await client.get(leases, key)));
    }
  }

  async #find(): Promise<Lease | undefined> {
    try {
      return await this.#deps.client.get(leases, { namespace, name: this.#options.nodeName });
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  #renewed(lease: Lease): Lease {
    return {
      ...lease,
      spec: {
        ...lease.spec,
        holderIdentity: this.#options.nodeName,
        leaseDurationSeconds: this.#options.durationSeconds,
        renewTime: formatMicroTime(this.#deps.clock.now()),
      },
    };
  }

  /** The lease goes with the node. */
  #owner(): Pick<Lease["metadata"], "ownerReferences"> {
    const node = this.#deps.node();
    if (node?.metadata.uid === undefined) return {};
    const { name = "", uid } = node.metadata;
    return { ownerReferences: [{ apiVersion: "v1", kind: "Node", name, uid }] };
  }
}

import { type Node, nodes } from "#api/core/v1/node.ts";
import { keyOf, parseKey } from "#client/client.ts";
import { type Controller, defineController, done } from "#client/controller.ts";
import { createCidrPool } from "./cidr-pool.ts";

export interface NodeIpamOptions {
  /** `10.244.0.0/16`. */
  readonly clusterCidr: string;
  /** 24 when left out. */
  readonly nodeMaskSize?: number;
}

/** **Makes true:** every node has a pod subnet of the cluster's range that no other node has. */
export function nodeIpamController(options: NodeIpamOptions): Controller {
  const pool = createCidrPool(options.clusterCidr, options.nodeMaskSize ?? 24);
  return defineController({
    name: "node-ipam-controller",
    account: "node-controller",
    makesTrue: "Every node has a pod subnet of the cluster's range that no other node has.",
    reconciles: nodes,
    access: { get: [nodes], list: [nodes], watch: [nodes], patch: [nodes] },
    // One at a time: the cache need not show the last node's subnet yet, the pool does.
    workers: 1,

    async reconcile(name, { cache, client, events }) {
      const node = cache.get(nodes, name);
      if (node === undefined) {
        pool.release(name);
        return done;
      }
      for (const other of cache.list(nodes)) if (other.spec.podCIDR) pool.occupy(keyOf(other), other.spec.podCIDR);
      if (node.spec.podCIDR) return done;
      const podCIDR = pool.allocate(name);
      if (podCIDR === undefined) {
        events.event(nodes, node, "Normal", "CIDRNotAvailable", `Node ${name} status is now: CIDRNotAvailable`);
        throw new Error(`no subnet is left in ${options.clusterCidr}`);
      }
      await client.patch<Node>(nodes, parseKey(name), {
        type: "strategic",
        body: { metadata: { uid: node.metadata.uid }, spec: { podCIDR, podCIDRs: [podCIDR] } },
      });
      return done;
    },
  });
}

import { type Node, nodes } from "#api/core/v1/node.ts";
import { serviceUnavailable } from "#api/status.ts";
import type { HttpClient } from "#base/http-client.ts";
import { proxyTo } from "./proxy.ts";
import { proxyPath } from "./proxy-path.ts";
import type { Registry } from "./registry.ts";

export interface NodeRegistryDeps {
  connectToNode(node: Node): HttpClient;
}

export function nodeRegistry({ connectToNode }: NodeRegistryDeps): Registry<Node> {
  return {
    definition: nodes,
    // A kubelet registers its node with what it found there.
    keepsStatusOnCreate: true,
    subresources: {
      async proxy({ exchange, store }) {
        const { object } = await store.get({ namespace: "", name: exchange.info.name });
        const ready = object.status?.addresses?.length;
        if (!ready) throw serviceUnavailable(`no address is known of node ${JSON.stringify(exchange.info.name)}`);
        return proxyTo(connectToNode(object), exchange, proxyPath(exchange).target ?? "/");
      },
    },
  };
}

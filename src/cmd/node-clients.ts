import type { Node } from "#api/core/v1/node.ts";
import type { HttpClient } from "#base/http-client.ts";

/**
 * One connection to each node's kubelet, for all that is asked of it. A node that says it is elsewhere gets a new one,
 * and the old one ends.
 */
export class NodeClients implements AsyncDisposable {
  readonly #connect: (url: string) => HttpClient;
  readonly #known = new Map<string, { readonly url: string; readonly client: HttpClient }>();

  constructor(connect: (url: string) => HttpClient) {
    this.#connect = connect;
  }

  of(node: Node): HttpClient {
    const name = node.metadata.name ?? "";
    const url = kubeletUrl(node);
    const known = this.#known.get(name);
    if (known?.url === url) return known.client;
    const client = this.#connect(url);
    this.#known.set(name, { url, client });
    void known?.client[Symbol.asyncDispose]();
    return client;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#known.values()].map(({ client }) => client[Symbol.asyncDispose]()));
    this.#known.clear();
  }
}

function kubeletUrl(node: Node): string {
  const address = node.status?.addresses?.find(each => each.type === "InternalIP")?.address ?? node.metadata.name ?? "";
  const port = node.status?.daemonEndpoints?.kubeletEndpoint?.Port || 10_250;
  return `https://${address}:${port}`;
}

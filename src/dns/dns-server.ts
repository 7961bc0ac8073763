import type { Clock } from "#base/clock.ts";
import { DisposalStack } from "#base/disposal.ts";
import type { Log } from "#base/log.ts";
import type { Sockets } from "#base/sockets.ts";
import type { Client } from "#client/client.ts";
import { createInformerFactory } from "#client/informer.ts";
import { clusterZone } from "./cluster-zone.ts";
import { type Forward, QueryHandler } from "./query-handler.ts";
import { serveFrames } from "./tcp-framing.ts";

export interface DnsServerDeps {
  readonly client: Client;
  readonly sockets: Sockets;
  readonly clock: Clock;
  readonly log: Log;
  /** Answers for names outside of the cluster; absent: they are refused. */
  readonly forward?: Forward;
}

export interface DnsServerOptions {
  /** `cluster.local`. */
  readonly clusterDomain: string;
  /** Addresses to answer on, by UDP and TCP. */
  readonly listen: readonly string[];
  /** Left out: 53. 0: any free one. */
  readonly port?: number;
}

/** The name server of one node. */
export interface DnsServer {
  /** Ends when the signal aborts. */
  run(signal: AbortSignal): Promise<void>;
  /** Resolves once it knows the cluster and listens. */
  ready(): Promise<void>;
  /** The port it listens on; 0 before it does. */
  readonly port: number;
}

const standardPort = 53;

export function createDnsServer(deps: DnsServerDeps, options: DnsServerOptions): DnsServer {
  return new NodeDnsServer(deps, options);
}

class NodeDnsServer implements DnsServer {
  readonly #deps: DnsServerDeps;
  readonly #options: DnsServerOptions;
  readonly #ready = Promise.withResolvers<void>();
  port = 0;

  constructor(deps: DnsServerDeps, options: DnsServerOptions) {
    this.#deps = deps;
    this.#options = options;
    this.#ready.promise.catch(() => undefined); // Whoever asks is told; nobody has to ask.
  }

  ready(): Promise<void> {
    return this.#ready.promise;
  }

  async run(signal: AbortSignal): Promise<void> {
    const { client, clock, log, forward } = this.#deps;
    const informers = createInformerFactory({ client, clock, log });
    const zone = clusterZone(informers, this.#options.clusterDomain.toLowerCase());
    const running = informers.run(signal);
    await using stack = new DisposalStack();
    try {
      // Before it knows the cluster, a name server would deny names that exist.
      await informers.waitForSync(signal);
      const handler = new QueryHandler({ zone, clock, log, forward });
      for (const host of this.#options.listen) await this.#listen(handler, host, stack);
      this.#ready.resolve();
    } catch (error) {
      this.#ready.reject(error);
      if (!signal.aborted) throw error;
    }
    await running;
  }

  /** UDP first; TCP on the port that it got. */
  async #listen(handler: QueryHandler, host: string, stack: DisposalStack): Promise<void> {
    const { sockets } = this.#deps;
    const port = this.#options.port ?? standardPort;
    const udp = await sockets.listenUdp({ host, port }, async (bytes, reply) => {
      const response = await handler.handle(bytes, "udp");
      if (response !== undefined) reply(response);
    });
    stack.defer(() => udp.close());
    const tcp = await sockets.listenTcp({ host, port: udp.port }, socket => {
      serveFrames(socket, message => handler.handle(message, "tcp"));
    });
    stack.defer(() => tcp.close());
    this.port = udp.port;
  }
}

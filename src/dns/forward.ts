import type { SocketAddress } from "#base/sockets.ts";
import type { Forward } from "./query-handler.ts";

/** One question to one server; `base/host/datagram.ts` and `base/host/tcp.ts` have both. */
export type Exchange = (server: SocketAddress, query: Uint8Array, timeoutMs: number) => Promise<Uint8Array>;

export interface ForwardDeps {
  readonly exchangeDatagram: Exchange;
  readonly exchangeStream: Exchange;
}

const timeoutMs = 2000;
const port = 53;
/** TC, in the third byte of a message. */
const truncatedBit = 0x02;

/** Asks the servers in order until one answers; by TCP what does not fit into a datagram. */
export function createForward(deps: ForwardDeps, servers: readonly string[]): Forward {
  return async query => {
    let failure: unknown = new Error("there is no name server outside of the cluster");
    for (const host of servers) {
      try {
        const answer = await deps.exchangeDatagram({ host, port }, query, timeoutMs);
        const isCut = (answer[2]! & truncatedBit) !== 0;
        return isCut ? await deps.exchangeStream({ host, port }, query, timeoutMs) : answer;
      } catch (error) {
        failure = error; // The next one may know.
      }
    }
    throw failure;
  };
}

/** The name servers of a resolv.conf, in its order. */
export function nameServersOf(resolvConf: string): readonly string[] {
  return resolvConf.split("\n").flatMap(line => {
    const server = /^\s*nameserver\s+([0-9a-fA-F.:]+)/.exec(line)?.[1];
    return server === undefined ? [] : [server];
  });
}

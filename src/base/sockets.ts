import type { ByteDuplex } from "./http.ts";

/** Plain sockets as an argument. Implementations: `base/host/datagram.ts` and `base/host/tcp.ts`. */
export interface Sockets {
  /** Calls `onMessage` for every datagram; `reply` sends one back to where it came from. */
  listenUdp(
    at: SocketAddress,
    onMessage: (bytes: Uint8Array, reply: (bytes: Uint8Array) => void) => void,
  ): Promise<Listener>;
  listenTcp(at: SocketAddress, onConnection: (socket: ByteDuplex) => void): Promise<Listener>;
}

export interface SocketAddress {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
}

export interface Listener {
  readonly port: number;
  /** Ends its connections as well. */
  close(): Promise<void>;
}

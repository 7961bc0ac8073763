import type { Sockets } from "../sockets.ts";
import { listenUdp } from "./datagram.ts";
import { listenTcp } from "./tcp.ts";

/** The sockets of a name server. */
export function dnsSockets(): Sockets {
  return { listenUdp, listenTcp };
}

import { createSocket } from "node:dgram";
import { once } from "node:events";
import { isIPv6 } from "node:net";
import type { Listener, SocketAddress, Sockets } from "../sockets.ts";

const receiveBufferBytes = 1 << 20;

/** A UDP socket that answers from the address it is bound to. */
export const listenUdp: Sockets["listenUdp"] = async (at, onMessage): Promise<Listener> => {
  const socket = createSocket({ type: isIPv6(at.host) ? "udp6" : "udp4", recvBufferSize: receiveBufferBytes });
  socket.on("message", (bytes, from) => {
    // An answer that cannot be sent is a lost datagram: the one who asked asks again.
    onMessage(bytes, answer => socket.send(answer, from.port, from.address, () => undefined));
  });
  socket.bind(at.port, at.host);
  await once(socket, "listening"); // Rejects on "error".
  socket.on("error", () => undefined);
  return {
    port: socket.address().port,
    close: () => new Promise(resolve => socket.close(() => resolve())),
  };
};

/** Sends one datagram and resolves with the first answer; rejects when none came in time. */
export async function exchangeDatagram(to: SocketAddress, bytes: Uint8Array, timeoutMs: number): Promise<Uint8Array> {
  const socket = createSocket(isIPv6(to.host) ? "udp6" : "udp4");
  try {
    // A connected socket takes answers from that address only, and hears of refusals.
    socket.connect(to.port, to.host);
    await once(socket, "connect");
    const answer = once(socket, "message", { signal: AbortSignal.timeout(timeoutMs) });
    socket.send(bytes);
    const [message] = (await answer) as [Uint8Array];
    return message;
  } finally {
    socket.close();
  }
}

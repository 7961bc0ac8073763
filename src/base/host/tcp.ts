import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import type { Listener, SocketAddress, Sockets } from "../sockets.ts";

const maxConnections = 1024;
const idleMs = 30_000;

/** A TCP listener whose connections end when they are idle for half a minute. */
export const listenTcp: Sockets["listenTcp"] = async (at, onConnection): Promise<Listener> => {
  const open = new Set<Socket>();
  const server = createServer(socket => {
    open.add(socket);
    socket.setTimeout(idleMs, () => socket.destroy());
    socket.on("error", () => socket.destroy());
    socket.on("close", () => open.delete(socket));
    onConnection(socket);
  });
  server.maxConnections = maxConnections;
  server.listen(at.port, at.host);
  await once(server, "listening"); // Rejects on "error".
  return {
    port: (server.address() as { port: number }).port,
    close: async () => {
      const closed = new Promise<void>(resolve => server.close(() => resolve()));
      for (const socket of open) socket.destroy();
      await closed;
    },
  };
};

/** Sends one message with two bytes of length before it and resolves with the one that comes back in the same form. */
export async function exchangeStream(to: SocketAddress, message: Uint8Array, timeoutMs: number): Promise<Uint8Array> {
  const socket = connect(to.port, to.host);
  socket.setTimeout(timeoutMs, () => socket.destroy(new Error(`${to.host} did not answer in time`)));
  try {
    socket.write(Uint8Array.of(message.length >> 8, message.length & 0xff));
    socket.write(message);
    let received = Buffer.alloc(0);
    for await (const chunk of socket) {
      received = Buffer.concat([received, chunk as Buffer]);
      if (received.length < 2) continue;
      const end = 2 + received.readUInt16BE(0);
      if (received.length >= end) return received.subarray(2, end);
    }
    throw new Error(`${to.host} closed the connection without an answer`);
  } finally {
    socket.destroy();
  }
}

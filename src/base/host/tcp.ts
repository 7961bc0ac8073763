import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import type { Listener, Sockets } from "../sockets.ts";

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

import type { ByteDuplex } from "#base/http.ts";
import type { WebSocketConnection } from "#base/websocket.ts";

type Listener = (value?: unknown) => void;

/** A WebSocket's binary messages as one stream of bytes. */
export function websocketDuplex(connection: WebSocketConnection): ByteDuplex {
  const listeners = new Map<string, Set<Listener>>();
  let destroyed = false;
  const emit = (event: string, value?: unknown) => {
    for (const listener of [...(listeners.get(event) ?? [])]) listener(value);
  };
  connection.onMessage(bytes => emit("data", bytes));
  connection.onClose(() => {
    destroyed = true;
    emit("close");
  });
  const duplex = {
    get destroyed() {
      return destroyed;
    },
    write(bytes: Uint8Array): boolean {
      const free = connection.send(bytes);
      if (!free) void connection.drained().then(() => emit("drain"));
      return free;
    },
    end: () => connection.close(1000),
    destroy: () => connection.close(1011),
    pause: () => connection.pause(),
    resume: () => connection.resume(),
    on(event: string, listener: Listener) {
      listeners.set(event, (listeners.get(event) ?? new Set()).add(listener));
      return duplex;
    },
    once(event: string, listener: Listener) {
      const once: Listener = value => {
        listeners.get(event)?.delete(once);
        listener(value);
      };
      return duplex.on(event, once);
    },
  };
  return duplex as ByteDuplex;
}

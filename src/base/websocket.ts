import type { HttpRequest, HttpResponse } from "./http.ts";

/** One WebSocket connection, server side, as protocols above it use it. Implementation: `base/host/websocket.ts`. */
export interface WebSocketConnection {
  /** The subprotocol that was agreed on; empty when none was asked for. */
  readonly protocol: string;
  /** Queues one binary message. False: wait for {@link drained} before sending more. */
  send(bytes: Uint8Array): boolean;
  drained(): Promise<void>;
  /** Sends what is queued and closes. */
  close(code?: number, reason?: string): void;
  /** Each message's bytes, text or binary. */
  onMessage(listener: (bytes: Uint8Array) => void): void;
  /** Once, however the connection ended. */
  onClose(listener: () => void): void;
  pause(): void;
  resume(): void;
}

/**
 * Makes the request's connection a WebSocket with the first offered subprotocol that `supported` has, and hands it to
 * `accept`. A client that offers none gets none; one that offers only others is refused.
 */
export type AcceptWebSocket = (
  request: HttpRequest,
  supported: readonly string[],
  accept: (connection: WebSocketConnection) => void,
) => HttpResponse;

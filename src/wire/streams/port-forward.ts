import { Buffer } from "node:buffer";
import type { SpdyConnection, SpdyStream } from "./spdy/connection.ts";

export const portForwardProtocol = "portforward.k8s.io";
/** SPDY's frames inside the messages of a WebSocket: what kubectl speaks first. */
export const portForwardTunnelProtocol = `SPDY/3.1+${portForwardProtocol}`;

/** One forwarded connection. */
export interface ForwardedConnection {
  readonly port: number;
  readonly data: SpdyStream;
  drained(): Promise<void>;
  /** Tells the client why it ended. */
  fail(message: string): void;
  /** Ends both streams. */
  finish(): void;
}

/** Pairs the data and error streams that belong to one request; calls `forward` for each pair. */
export function pairStreams(
  connection: () => SpdyConnection,
  forward: (connection: ForwardedConnection) => void,
): (stream: SpdyStream) => void {
  const waiting = new Map<string, { data?: SpdyStream; error?: SpdyStream }>();
  return stream => {
    const port = Number(stream.headers["port"]);
    const type = stream.headers["streamtype"];
    if (!Number.isInteger(port) || port < 1 || port > 65535 || (type !== "data" && type !== "error")) {
      stream.reset();
      return;
    }
    // Old clients send no request id: the data stream follows its error stream.
    const id = stream.headers["requestid"] ?? `stream-${type === "error" ? stream.id : stream.id - 2}`;
    const pair = waiting.get(id) ?? {};
    pair[type] = stream;
    waiting.set(id, pair);
    if (pair.data === undefined || pair.error === undefined) return;
    waiting.delete(id);
    forward(forwardedConnection(connection(), port, pair.data, pair.error));
  };
}

function forwardedConnection(
  connection: SpdyConnection,
  port: number,
  data: SpdyStream,
  error: SpdyStream,
): ForwardedConnection {
  return {
    port,
    data,
    drained: () => connection.drained(),
    fail: message => void error.write(Buffer.from(message)),
    finish() {
      data.end();
      error.end();
    },
  };
}

import { acceptWebSocket, isWebSocketUpgrade } from "#base/host/websocket.ts";
import type { ByteDuplex, HttpRequest, HttpResponse } from "#base/http.ts";
import { type CommandOptions, type CommandSession, Inbox } from "../command-session.ts";
import {
  type ForwardedConnection,
  pairStreams,
  portForwardProtocol,
  portForwardTunnelProtocol,
} from "../port-forward.ts";
import { SpdyConnection, type SpdyStream } from "../spdy/connection.ts";
import { collectStreams, commandProtocols, expectedStreams, spdyCommand } from "../spdy-command.ts";
import { commandSubprotocols, websocketCommand } from "../websocket-command.ts";
import { websocketDuplex } from "../websocket-duplex.ts";
import { createHeaderCodec } from "./header-codec.ts";

/** Upgrades an exec or attach request, over WebSocket or SPDY, and hands the session to `run` once all its streams are there. */
export function serveCommand(
  request: HttpRequest,
  options: CommandOptions,
  run: (session: CommandSession) => void,
): HttpResponse {
  if (isWebSocketUpgrade(request)) {
    return acceptWebSocket(request, commandSubprotocols, connection => run(websocketCommand(connection)));
  }
  const protocol = chooseProtocol(request, commandProtocols);
  if (protocol === undefined) return refuse(request, commandProtocols);
  return upgradeToSpdy(protocol, (socket, head) => {
    const closed = new Inbox<void>();
    const ready = collectStreams(expectedStreams(options, protocol), streams =>
      run(spdyCommand(connection, streams, protocol, closed)),
    );
    const connection = connect(socket, head, ready, () => closed.put());
  });
}

/** Upgrades a port-forward request, over SPDY or SPDY in a WebSocket, and hands over each forwarded connection. */
export function servePortForward(
  request: HttpRequest,
  forward: (connection: ForwardedConnection) => void,
): HttpResponse {
  if (isWebSocketUpgrade(request)) {
    return acceptWebSocket(request, [portForwardTunnelProtocol], websocket => {
      const pair = pairStreams(() => connection, forward);
      const connection = connect(websocketDuplex(websocket), new Uint8Array(0), pair);
    });
  }
  const protocol = chooseProtocol(request, [portForwardProtocol]);
  if (protocol === undefined) return refuse(request, [portForwardProtocol]);
  return upgradeToSpdy(protocol, (socket, head) => {
    const pair = pairStreams(() => connection, forward);
    const connection = connect(socket, head, pair);
  });
}

function connect(
  transport: ByteDuplex,
  head: Uint8Array,
  onStream: (stream: SpdyStream) => void,
  onClose?: () => void,
) {
  const connection = new SpdyConnection({
    transport,
    codec: createHeaderCodec(),
    onStream,
    ...(onClose === undefined ? {} : { onClose }),
  });
  if (head.length > 0) connection.receive(head);
  return connection;
}

function upgradeToSpdy(protocol: string, upgrade: NonNullable<HttpResponse["upgrade"]>): HttpResponse {
  return {
    status: 101,
    headers: { connection: "Upgrade", upgrade: "SPDY/3.1", "x-stream-protocol-version": protocol },
    upgrade,
  };
}

/** The server's first choice among what the client offers; a client that says nothing gets the last (oldest). */
function chooseProtocol(request: HttpRequest, supported: readonly string[]): string | undefined {
  if (request.headers["upgrade"]?.toLowerCase() !== "spdy/3.1") return undefined;
  const offered = (request.headers["x-stream-protocol-version"] ?? "")
    .split(",")
    .map(name => name.trim())
    .filter(Boolean);
  if (offered.length === 0) return supported.at(-1);
  return supported.find(name => offered.includes(name));
}

function refuse(request: HttpRequest, supported: readonly string[]): HttpResponse {
  const upgrade = request.headers["upgrade"]?.toLowerCase() === "spdy/3.1";
  const message = upgrade ? "no stream protocol in common" : "an upgrade to SPDY/3.1 or WebSocket is needed";
  const versions = upgrade ? { "x-accepted-stream-protocol-versions": supported.join(", ") } : {};
  return {
    status: upgrade ? 403 : 400,
    headers: { "content-type": "text/plain", ...versions },
    body: Buffer.from(`${message}\n`),
  };
}

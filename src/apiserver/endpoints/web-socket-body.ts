import type { HttpRequest, HttpResponse } from "#base/http.ts";
import type { AcceptWebSocket, WebSocketConnection } from "#base/websocket.ts";

/** The one subprotocol there is for a body: its bytes, as binary messages. A client may also ask for none. */
const subprotocols = ["binary.k8s.io"];

export function wantsWebSocket({ headers }: HttpRequest): boolean {
  return headers["upgrade"]?.toLowerCase() === "websocket";
}

/** Answers with a body as WebSocket messages, an empty one first, so that the client knows that it began. */
export function bodyOverWebSocket(
  accept: AcceptWebSocket,
  request: HttpRequest,
  body: AsyncIterable<Uint8Array>,
): HttpResponse {
  return accept(request, subprotocols, connection => {
    // An error of the source ends the stream as its end does: there is no place for it on the wire.
    send(connection, body).then(
      () => connection.close(),
      () => connection.close(),
    );
  });
}

async function send(connection: WebSocketConnection, body: AsyncIterable<Uint8Array>): Promise<void> {
  let closed = false;
  connection.onClose(() => {
    closed = true;
  });
  connection.send(new Uint8Array(0));
  for await (const chunk of body) {
    if (closed) return;
    if (!connection.send(chunk)) await connection.drained();
  }
}

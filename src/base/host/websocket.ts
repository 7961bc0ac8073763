import { createHash } from "node:crypto";
import type { Duplex } from "node:stream";
import { WebSocket } from "ws";
import type { ByteDuplex, HttpRequest, HttpResponse } from "../http.ts";
import type { WebSocketConnection } from "../websocket.ts";

/** Beyond this many unsent bytes `send` answers false. */
const queueBytes = 1 << 20;
const messageLimitBytes = 32 << 20;
const pingIntervalMs = 30_000;

export function isWebSocketUpgrade({ headers }: HttpRequest): boolean {
  return headers["upgrade"]?.toLowerCase() === "websocket";
}

/** Subprotocols in the client's order of preference. */
function offeredProtocols({ headers }: HttpRequest): string[] {
  const text = headers["sec-websocket-protocol"] ?? "";
  return text
    .split(",")
    .map(name => name.trim())
    .filter(name => name !== "");
}

/**
 * The response that makes the request's connection a WebSocket with the first offered subprotocol that `supported` has, and
 * hands it to `accept`. A client that offers none gets none; one that offers only others is refused.
 */
export function acceptWebSocket(
  request: HttpRequest,
  supported: readonly string[],
  accept: (connection: WebSocketConnection) => void,
): HttpResponse {
  const key = request.headers["sec-websocket-key"];
  const offered = offeredProtocols(request);
  const protocol = offered.find(name => supported.includes(name));
  if (key === undefined || request.headers["sec-websocket-version"] !== "13")
    return refuse("no valid WebSocket handshake");
  if (offered.length > 0 && protocol === undefined) return refuse("none of the offered subprotocols is supported");
  return {
    status: 101,
    headers: {
      connection: "Upgrade",
      upgrade: "websocket",
      "sec-websocket-accept": acceptKey(key),
      "sec-websocket-protocol": protocol,
    },
    upgrade: (socket, head) => accept(connect(socket, head, protocol ?? "")),
  };
}

function refuse(message: string): HttpResponse {
  return { status: 400, headers: { "content-type": "text/plain" }, body: Buffer.from(`${message}\n`) };
}

/** RFC 6455, 4.2.2. */
function acceptKey(key: string): string {
  return createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
}

/** What `ws` calls on itself when a handshake is done; the server answers that here, so the socket is set by us. */
interface SettableWebSocket {
  _protocol: string;
  _isServer: boolean;
  setSocket(socket: Duplex, head: Uint8Array, options: object): void;
}

function connect(socket: ByteDuplex, head: Uint8Array, protocol: string): WebSocketConnection {
  const webSocket = new (WebSocket as new (address: null, protocols: undefined, options: object) => WebSocket)(
    null,
    undefined,
    { autoPong: true, allowSynchronousEvents: true },
  );
  const settable = webSocket as unknown as SettableWebSocket;
  settable._protocol = protocol;
  settable.setSocket(socket as Duplex, head, {
    allowSynchronousEvents: true,
    maxPayload: messageLimitBytes,
    skipUTF8Validation: false,
  });
  return new ServerConnection(webSocket, protocol);
}

class ServerConnection implements WebSocketConnection {
  readonly protocol: string;
  readonly #socket: WebSocket;
  #waiting: (() => void)[] = [];

  constructor(socket: WebSocket, protocol: string) {
    this.protocol = protocol;
    this.#socket = socket;
    socket.on("error", () => undefined); // "close" follows
    const ping = setInterval(() => socket.ping(), pingIntervalMs);
    ping.unref();
    socket.on("close", () => {
      clearInterval(ping);
      this.#wake();
    });
  }

  send(bytes: Uint8Array): boolean {
    if (this.#socket.readyState !== WebSocket.OPEN) return true;
    this.#socket.send(bytes, { binary: true }, () => {
      if (this.#socket.bufferedAmount < queueBytes) this.#wake();
    });
    return this.#socket.bufferedAmount < queueBytes;
  }

  drained(): Promise<void> {
    const { readyState, bufferedAmount } = this.#socket;
    if (readyState !== WebSocket.OPEN || bufferedAmount < queueBytes) return Promise.resolve();
    return new Promise(resolve => this.#waiting.push(resolve));
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }

  close(code = 1000, reason = ""): void {
    this.#socket.close(code, reason);
  }

  onMessage(listener: (bytes: Uint8Array) => void): void {
    this.#socket.on("message", data => {
      if (data instanceof Uint8Array) listener(data);
      else if (Array.isArray(data)) listener(Buffer.concat(data));
      else listener(new Uint8Array(data as ArrayBuffer));
    });
  }

  onClose(listener: () => void): void {
    this.#socket.on("close", listener);
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }
}

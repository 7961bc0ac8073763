import { Buffer } from "node:buffer";
import type { WebSocketConnection } from "#base/websocket.ts";
import { type CommandSession, Inbox, parseTerminalSize, type TerminalSize } from "./command-session.ts";
import { unreadLimitBytes } from "./spdy/connection.ts";
import type { CommandStatus } from "./status.ts";

/** Subprotocols for exec and attach. From v5 on the client may close one channel (its standard input). */
export const commandSubprotocols = ["v5.channel.k8s.io", "v4.channel.k8s.io", "channel.k8s.io"] as const;

const channels = { stdin: 0, stdout: 1, stderr: 2, error: 3, resize: 4 } as const;
const closeSignal = 255;

/** An exec or attach over a WebSocket: each message begins with the number of its channel. */
export function websocketCommand(connection: WebSocketConnection): CommandSession {
  const stdin = new Inbox<Uint8Array | undefined>();
  const resizes = new Inbox<TerminalSize>();
  const version5 = connection.protocol === "v5.channel.k8s.io";
  let unreadBytes = 0;
  connection.onMessage(message => {
    const content = message.subarray(1);
    if (message[0] === channels.stdin && content.length > 0) {
      if (!stdin.isListened) unreadBytes += content.length;
      if (unreadBytes > unreadLimitBytes) connection.close(1009, "nobody reads the input");
      else stdin.put(content);
    } else if (message[0] === channels.resize) {
      const size = parseTerminalSize(Buffer.from(content).toString());
      if (size !== undefined) resizes.put(size);
    } else if (version5 && message[0] === closeSignal && content[0] === channels.stdin) stdin.put(undefined);
  });
  connection.onClose(() => stdin.put(undefined));
  const send = (channel: number, bytes: Uint8Array) => connection.send(Buffer.concat([Buffer.of(channel), bytes]));
  // The first message tells the client that the channels are there.
  send(channels.stdout, new Uint8Array(0));
  return {
    readStdin: listener => stdin.listen(listener),
    pauseStdin: () => connection.pause(),
    resumeStdin: () => connection.resume(),
    onResize: listener => resizes.listen(listener),
    write: (channel, bytes) => send(channels[channel], bytes),
    drained: () => connection.drained(),
    finish(status) {
      const last = lastWords(connection.protocol, status);
      if (last !== undefined) send(channels.error, Buffer.from(last));
      connection.close(1000);
    },
    onClose: listener => connection.onClose(listener),
  };
}

/** Before v4 the channel carries a plain message, and none for success. */
function lastWords(protocol: string, status: CommandStatus): string | undefined {
  if (protocol.startsWith("v4") || protocol.startsWith("v5")) return JSON.stringify(status);
  return status.status === "Failure" ? (status.message ?? "") : undefined;
}

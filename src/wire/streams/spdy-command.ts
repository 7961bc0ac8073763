import { Buffer } from "node:buffer";
import {
  type CommandOptions,
  type CommandSession,
  Inbox,
  parseTerminalSize,
  type TerminalSize,
} from "./command-session.ts";
import type { SpdyConnection, SpdyStream } from "./spdy/connection.ts";

/** Versions of the protocol, in the order in which a server prefers them. v5 exists over WebSockets only. */
export const commandProtocols = [
  "v4.channel.k8s.io",
  "v3.channel.k8s.io",
  "v2.channel.k8s.io",
  "channel.k8s.io",
] as const;

/** The streams that a client opens for these options. */
export function expectedStreams(options: CommandOptions, protocol: string): string[] {
  const resizes = options.tty && (protocol.startsWith("v4") || protocol.startsWith("v3"));
  return [
    "error",
    ...(options.stdin ? ["stdin"] : []),
    ...(options.stdout ? ["stdout"] : []),
    ...(options.stderr && !options.tty ? ["stderr"] : []),
    ...(resizes ? ["resize"] : []),
  ];
}

/** Collects a connection's streams by their type, and calls `ready` when all the expected ones are there. */
export function collectStreams(
  expected: readonly string[],
  ready: (streams: ReadonlyMap<string, SpdyStream>) => void,
): (stream: SpdyStream) => void {
  const streams = new Map<string, SpdyStream>();
  let called = false;
  return stream => {
    streams.set((stream.headers["streamtype"] ?? "").toLowerCase(), stream);
    if (called || !expected.every(type => streams.has(type))) return;
    called = true;
    ready(streams);
  };
}

/** An exec or attach over SPDY streams. */
export function spdyCommand(
  connection: SpdyConnection,
  streams: ReadonlyMap<string, SpdyStream>,
  protocol: string,
  closed: Inbox<void>,
): CommandSession {
  const resizes = new Inbox<TerminalSize>();
  let text = "";
  streams.get("resize")?.read(bytes => {
    if (bytes === undefined) return;
    // JSON objects, one after another.
    text += Buffer.from(bytes).toString();
    for (let end = text.indexOf("}"); end >= 0; end = text.indexOf("}")) {
      const size = parseTerminalSize(text.slice(0, end + 1));
      if (size !== undefined) resizes.put(size);
      text = text.slice(end + 1);
    }
  });
  return {
    readStdin: listener => streams.get("stdin")?.read(listener),
    pauseStdin: () => streams.get("stdin")?.pause(),
    resumeStdin: () => streams.get("stdin")?.resume(),
    onResize: listener => resizes.listen(listener),
    write: (channel, bytes) => streams.get(channel)?.write(bytes) ?? true,
    drained: () => connection.drained(),
    finish(status) {
      for (const channel of ["stdout", "stderr"]) streams.get(channel)?.end();
      const error = streams.get("error");
      // Before v4 the channel carries a plain message, and none for success.
      if (protocol.startsWith("v4")) error?.write(Buffer.from(JSON.stringify(status)));
      else if (status.status === "Failure") error?.write(Buffer.from(status.message ?? ""));
      error?.end();
      connection.end();
    },
    onClose: listener => closed.listen(listener),
  };
}

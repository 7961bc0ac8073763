import { randomBytes } from "node:crypto";
import { rm } from "node:fs/promises";
import { createServer, type Socket } from "node:net";
import { join } from "node:path";
import type { HelperResult } from "#base/helper.ts";
import type { RuntimeContext } from "../context.ts";

export type ChannelName = "i" | "o" | "e" | "d" | "c";

/** A running relay program: its channels once they are all connected, and how it ended. */
export interface Relay {
  /** Rejects when the program ended before it had connected all of them. */
  readonly channels: Promise<ReadonlyMap<ChannelName, Socket>>;
  readonly ended: Promise<HelperResult>;
}

/** A session may last as long as a working day; then its command is ended. */
const sessionLimitMs = 24 * 3600 * 1000;

export interface RelayOptions {
  readonly mode: "exec" | "tty" | "attach" | "connect";
  readonly names: readonly ChannelName[];
  readonly arguments: readonly string[];
  /** Put before the program: `nsenter --net=...`. */
  readonly enter?: readonly string[];
  readonly cwd?: string;
}

/** Starts the relay program (see relay-program.ts) by the helper and waits for its channels on a socket of its own. */
export async function startRelay(context: RuntimeContext, options: RelayOptions): Promise<Relay> {
  const socketPath = join(context.paths.streams, randomBytes(6).toString("hex"));
  const channels = new Map<ChannelName, Socket>();
  const complete = Promise.withResolvers<ReadonlyMap<ChannelName, Socket>>();
  complete.promise.catch(() => undefined); // who waits for it learns of it
  const server = createServer({ allowHalfOpen: true, pauseOnConnect: true }, socket => {
    socket.on("error", () => socket.destroy());
    readName(socket, name => {
      channels.set(name, socket);
      if (!options.names.every(each => channels.has(each))) return;
      server.close();
      complete.resolve(channels);
    });
  });
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(socketPath, resolve));
  const ended = context.helper
    .run(
      [...(options.enter ?? []), "perl", context.paths.relayProgram, options.mode, socketPath, ...options.arguments],
      {
        timeoutMs: sessionLimitMs,
        ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      },
    )
    .finally(() => {
      server.close();
      rm(socketPath, { force: true }).catch((error: unknown) => context.log.warn("a socket was left", { error }));
    });
  ended.then(
    result => complete.reject(new Error(result.stderr.trim() || `ended with ${result.exitCode}`)),
    error => complete.reject(error as Error),
  );
  return { channels: complete.promise, ended };
}

/** The first byte names the channel; the rest stays in the socket until somebody reads. */
function readName(socket: Socket, named: (name: ChannelName) => void): void {
  const read = () => {
    const byte = socket.read(1) as Buffer | null;
    if (byte === null) return;
    socket.off("readable", read);
    named(byte.toString("latin1") as ChannelName);
  };
  socket.on("readable", read);
}

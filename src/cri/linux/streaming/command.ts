import type { Socket } from "node:net";
import { messageOf } from "#base/error-message.ts";
import type { CommandOptions, CommandSession } from "#wire/streams/command-session.ts";
import { exitStatus, failureStatus } from "#wire/streams/status.ts";
import type { RuntimeContext } from "../context.ts";
import { execCommand, runningContainer } from "../exec-sync.ts";
import { resizeTerminal } from "../reopen-container-log.ts";
import { type ChannelName, type Relay, startRelay } from "./relay.ts";

/** Runs a command in a container on the session's streams; ends the session with the command's status. */
export async function runExec(
  context: RuntimeContext,
  containerId: string,
  command: readonly string[],
  options: CommandOptions,
  session: CommandSession,
): Promise<void> {
  await untilDone(session, async () => {
    const container = runningContainer(context, containerId);
    const runc = execCommand(context, container, options.tty ? ["--tty"] : []);
    if (options.tty) {
      const relay = await startRelay(context, { mode: "tty", names: ["d", "c"], arguments: [...runc, ...command] });
      return runTerminal(context, relay, session);
    }
    const names = channelNames(options);
    const relay = await startRelay(context, { mode: "exec", names, arguments: [names.join(""), ...runc, ...command] });
    return runPlain(relay, session);
  });
}

/** Joins the session to the container's own streams, until either goes away. */
export async function runAttach(
  context: RuntimeContext,
  containerId: string,
  options: CommandOptions,
  session: CommandSession,
): Promise<void> {
  await untilDone(session, async () => {
    const container = runningContainer(context, containerId);
    if (options.tty) {
      // A terminal that is gone, or a container that just ended, needs no size.
      session.onResize(
        ({ width, height }) => void resizeTerminal(context, container, height, width).catch(() => undefined),
      );
    }
    const names = channelNames(options);
    const relay = await startRelay(context, {
      mode: "attach",
      names,
      arguments: [names.join(""), "attach"],
      // The socket's path may be longer than an address can be: it is given relative to its folder.
      cwd: context.paths.container(container.record.id),
    });
    return runPlain(relay, session);
  });
}

/** A session always ends with a status, whatever happened. */
async function untilDone(session: CommandSession, run: () => Promise<number>): Promise<void> {
  try {
    session.finish(exitStatus(await run()));
  } catch (error) {
    session.finish(failureStatus(messageOf(error)));
  }
}

function channelNames({ stdin, stdout, stderr, tty }: CommandOptions): ChannelName[] {
  return [
    ...(stdin ? (["i"] as const) : []),
    ...(stdout ? (["o"] as const) : []),
    ...(stderr && !tty ? (["e"] as const) : []),
  ];
}

async function runPlain(relay: Relay, session: CommandSession): Promise<number> {
  const channels = await channelsOf(relay);
  const stdin = channels.get("i");
  if (stdin !== undefined) feed(session, stdin);
  session.onClose(() => destroyAll(channels));
  const copied = [copyOut(channels.get("o"), session, "stdout"), copyOut(channels.get("e"), session, "stderr")];
  const exitCode = await exitCodeOf(relay);
  await Promise.all(copied);
  destroyAll(channels);
  return exitCode;
}

async function runTerminal(context: RuntimeContext, relay: Relay, session: CommandSession): Promise<number> {
  const channels = await channelsOf(relay);
  const data = channels.get("d")!;
  const control = channels.get("c")!;
  session.onClose(() => destroyAll(channels));
  startWithSize(context, session, control);
  feed(session, data);
  const copied = copyOut(data, session, "stdout");
  const exitCode = await exitCodeOf(relay);
  await copied;
  destroyAll(channels);
  return exitCode;
}

function destroyAll(channels: ReadonlyMap<ChannelName, Socket>): void {
  for (const socket of channels.values()) socket.destroy();
}

/** The command's own errors go to its streams: what the relay says itself is a failure of ours. */
async function exitCodeOf(relay: Relay): Promise<number> {
  const { exitCode, stderr } = await relay.ended;
  if (stderr.trim() !== "") throw new Error(stderr.trim());
  return exitCode;
}

async function channelsOf(relay: Relay) {
  const channels = await relay.channels;
  return channels as ReadonlyMap<ChannelName, Socket>;
}

/** The command starts with the client's size if that comes at once, as it does from kubectl; otherwise with none. */
function startWithSize({ clock }: RuntimeContext, session: CommandSession, control: Socket): void {
  let told = false;
  const tell = (line: string) => {
    told = true;
    if (!control.destroyed) control.write(line);
  };
  session.onResize(({ width, height }) => tell(`${height} ${width}\n`));
  const unknownYet = clock.schedule(firstSizeMs, () => {
    if (!told) tell("0 0\n");
  });
  control.once("close", () => unknownYet.cancel());
}

const firstSizeMs = 50;

function feed(session: CommandSession, target: Socket): void {
  session.readStdin(bytes => {
    if (target.destroyed) return;
    if (bytes === undefined) target.end();
    else if (!target.write(bytes)) {
      session.pauseStdin();
      const go = () => {
        target.off("drain", go);
        target.off("close", go);
        session.resumeStdin();
      };
      target.once("drain", go);
      target.once("close", go);
    }
  });
}

/** Resolves when the channel has ended. */
function copyOut(source: Socket | undefined, session: CommandSession, channel: "stdout" | "stderr"): Promise<void> {
  if (source === undefined) return Promise.resolve();
  return new Promise(resolve => {
    source.on("data", (bytes: Uint8Array) => {
      if (session.write(channel, bytes)) return;
      source.pause();
      void session.drained().then(() => source.resume());
    });
    source.once("end", resolve);
    source.once("close", () => resolve());
    source.resume();
  });
}

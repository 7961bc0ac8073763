import { messageOf } from "#base/error-message.ts";
import type { ForwardedConnection } from "#wire/streams/port-forward.ts";
import { CriError } from "../../services.ts";
import { findSandbox, type RuntimeContext } from "../context.ts";
import { usesNodeNetwork } from "../sandbox-config.ts";
import { startRelay } from "./relay.ts";

/** Connects one forwarded connection to its port inside the pod's network. */
export async function forwardPort(
  context: RuntimeContext,
  sandboxId: string,
  connection: ForwardedConnection,
): Promise<void> {
  try {
    await copyBothWays(context, sandboxId, connection);
  } catch (error) {
    connection.fail(messageOf(error));
  } finally {
    connection.finish();
  }
}

async function copyBothWays(
  context: RuntimeContext,
  sandboxId: string,
  connection: ForwardedConnection,
): Promise<void> {
  const { record } = findSandbox(context, sandboxId);
  if (record.state === "stopped") throw new CriError("FailedPrecondition", `the sandbox ${sandboxId} is stopped`);
  const relay = await startRelay(context, {
    mode: "connect",
    names: ["d"],
    arguments: [`${connection.port}`],
    enter: usesNodeNetwork(record.config) ? [] : ["nsenter", `--net=${context.paths.sandbox(record.id, "net")}`],
  });
  const socket = (await relay.channels).get("d")!;
  connection.data.read(bytes => {
    if (socket.destroyed) return;
    if (bytes === undefined) socket.end();
    else if (!socket.write(bytes)) {
      connection.data.pause();
      const go = () => connection.data.resume();
      socket.once("drain", go);
      socket.once("close", go);
    }
  });
  await new Promise<void>(resolve => {
    socket.on("data", (bytes: Uint8Array) => {
      if (connection.data.write(bytes)) return;
      socket.pause();
      void connection.drained().then(() => socket.resume());
    });
    socket.once("end", resolve);
    socket.once("close", () => resolve());
    socket.resume();
  });
  // The pod's side has no more to say. A client may keep its side open until we have closed both streams.
  socket.destroy();
  await relay.ended;
}

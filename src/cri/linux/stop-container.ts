import { constants } from "node:os";
import type * as cri from "../protocol/messages.ts";
import { type CallContext, CriError, isCriNotFound } from "../services.ts";
import { type Container, findContainer, type RuntimeContext } from "./context.ts";
import { isAlive, signalProcess } from "./processes.ts";

/** How long a killed process may take to be gone before we give up waiting. */
const killedLimitMs = 10_000;

/** Asks the container to end, waits as long as the pod grants, then kills it. A container that is gone is stopped. */
export async function stopContainer(
  context: RuntimeContext,
  request: cri.StopContainerRequest,
  _call: CallContext,
): Promise<cri.StopContainerResponse> {
  let container: Container;
  try {
    container = findContainer(context, request.containerId);
  } catch (error) {
    if (isCriNotFound(error)) return {};
    throw error;
  }
  if (container.record.state === "running" && (request.timeout ?? 0) > 0) {
    sendSignal(context, container, signalNumber(container.record.stopSignal));
    if (await exitsWithin(context, container, request.timeout! * 1000)) return {};
  }
  await killContainer(context, container);
  return {};
}

/** Kills the container and waits until its exit is recorded. */
export async function killContainer(context: RuntimeContext, container: Container): Promise<void> {
  if (container.record.state !== "running" && container.record.state !== "created") return;
  sendSignal(context, container, constants.signals.SIGKILL);
  // Without a pid namespace of its own the other processes outlive the first.
  for (const pid of context.cgroups.processes(container.record.cgroupsPath)) signalProcess(pid, "SIGKILL");
  if (await exitsWithin(context, container, killedLimitMs)) return;
  throw new CriError("DeadlineExceeded", `the container ${container.record.id} was killed and is not gone`);
}

function sendSignal(_context: RuntimeContext, { record }: Container, signal: number): void {
  if (isAlive(record.pid, record.pidStartTime)) signalProcess(record.pid, signal);
}

async function exitsWithin({ clock }: RuntimeContext, container: Container, limitMs: number): Promise<boolean> {
  const timeout = Promise.withResolvers<void>();
  using _timer = clock.schedule(limitMs, () => timeout.resolve());
  await Promise.race([container.exited.promise, timeout.promise]);
  return container.record.state === "exited";
}

/** `SIGTERM`, `15`, `SIGRTMIN+3`, `SIGRTMINPLUS3`; anything unknown is SIGTERM. */
export function signalNumber(name: string): number {
  if (/^\d+$/.test(name)) return Number(name);
  const realTime = /^SIGRT(MIN|MAX)(?:(?:\+|PLUS|-|MINUS)(\d+))?$/.exec(name);
  if (realTime !== null) return realTime[1] === "MIN" ? 34 + Number(realTime[2] ?? 0) : 64 - Number(realTime[2] ?? 0);
  return constants.signals[name as NodeJS.Signals] ?? constants.signals.SIGTERM;
}

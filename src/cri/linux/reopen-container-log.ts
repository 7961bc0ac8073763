import { constants } from "node:fs";
import { open } from "node:fs/promises";
import type * as cri from "../protocol/messages.ts";
import { CriError } from "../services.ts";
import { type Container, findContainer, type RuntimeContext } from "./context.ts";

const resize = 1;
const reopenLog = 2;

/** Has conmon open the log file anew, after the kubelet moved the old one aside. */
export async function reopenContainerLog(
  context: RuntimeContext,
  request: cri.ReopenContainerLogRequest,
): Promise<cri.ReopenContainerLogResponse> {
  const container = findContainer(context, request.containerId);
  if (container.record.state !== "running") {
    throw new CriError("FailedPrecondition", `the container ${container.record.id} is not running`);
  }
  await control(context, container, reopenLog, 0, 0);
  return {};
}

/** Tells conmon the size of the container's terminal. */
export function resizeTerminal(
  context: RuntimeContext,
  container: Container,
  rows: number,
  columns: number,
): Promise<void> {
  return control(context, container, resize, rows, columns);
}

async function control(
  context: RuntimeContext,
  { record }: Container,
  act: number,
  a: number,
  b: number,
): Promise<void> {
  // Without a reader (conmon is gone) the open fails instead of waiting.
  const fifo = await open(context.paths.container(record.id, "ctl"), constants.O_WRONLY | constants.O_NONBLOCK);
  try {
    await fifo.write(`${act} ${a} ${b}\n`);
  } finally {
    await fifo.close();
  }
}

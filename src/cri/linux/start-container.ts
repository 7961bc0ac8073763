import { messageOf } from "#base/error-message.ts";
import { HelperError } from "#base/helper.ts";
import type * as cri from "../protocol/messages.ts";
import { type CallContext, CriError } from "../services.ts";
import {
  type Container,
  findContainer,
  findSandbox,
  measured,
  nanoseconds,
  type RuntimeContext,
  runOrThrow,
  type SpanHead,
  saveContainer,
  subjectOf,
} from "./context.ts";
import { emitEvent } from "./exits.ts";
import { killContainer } from "./stop-container.ts";

/** A start of what has started just now may wait for ever. */
const secondStartLimitMs = 5_000;

/** Starts a container that was made; waits for its pod's network first. */
export async function startContainer(
  context: RuntimeContext,
  request: cri.StartContainerRequest,
  call: CallContext,
): Promise<cri.StartContainerResponse> {
  const container = findContainer(context, request.containerId);
  const { record } = container;
  const sandbox = findSandbox(context, record.sandboxId);
  if (record.state !== "created") {
    throw new CriError(
      "FailedPrecondition",
      `the container ${record.id} is ${record.state}; only one just made can start`,
    );
  }
  await sandbox.network;
  const subject = subjectOf(sandbox.record.config.metadata);
  const attributes = { container: record.config.metadata?.name ?? "" };
  const head: SpanHead = { component: "oci", name: "runc start", call, subject, attributes };
  record.startedAt = nanoseconds(context.clock);
  const { promise, resolve: startEnded } = Promise.withResolvers<void>();
  container.starting = promise;
  try {
    await measured(context, head, () => startProcess(context, record.id)).finally(startEnded);
  } catch (error) {
    await giveUp(context, container, error);
    throw error;
  }
  // A short-lived container may have exited already, and its record says so.
  if (stateOf(record) === "created") record.state = "running";
  saveContainer(context, container);
  emitEvent(context, container, "CONTAINER_STARTED_EVENT");
  return {};
}

/** When the helper died over it, the command may go on all the same, and the second one then comes too late. */
async function startProcess(context: RuntimeContext, id: string): Promise<void> {
  const { options, paths } = context;
  const command = [options.runtimePath, "--root", paths.runc, "start", id];
  try {
    await runOrThrow(context, command);
  } catch (first) {
    if (!(first instanceof HelperError)) throw first;
    try {
      await runOrThrow(context, command, { timeoutMs: secondStartLimitMs });
    } catch (second) {
      if (!(await hasStarted(context, id))) throw second;
    }
  }
}

/** What the OCI runtime says, whatever the record does. */
export async function hasStarted({ helper, options, paths }: RuntimeContext, id: string): Promise<boolean> {
  const { exitCode, stdout } = await helper.run([options.runtimePath, "--root", paths.runc, "state", id]);
  return exitCode === 0 && (JSON.parse(stdout) as { status: string }).status !== "created";
}

/** A container that could not be started has ended, as with other runtimes: so it is not tried at once, again and again. */
async function giveUp(context: RuntimeContext, container: Container, error: unknown): Promise<void> {
  const { record } = container;
  record.startedAt = 0;
  record.startError = messageOf(error);
  try {
    await killContainer(context, container);
  } catch (problem) {
    context.log.warn("a container that could not be started could not be ended", { container: record.id, problem });
  }
}

/** The state may have changed while we waited; the compiler does not know. */
function stateOf(record: { readonly state: string }): string {
  return record.state;
}

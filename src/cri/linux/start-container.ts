import type * as cri from "../protocol/messages.ts";
import { type CallContext, CriError } from "../services.ts";
import {
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
  const startedAt = nanoseconds(context.clock);
  const before = record.startedAt;
  record.startedAt = startedAt;
  try {
    await measured(context, head, () =>
      runOrThrow(context, [context.options.runtimePath, "--root", context.paths.runc, "start", record.id]),
    );
  } catch (error) {
    record.startedAt = before ?? 0;
    throw error;
  }
  // A short-lived container may have exited already, and its record says so.
  if (stateOf(record) === "created") record.state = "running";
  saveContainer(context, container);
  emitEvent(context, container, "CONTAINER_STARTED_EVENT");
  return {};
}

/** The state may have changed while we waited; the compiler does not know. */
function stateOf(record: { readonly state: string }): string {
  return record.state;
}

import { rm } from "node:fs/promises";
import type * as cri from "../protocol/messages.ts";
import { type CallContext, isCriNotFound } from "../services.ts";
import { cniDelete } from "./cni.ts";
import { findSandbox, measured, type RuntimeContext, type Sandbox, saveSandbox, subjectOf } from "./context.ts";
import { usesNodeNetwork } from "./sandbox-config.ts";
import { endInit } from "./shared-processes.ts";
import { killContainer } from "./stop-container.ts";

/** Ends the sandbox's containers and gives its network and namespaces back; a sandbox that is gone is stopped. */
export async function stopPodSandbox(
  context: RuntimeContext,
  request: cri.StopPodSandboxRequest,
  call: CallContext,
): Promise<cri.StopPodSandboxResponse> {
  try {
    const sandbox = findSandbox(context, request.podSandboxId);
    const subject = subjectOf(sandbox.record.config.metadata);
    await measured(context, { component: "cri", name: "StopPodSandbox", call, subject }, () =>
      stopOnce(context, sandbox),
    );
  } catch (error) {
    if (!isCriNotFound(error)) throw error;
  }
  return {};
}

function stopOnce(context: RuntimeContext, sandbox: Sandbox): Promise<void> {
  sandbox.stopping ??= stop(context, sandbox).finally(() => {
    delete sandbox.stopping;
  });
  return sandbox.stopping;
}

async function stop(context: RuntimeContext, sandbox: Sandbox): Promise<void> {
  const { record } = sandbox;
  const containers = [...context.containers.values()].filter(each => each.record.sandboxId === record.id);
  await Promise.all(containers.map(container => killContainer(context, container)));
  await sandbox.network.catch(() => undefined);
  await tearDown(context, sandbox);
}

/** Takes the pod off the network, lets go of its namespaces and notes that it is stopped. Again: nothing. */
export async function tearDown(context: RuntimeContext, sandbox: Sandbox): Promise<void> {
  const { record } = sandbox;
  if (record.isTornDown) return;
  await endInit(context, sandbox);
  if (!usesNodeNetwork(record.config)) await cniDelete(context, record.id);
  await unpin(context, record.id);
  Object.assign(record, { state: "stopped", isTornDown: true });
  saveSandbox(context, sandbox);
}

/**
 * Takes the sandbox's folder away. A command outlives the helper it was started by: what one pinned after all was let go
 * of is let go of now.
 */
export async function removeSandboxFiles(context: RuntimeContext, id: string): Promise<void> {
  const remove = () => rm(context.paths.sandbox(id), { recursive: true, force: true });
  try {
    await remove();
  } catch {
    await unpin(context, id);
    await remove();
  }
}

/** Lets go of a sandbox's namespaces and shared memory; what is not mounted is passed over. */
async function unpin({ helper, paths }: RuntimeContext, id: string): Promise<void> {
  const mounts = ["net", "ipc", "uts", "shm"].map(name => paths.sandbox(id, name));
  await helper.run(["umount", "-l", "-q", ...mounts]);
}

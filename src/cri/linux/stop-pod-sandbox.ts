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
  if (record.state === "stopped") return;
  await sandbox.network.catch(() => undefined);
  await tearDownNetwork(context, sandbox);
  record.state = "stopped";
  saveSandbox(context, sandbox);
}

/** Takes the pod off the network and lets go of its namespaces. Again: nothing. */
export async function tearDownNetwork(context: RuntimeContext, sandbox: Sandbox): Promise<void> {
  const { record } = sandbox;
  endInit(sandbox);
  if (!usesNodeNetwork(record.config)) await cniDelete(context, record.id);
  await unpin(context, record.id);
}

/** Lets go of a sandbox's namespaces and shared memory; what is not mounted is passed over. */
export async function unpin({ helper, paths }: RuntimeContext, id: string): Promise<void> {
  const mounts = ["net", "ipc", "uts", "shm"].map(name => paths.sandbox(id, name));
  await helper.run(["umount", "-l", "-q", ...mounts]);
}

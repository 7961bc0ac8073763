import { dirname } from "node:path";
import type * as cri from "../protocol/messages.ts";
import { type CallContext, isCriNotFound } from "../services.ts";
import { findSandbox, type RuntimeContext, type Sandbox } from "./context.ts";
import { podCgroup } from "./create-container.ts";
import { removeKnownContainer } from "./remove-container.ts";
import { removeSandboxFiles, stopPodSandbox } from "./stop-pod-sandbox.ts";

/** Stops a sandbox if need be and forgets it with all its containers; a sandbox that is gone is removed. */
export async function removePodSandbox(
  context: RuntimeContext,
  request: cri.RemovePodSandboxRequest,
  call: CallContext,
): Promise<cri.RemovePodSandboxResponse> {
  let sandbox: Sandbox;
  try {
    sandbox = findSandbox(context, request.podSandboxId);
  } catch (error) {
    if (isCriNotFound(error)) return {};
    throw error;
  }
  const { id } = sandbox.record;
  await stopPodSandbox(context, { podSandboxId: id }, call);
  const containers = [...context.containers.values()].filter(each => each.record.sandboxId === id);
  await Promise.all(containers.map(container => removeKnownContainer(context, container)));
  await removeSandboxFiles(context, id);
  context.sandboxes.delete(id);
  // The groups above it are the kubelet's, which may just be making another pod's in them.
  const group = podCgroup(context, sandbox.record.config);
  context.cgroups.removeEmpty(group, dirname(group));
  return {};
}

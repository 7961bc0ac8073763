import type * as cri from "../protocol/messages.ts";
import { statusOf } from "./container-status.ts";
import { findSandbox, nanoseconds, type RuntimeContext, type Sandbox } from "./context.ts";

/** What is known of a sandbox and its containers; waits for its network, whose addresses belong to the answer. */
export async function podSandboxStatus(
  context: RuntimeContext,
  request: cri.PodSandboxStatusRequest,
): Promise<cri.PodSandboxStatusResponse> {
  const sandbox = findSandbox(context, request.podSandboxId);
  await sandbox.network.catch(() => undefined);
  return {
    status: sandboxStatus(sandbox),
    containersStatuses: containerStatuses(context, sandbox.record.id),
    timestamp: nanoseconds(context.clock),
    info: {},
  };
}

export function sandboxStatus({ record }: Sandbox): cri.PodSandboxStatus {
  const { config, ips = [] } = record;
  return {
    id: record.id,
    metadata: config.metadata,
    state: sandboxState(record.state),
    createdAt: record.createdAt,
    network: { ip: ips[0] ?? "", additionalIps: ips.slice(1).map(ip => ({ ip })) },
    linux: { namespaces: { options: config.linux?.securityContext?.namespaceOptions ?? {} } },
    labels: config.labels ?? {},
    annotations: config.annotations ?? {},
    runtimeHandler: record.runtimeHandler,
  };
}

/** A sandbox whose network is on its way is ready for containers to be made in it. */
export function sandboxState(state: "making" | "ready" | "stopped"): cri.PodSandboxState {
  return state === "stopped" ? "SANDBOX_NOTREADY" : "SANDBOX_READY";
}

export function containerStatuses(context: RuntimeContext, sandboxId: string): cri.ContainerStatus[] {
  return [...context.containers.values()]
    .filter(({ record }) => record.sandboxId === sandboxId && record.state !== "making")
    .map(container => statusOf(container));
}

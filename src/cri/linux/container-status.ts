import type * as cri from "../protocol/messages.ts";
import { type Container, findContainer, type RuntimeContext } from "./context.ts";
import type { ContainerRecord } from "./records.ts";

export function containerStatus(
  context: RuntimeContext,
  request: cri.ContainerStatusRequest,
): cri.ContainerStatusResponse {
  const container = findContainer(context, request.containerId);
  const { pid } = container.record;
  return {
    status: statusOf(container),
    info:
      request.verbose && pid !== undefined
        ? { info: JSON.stringify({ pid, sandboxID: container.record.sandboxId }) }
        : {},
  };
}

export function statusOf({ record }: Container): cri.ContainerStatus {
  const { config } = record;
  return {
    id: record.id,
    metadata: config.metadata,
    state: containerState(record.state),
    createdAt: record.createdAt,
    startedAt: record.startedAt ?? 0,
    finishedAt: record.finishedAt ?? 0,
    exitCode: record.exitCode ?? 0,
    image: config.image,
    imageRef: record.imageRef,
    imageId: record.imageId,
    reason: record.reason ?? "",
    message: record.message ?? "",
    labels: config.labels ?? {},
    annotations: config.annotations ?? {},
    mounts: config.mounts ?? [],
    logPath: record.logPath,
    resources: { linux: record.resources },
    user: { linux: record.user },
    stopSignal: `SIGNAL_${record.stopSignal}` as cri.Signal,
  };
}

export function containerState(state: ContainerRecord["state"]): cri.ContainerState {
  switch (state) {
    case "running":
      return "CONTAINER_RUNNING";
    case "exited":
      return "CONTAINER_EXITED";
    default:
      return "CONTAINER_CREATED";
  }
}

import type * as cri from "../protocol/messages.ts";
import { containerState } from "./container-status.ts";
import type { RuntimeContext } from "./context.ts";
import { sandboxState } from "./pod-sandbox-status.ts";

/** ListPodSandbox: an id filter takes an unambiguous beginning too. */
export function listPodSandbox(
  context: RuntimeContext,
  { filter }: cri.ListPodSandboxRequest,
): cri.ListPodSandboxResponse {
  const items = [...context.sandboxes.values()].map(({ record }) => ({
    id: record.id,
    metadata: record.config.metadata,
    state: sandboxState(record.state),
    createdAt: record.createdAt,
    labels: record.config.labels ?? {},
    annotations: record.config.annotations ?? {},
    runtimeHandler: record.runtimeHandler,
  }));
  return {
    items: items.filter(
      item =>
        item.id.startsWith(filter?.id ?? "") &&
        (filter?.state?.state === undefined || filter.state.state === item.state) &&
        hasLabels(item.labels, filter?.labelSelector),
    ),
  };
}

/** ListContainers. Containers half made are not listed. */
export function listContainers(
  context: RuntimeContext,
  { filter }: cri.ListContainersRequest,
): cri.ListContainersResponse {
  const all = [...context.containers.values()].filter(({ record }) => record.state !== "making");
  const containers = all.map(({ record }) => ({
    id: record.id,
    podSandboxId: record.sandboxId,
    metadata: record.config.metadata,
    image: record.config.image,
    imageRef: record.imageRef,
    imageId: record.imageId,
    state: containerState(record.state),
    createdAt: record.createdAt,
    labels: record.config.labels ?? {},
    annotations: record.config.annotations ?? {},
  }));
  return {
    containers: containers.filter(
      item =>
        item.id.startsWith(filter?.id ?? "") &&
        item.podSandboxId.startsWith(filter?.podSandboxId ?? "") &&
        (filter?.state?.state === undefined || filter.state.state === item.state) &&
        hasLabels(item.labels, filter?.labelSelector),
    ),
  };
}

export function hasLabels(
  labels: Readonly<Record<string, string>>,
  wanted: Readonly<Record<string, string>> | undefined,
): boolean {
  return Object.entries(wanted ?? {}).every(([key, value]) => labels[key] === value);
}

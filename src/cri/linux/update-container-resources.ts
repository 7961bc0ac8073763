import type * as cri from "../protocol/messages.ts";
import { CriError } from "../services.ts";
import { findContainer, type RuntimeContext, runOrThrow, saveContainer } from "./context.ts";
import { linuxResources, mergeResources } from "./oci/resources.ts";

/** Changes a container's limits in place. */
export async function updateContainerResources(
  context: RuntimeContext,
  request: cri.UpdateContainerResourcesRequest,
): Promise<cri.UpdateContainerResourcesResponse> {
  const container = findContainer(context, request.containerId);
  const { record } = container;
  if (record.state !== "running" && record.state !== "created") {
    throw new CriError("FailedPrecondition", `the container ${record.id} has ended`);
  }
  const resources = linuxResources(request.linux ?? {}, context.cgroups.version);
  const { runtimePath } = context.options;
  await runOrThrow(context, [runtimePath, "--root", context.paths.runc, "update", "--resources", "-", record.id], {
    input: JSON.stringify(resources),
  });
  record.resources = mergeResources(record.resources, request.linux ?? {});
  saveContainer(context, container);
  return {};
}

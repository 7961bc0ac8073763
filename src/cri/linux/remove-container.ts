import { rm, rmdir } from "node:fs/promises";
import { join } from "node:path";
import type * as cri from "../protocol/messages.ts";
import { isCriNotFound } from "../services.ts";
import { type Container, findContainer, type RuntimeContext } from "./context.ts";
import { emitEvent, releaseContainer } from "./exits.ts";
import { killContainer } from "./stop-container.ts";

/** Forgets a container, killing it first when it runs; a container that is gone is removed. */
export async function removeContainer(
  context: RuntimeContext,
  request: cri.RemoveContainerRequest,
): Promise<cri.RemoveContainerResponse> {
  try {
    await removeKnownContainer(context, findContainer(context, request.containerId));
  } catch (error) {
    if (!isCriNotFound(error)) throw error;
  }
  return {};
}

export async function removeKnownContainer(context: RuntimeContext, container: Container): Promise<void> {
  const { images, containers } = context;
  const { id } = container.record;
  await killContainer(context, container);
  await releaseContainer(context, container);
  await images.release(id);
  await removeContainerFiles(context, id);
  if (containers.delete(id)) emitEvent(context, container, "CONTAINER_DELETED_EVENT");
}

/** What lies on disk of a container that has been released. */
export async function removeContainerFiles({ helper, paths }: RuntimeContext, id: string): Promise<void> {
  const root = paths.container(id, "rootfs");
  // Empty, unless a command that outlived its helper has mounted the layers after all.
  const isFree = await rmdir(root).then(
    () => true,
    (error: NodeJS.ErrnoException) => error.code === "ENOENT",
  );
  if (!isFree) await helper.run(["umount", "-l", "-q", root]);
  await Promise.all([
    rm(paths.layer(id), { recursive: true, force: true }),
    rm(paths.container(id), { recursive: true, force: true }),
    rm(join(paths.exits, id), { force: true }),
  ]);
}

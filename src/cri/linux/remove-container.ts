import { rm, rmdir } from "node:fs/promises";
import { join } from "node:path";
import type * as cri from "../protocol/messages.ts";
import { isCriNotFound } from "../services.ts";
import { type Container, findContainer, type RuntimeContext } from "./context.ts";
import { emitEvent, releaseContainer, unmountRoot } from "./exits.ts";
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

/** Takes away what a creation that failed half way, here or in an earlier process, has left of a container. */
export async function removeHalfMade(context: RuntimeContext, container: Container): Promise<void> {
  const { helper, options, paths, images } = context;
  const { id } = container.record;
  await helper.run([options.runtimePath, "--root", paths.runc, "delete", "--force", id]);
  await releaseContainer(context, container);
  await images.release(id);
  await removeContainerFiles(context, id);
}

/** What lies on disk of a container that has been released. */
export async function removeContainerFiles(context: RuntimeContext, id: string): Promise<void> {
  const { paths } = context;
  // Empty, unless a command that outlived its helper has mounted the layers after all.
  const isFree = await rmdir(paths.container(id, "rootfs")).then(
    () => true,
    (error: NodeJS.ErrnoException) => error.code === "ENOENT",
  );
  if (!isFree) await unmountRoot(context, id);
  await Promise.all([
    rm(paths.layer(id), { recursive: true, force: true }),
    rm(paths.container(id), { recursive: true, force: true }),
    rm(join(paths.exits, id), { force: true }),
  ]);
}

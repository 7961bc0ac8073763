import { rm, rmdir } from "node:fs/promises";
import { join } from "node:path";
import type * as cri from "../protocol/messages.ts";
import { CriError, isCriNotFound } from "../services.ts";
import { type Container, findContainer, type RuntimeContext } from "./context.ts";
import { emitEvent, releaseContainer, unmountRoot } from "./exits.ts";
import { killByCommand } from "./processes.ts";
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
  const { id, state } = container.record;
  if (state === "making") {
    await removeHalfMade(context, container);
    containers.delete(id);
    return;
  }
  await killContainer(context, container);
  await releaseContainer(context, container);
  await images.release(id);
  await removeContainerFiles(context, id);
  if (containers.delete(id)) emitEvent(context, container, "CONTAINER_DELETED_EVENT");
}

/**
 * Takes away what a creation that failed half way, here or in an earlier process, has left of a container. The commands that
 * make it may be at work still, for they outlive the helper that started them. Without the root's folder none of them gets
 * any further that does not run yet; those that do are killed. What cannot be taken away now stays known, to go with its pod.
 */
export async function discard(context: RuntimeContext, container: Container): Promise<void> {
  const { id } = container.record;
  try {
    await removeHalfMade(context, container);
    context.containers.delete(id);
  } catch (error) {
    context.log.warn("a half-made container goes with its pod", { container: id, error });
    context.containers.set(id, container);
  }
}

async function removeHalfMade(context: RuntimeContext, container: Container): Promise<void> {
  const { helper, options, paths, images } = context;
  const { id } = container.record;
  await removeRoot(context, id);
  await killMakers(context, id);
  await helper.run([options.runtimePath, "--root", paths.runc, "delete", "--force", id]);
  await releaseContainer(context, container);
  await images.release(id);
  await removeContainerFiles(context, id);
}

/** Empty and free, unless a late command has mounted the layers after all, or was just making places for mounts in them. */
async function removeRoot(context: RuntimeContext, id: string): Promise<void> {
  const root = context.paths.container(id, "rootfs");
  const isGone = await rmdir(root).then(
    () => true,
    (error: NodeJS.ErrnoException) => error.code === "ENOENT",
  );
  if (isGone) return;
  await unmountRoot(context, id);
  await rm(root, { recursive: true, force: true });
}

/** Ends conmon and the OCI runtime where they are about to make this container; who else names it is none of ours. */
async function killMakers({ options, clock }: RuntimeContext, id: string): Promise<void> {
  const programs = [options.conmonPath, options.runtimePath];
  const isMaker = (words: readonly string[]) => words.includes(id) && words.some(word => programs.includes(word));
  if (await killByCommand(clock, isMaker)) return;
  throw new CriError("DeadlineExceeded", `what makes the container ${id} was killed and is not gone`);
}

/** What lies on disk of a container that has been released. */
export async function removeContainerFiles(context: RuntimeContext, id: string): Promise<void> {
  const { paths } = context;
  await removeRoot(context, id);
  await Promise.all([
    rm(paths.layer(id), { recursive: true, force: true }),
    rm(paths.container(id), { recursive: true, force: true }),
    rm(join(paths.exits, id), { force: true }),
  ]);
}

import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { type Container, type RuntimeContext, type Sandbox, saveContainer } from "./context.ts";
import { recordExit, recordLoss, releaseContainer } from "./exits.ts";
import { startTimeOf } from "./processes.ts";
import { type ContainerRecord, readRecords, type SandboxRecord } from "./records.ts";
import { discard, removeContainerFiles } from "./remove-container.ts";
import { hasStarted } from "./start-container.ts";
import { removeSandboxFiles, tearDown } from "./stop-pod-sandbox.ts";

/** A layer without an image may be one of an import under way elsewhere, but not after this long. */
const importLimitMs = 10 * 60_000;
/** The longest that a pull may be under way, and then some. */
const temporaryLimitMs = 24 * 3_600_000;

/**
 * Takes over what an earlier process left on disk: the same sandboxes and containers, with what happened to them meanwhile.
 * What that process was only half way through making is taken away.
 */
export async function recover(context: RuntimeContext): Promise<void> {
  await recoverSandboxes(context);
  await recoverContainers(context);
  await removeOrphans(context);
  await context.images.collectLayers({ leastAgeMs: importLimitMs });
  await context.images.collectTemporary(temporaryLimitMs);
}

async function recoverSandboxes(context: RuntimeContext): Promise<void> {
  const { paths, sandboxes } = context;
  const { records, broken } = await readRecords<SandboxRecord>(paths.sandboxes, "sandbox.json");
  for (const id of broken) await removeSandboxFiles(context, id);
  for (const record of records) {
    const sandbox: Sandbox = { record, network: Promise.resolve() };
    sandboxes.set(record.id, sandbox);
    if (record.state === "ready") continue;
    record.state = "stopped";
    try {
      await tearDown(context, sandbox);
    } catch (error) {
      context.log.warn("a half-made sandbox goes with its pod", { sandbox: record.id, error });
    }
  }
}

async function recoverContainers(context: RuntimeContext): Promise<void> {
  const { paths, containers, sandboxes } = context;
  const { records, broken } = await readRecords<ContainerRecord>(paths.containers, "container.json");
  for (const id of broken) await removeContainerFiles(context, id);
  for (const record of records) {
    if (record.state === "making" || !sandboxes.has(record.sandboxId)) {
      await discard(context, { record, exited: Promise.withResolvers() });
      continue;
    }
    const container: Container = { record, exited: Promise.withResolvers() };
    containers.set(record.id, container);
    await catchUp(context, container);
  }
}

/** Finds out what happened to a container while nobody looked. */
async function catchUp(context: RuntimeContext, container: Container): Promise<void> {
  const { record } = container;
  if (record.state === "exited") {
    container.exited.resolve();
    await releaseContainer(context, container);
    return;
  }
  const ended = await stat(join(context.paths.exits, record.id)).catch(() => undefined);
  // That process may have died between starting a container and writing that down.
  if (record.state === "created" && (await hasStarted(context, record.id))) {
    record.state = "running";
    record.startedAt ||= record.createdAt;
    saveContainer(context, container);
  }
  if (ended !== undefined) await recordExit(context, container);
  else if (startTimeOf(record.conmonPid ?? 0) === undefined) await recordLoss(context, container);
}

/** Layers, exit codes and OCI state of containers that no record knows, such as from before a restart of the machine. */
async function removeOrphans({ helper, options, paths, containers }: RuntimeContext): Promise<void> {
  const unknown = async (folder: string) => (await readdir(folder)).filter(id => !containers.has(id));
  for (const id of await unknown(paths.runc))
    await helper.run([options.runtimePath, "--root", paths.runc, "delete", "--force", id]);
  for (const id of await unknown(paths.layers)) await rm(paths.layer(id), { recursive: true, force: true });
  for (const id of await unknown(paths.exits)) await rm(join(paths.exits, id), { force: true });
}

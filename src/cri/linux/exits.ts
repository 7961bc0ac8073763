import { type FSWatcher, watch } from "node:fs";
import { readdir, readFile, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Timer } from "#base/clock.ts";
import type * as cri from "../protocol/messages.ts";
import { statusOf } from "./container-status.ts";
import { type Container, nanoseconds, type RuntimeContext, saveContainer } from "./context.ts";
import { containerStatuses, sandboxStatus } from "./pod-sandbox-status.ts";
import { isAlive, signalProcess, startTimeOf } from "./processes.ts";

/** How often conmons are looked after, and the folder read in case an event of the watch was lost. */
const lookIntervalMs = 1000;

/**
 * Learns of containers' ends: conmon writes the exit code to `exits/<id>` (one watch for the node). A conmon that died
 * without doing so leaves a container that nobody holds: it is killed and counts as ended with an unknown code.
 */
export class ExitWatch implements Disposable {
  readonly #context: RuntimeContext;
  readonly #watcher: FSWatcher;
  #timer: Timer | undefined;
  #closed = false;

  constructor(context: RuntimeContext) {
    this.#context = context;
    this.#watcher = watch(context.paths.exits, { persistent: false }, (_, id) => {
      if (id !== null) void this.#check(id);
    });
    this.#watcher.on("error", error => context.log.warn("the watch for exits failed", { error }));
    this.#schedule();
  }

  #schedule(): void {
    this.#timer = this.#context.clock.schedule(lookIntervalMs, () => void this.#look(), { background: true });
  }

  async #look(): Promise<void> {
    try {
      for (const id of await readdir(this.#context.paths.exits)) await this.#check(id);
      for (const container of this.#context.containers.values()) await this.#checkConmon(container);
    } catch (error) {
      if (!this.#closed) this.#context.log.warn("looking for exits failed", { error });
    }
    if (!this.#closed) this.#schedule();
  }

  async #check(id: string): Promise<void> {
    const container = this.#context.containers.get(id);
    if (container === undefined || container.record.state === "making" || container.record.state === "exited") return;
    try {
      await recordExit(this.#context, container);
    } catch (error) {
      this.#context.log.warn("an exit could not be recorded", { container: id, error });
    }
  }

  async #checkConmon(container: Container): Promise<void> {
    const { record } = container;
    if (record.state !== "running" && record.state !== "created") return;
    if (startTimeOf(record.conmonPid ?? 0) !== undefined) return;
    await recordExit(this.#context, container);
    if (stillThere(record)) await recordLoss(this.#context, container);
  }

  [Symbol.dispose](): void {
    this.#closed = true;
    this.#timer?.cancel();
    this.#watcher.close();
  }
}

function stillThere(record: { readonly state: string }): boolean {
  return record.state !== "exited";
}

/** Takes over what conmon wrote, if it wrote it. */
export async function recordExit(context: RuntimeContext, container: Container): Promise<void> {
  const { record } = container;
  const file = join(context.paths.exits, record.id);
  const stats = await stat(file).catch(() => undefined);
  if (stats === undefined || record.state === "exited") return;
  const exitCode = Number(await readFile(file, "utf8"));
  const oom = (await stat(context.paths.container(record.id, "oom")).catch(() => undefined)) !== undefined;
  const reason = oom ? "OOMKilled" : exitCode === 0 ? "Completed" : "Error";
  await finish(context, container, {
    ...(record.startError === undefined ? { exitCode, reason } : couldNotStart(record.startError)),
    finishedAt: Math.round(stats.mtimeMs * 1e6),
  });
}

/** The words and the code that containerd has for it. */
function couldNotStart(message: string) {
  return { exitCode: 128, reason: "StartError", message };
}

/** The container lost its conmon: its exit code will never be known. */
export async function recordLoss(context: RuntimeContext, container: Container): Promise<void> {
  const { record } = container;
  if (isAlive(record.pid, record.pidStartTime)) signalProcess(record.pid, "SIGKILL");
  for (const pid of context.cgroups.processes(record.cgroupsPath)) signalProcess(pid, "SIGKILL");
  await finish(context, container, {
    exitCode: 137,
    reason: "ContainerStatusUnknown",
    message: "The process that held the container is gone; how the container ended is not known.",
    finishedAt: nanoseconds(context.clock),
  });
}

interface Ending {
  readonly exitCode: number;
  readonly reason: string;
  readonly message?: string;
  readonly finishedAt: number;
}

async function finish(context: RuntimeContext, container: Container, ending: Ending): Promise<void> {
  const { record } = container;
  if (record.state === "exited") return;
  record.state = "exited";
  Object.assign(record, ending);
  if (record.startedAt) record.finishedAt = Math.max(ending.finishedAt, record.startedAt);
  container.exited.resolve();
  saveContainer(context, container);
  emitEvent(context, container, "CONTAINER_STOPPED_EVENT");
  await releaseContainer(context, container);
}

/** Has the OCI runtime forget the container (its groups go with that) and unmounts its root, until that has succeeded once. */
export function releaseContainer(context: RuntimeContext, container: Container): Promise<void> {
  container.released ??= release(context, container).catch((error: unknown) => {
    delete container.released;
    throw error;
  });
  return container.released;
}

async function release(context: RuntimeContext, { record, starting }: Container): Promise<void> {
  const { helper, options, paths } = context;
  await starting;
  for (const pid of context.cgroups.processes(record.cgroupsPath)) signalProcess(pid, "SIGKILL");
  const deleted = await helper.run([options.runtimePath, "--root", paths.runc, "delete", record.id]);
  if (deleted.exitCode !== 0) {
    await helper.run([options.runtimePath, "--root", paths.runc, "delete", "--force", record.id]);
  }
  await unmountRoot(context, record.id);
  context.cgroups.removeEmpty(record.cgroupsPath, dirname(record.cgroupsPath));
}

/** Again: nothing. */
export async function unmountRoot({ helper, paths }: RuntimeContext, id: string): Promise<void> {
  await helper.run(["umount", "-l", "-q", paths.container(id, "rootfs")]);
}

/** Tells the listeners of the event stream, if there are any. */
export function emitEvent(context: RuntimeContext, container: Container, type: cri.ContainerEventType): void {
  if (!context.events.wanted) return;
  const sandbox = context.sandboxes.get(container.record.sandboxId);
  const gone = type === "CONTAINER_DELETED_EVENT";
  context.events.emit({
    containerId: container.record.id,
    containerEventType: type,
    createdAt: nanoseconds(context.clock),
    ...(sandbox === undefined ? {} : { podSandboxStatus: sandboxStatus(sandbox) }),
    containersStatuses: [
      ...containerStatuses(context, container.record.sandboxId),
      ...(gone ? [] : context.containers.has(container.record.id) ? [] : [statusOf(container)]),
    ],
  });
}

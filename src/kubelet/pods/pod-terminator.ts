import type { Pod } from "#api/core/v1/pod.ts";
import { allContainers, sidecarsOf } from "#api/core/v1/pod-containers.ts";
import { isCriNotFound, type RuntimeService } from "#cri/services.ts";
import type { ContainerKiller } from "../containers/container-killer.ts";
import type { PodContext } from "./pod-context.ts";
import { type RuntimeContainer, type RuntimePod, runningContainers } from "./runtime-pod.ts";

export interface PodTerminatorDeps {
  readonly runtime: RuntimeService;
  readonly killer: ContainerKiller;
}

/** Stops pods, and removes what is left of them in the runtime. */
export class PodTerminator {
  readonly #deps: PodTerminatorDeps;

  constructor(deps: PodTerminatorDeps) {
    this.#deps = deps;
  }

  /** All containers side by side; sidecars after the others, last one first; then the sandbox. */
  async stop(context: PodContext, runtime: RuntimePod, graceSeconds?: number): Promise<void> {
    const { pod } = context;
    const sidecars = sidecarsOf(pod.spec).map(({ name }) => name);
    const running = runningContainers(runtime);
    const main = running.filter(container => !sidecars.includes(container.name));
    await Promise.all(main.map(container => this.#kill(context, runtime, container, graceSeconds)));
    for (const name of sidecars.toReversed()) {
      const found = running.filter(container => container.name === name);
      await Promise.all(found.map(container => this.#kill(context, runtime, container, graceSeconds)));
    }
    for (const sandbox of runtime.sandboxes.filter(({ ready }) => ready)) {
      await context.call("StopPodSandbox", call =>
        this.#deps.runtime.stopPodSandbox({ podSandboxId: sandbox.id }, call),
      );
    }
  }

  /** Removes all containers and sandboxes; they must be stopped. */
  async remove(context: PodContext, runtime: RuntimePod): Promise<void> {
    await this.removeContainers(context, runtime.containers);
    for (const { id } of runtime.sandboxes) {
      await tolerateAbsence(
        context.call("RemovePodSandbox", call => this.#deps.runtime.removePodSandbox({ podSandboxId: id }, call)),
      );
    }
  }

  async removeContainers(context: PodContext, containers: readonly RuntimeContainer[]): Promise<void> {
    for (const { id } of containers) {
      await tolerateAbsence(
        context.call("RemoveContainer", call => this.#deps.runtime.removeContainer({ containerId: id }, call)),
      );
    }
  }

  async #kill(
    context: PodContext,
    runtime: RuntimePod,
    container: RuntimeContainer,
    graceSeconds: number | undefined,
  ): Promise<void> {
    await this.#deps.killer.kill(context, {
      containerId: container.id,
      container: specOf(context.pod, container.name),
      podIp: runtime.sandboxes[0]?.ips[0] ?? "",
      graceSeconds,
      message: `Stopping container ${container.name}`,
    });
  }
}

function specOf(pod: Pod, name: string) {
  return allContainers(pod.spec).find(container => container.name === name);
}

async function tolerateAbsence(call: Promise<unknown>): Promise<void> {
  try {
    await call;
  } catch (error) {
    if (!isCriNotFound(error)) throw error;
  }
}

import type { Pod } from "#api/core/v1/pod.ts";
import { allContainers, sidecarsOf } from "#api/core/v1/pod-containers.ts";
import { isCriNotFound, type RuntimeService } from "#cri/services.ts";
import type { ContainerKiller, KillRequest } from "../containers/container-killer.ts";
import type { PodContext } from "./pod-context.ts";
import { type RuntimeContainer, type RuntimePod, type RuntimeSandbox, runningContainers } from "./runtime-pod.ts";

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

  /**
   * All containers at once, within one grace: their hooks run side by side, and sidecars are stopped after the others, last
   * one first; then the sandbox.
   */
  async stop(context: PodContext, runtime: RuntimePod, graceSeconds?: number): Promise<void> {
    const { pod } = context;
    const sidecars = sidecarsOf(pod.spec).map(({ name }) => name);
    const running = runningContainers(runtime);
    const rankOf = ({ name }: RuntimeContainer) => sidecars.toReversed().indexOf(name);
    const kills: { readonly rank: number; readonly done: Promise<void> }[] = [];
    for (const container of running.toSorted((a, b) => rankOf(a) - rankOf(b))) {
      const rank = rankOf(container);
      const before = kills.filter(earlier => earlier.rank < rank).map(({ done }) => done);
      const turn = Promise.allSettled(before);
      kills.push({ rank, done: this.#kill(context, runtime, container, { graceSeconds, turn }) });
    }
    await Promise.all(kills.map(({ done }) => done));
    for (const sandbox of runtime.sandboxes.filter(({ ready }) => ready)) {
      await context.call("StopPodSandbox", call =>
        this.#deps.runtime.stopPodSandbox({ podSandboxId: sandbox.id }, call),
      );
    }
  }

  /** Removes all containers and sandboxes; they must be stopped. */
  async remove(context: PodContext, runtime: RuntimePod): Promise<void> {
    await this.removeContainers(context, runtime.containers);
    await this.removeSandboxes(context, runtime.sandboxes);
  }

  async removeSandboxes(context: PodContext, sandboxes: readonly RuntimeSandbox[]): Promise<void> {
    for (const { id } of sandboxes) {
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
    terms: Pick<KillRequest, "graceSeconds" | "turn">,
  ): Promise<void> {
    await this.#deps.killer.kill(context, {
      containerId: container.id,
      container: specOf(context.pod, container.name),
      podIp: runtime.sandboxes[0]?.ips[0] ?? "",
      ...terms,
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

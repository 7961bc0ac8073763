import { pods } from "#api/core/v1/pod.ts";
import { isConflict, isNotFound } from "#api/status.ts";
import type { Client } from "#client/client.ts";
import { podCgroup } from "../containers/resources.ts";
import type { KubeletHost } from "../host.ts";
import type { ImageManager } from "../images/image-manager.ts";
import type { KubeletOptions } from "../options.ts";
import type { VolumeManager } from "../volumes/volume-manager.ts";
import { podLogFolder } from "./names.ts";
import type { PodContext } from "./pod-context.ts";
import type { PodTerminator } from "./pod-terminator.ts";
import type { RuntimePod, RuntimeSandbox } from "./runtime-pod.ts";
import type { TerminationMessages } from "./termination-messages.ts";

export interface PodCleanerDeps {
  readonly client: Client;
  readonly host: KubeletHost;
  readonly images: ImageManager;
  readonly messages: TerminationMessages;
  readonly terminator: PodTerminator;
  readonly volumes: VolumeManager;
}

/** Takes away what a pod no longer needs: old runs while it lives, what it held once it ended, all traces in the end. */
export class PodCleaner {
  readonly #deps: PodCleanerDeps;
  readonly #options: KubeletOptions;

  constructor(deps: PodCleanerDeps, options: KubeletOptions) {
    this.#deps = deps;
    this.#options = options;
  }

  /**
   * The present run of a container and the one before it stay, for their logs; older ones go, and with the last of them the
   * sandbox they ran in. True when any did.
   */
  async removeOldRuns(context: PodContext, runtime: RuntimePod): Promise<boolean> {
    const seen = new Map<string, number>();
    const old = runtime.containers.filter(({ name, state }) => {
      const count = (seen.get(name) ?? 0) + 1;
      seen.set(name, count);
      return count > 2 && state !== "running";
    });
    await this.#deps.terminator.removeContainers(context, old);
    for (const { logPath } of old) if (logPath !== "") await this.#deps.host.files.remove(logPath);
    const kept = runtime.containers.filter(container => !old.includes(container));
    const isEmpty = ({ id }: RuntimeSandbox) => kept.every(({ sandboxId }) => sandboxId !== id);
    const oldSandboxes = runtime.sandboxes.slice(1).filter(sandbox => !sandbox.ready && isEmpty(sandbox));
    await this.#deps.terminator.removeSandboxes(context, oldSandboxes);
    return old.length + oldSandboxes.length > 0;
  }

  /** Volumes and cgroup of a pod whose containers all ended. */
  async release(context: PodContext, uid: string): Promise<void> {
    await context.step("unmount volumes", () => this.#deps.volumes.unmount(uid));
    const { cgroupRoot } = this.#options;
    if (cgroupRoot !== undefined) await this.#deps.host.cgroups.remove(podCgroup(cgroupRoot, context.pod));
  }

  /** Lets the API object go. */
  async deleteObject(context: PodContext, uid: string): Promise<void> {
    const { name = "", namespace = "" } = context.pod.metadata;
    const client = context.cause === undefined ? this.#deps.client : this.#deps.client.because(context.cause);
    try {
      const options = { gracePeriodSeconds: 0, preconditions: { uid } };
      await context.step("delete pod", () => client.delete(pods, { namespace, name }, options));
    } catch (error) {
      // Gone already, or a new pod has the name: either way this one is no more.
      if (!isNotFound(error) && !isConflict(error)) throw error;
    }
  }

  /** What the runtime and the disk keep of a pod whose API object is gone. */
  async purge(context: PodContext, runtime: RuntimePod): Promise<void> {
    await this.#deps.terminator.stop(context, runtime, 0);
    await this.#deps.terminator.remove(context, runtime);
    await this.#deps.host.files.remove(podLogFolder(this.#options.podLogsFolder, context.pod.metadata));
    this.#deps.messages.forget(runtime);
    this.#deps.images.forget(context.pod.metadata.uid ?? "");
  }
}

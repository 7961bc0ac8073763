import type { Pod } from "#api/core/v1/pod.ts";
import type { InformerEvent } from "#client/informer.ts";
import type { RuntimeService } from "#cri/services.ts";
import type { WatchedObjects } from "../volumes/referenced-objects.ts";
import type { ServiceAccountTokens } from "../volumes/service-account-tokens.ts";
import { label } from "./names.ts";
import { PodWorker, type PodWorkerDeps, type PodWorkerOptions } from "./pod-worker.ts";
import { readRuntimePod, runtimePodUids } from "./runtime-reader.ts";

export interface PodManagerDeps extends Omit<PodWorkerDeps, "gone"> {
  readonly objects: WatchedObjects;
  readonly tokens: ServiceAccountTokens;
}

/** One worker per pod, by uid; and nothing in the runtime or on disk that has no worker. */
export class PodManager {
  readonly #deps: PodManagerDeps;
  readonly #options: PodWorkerOptions;
  readonly #workers = new Map<string, PodWorker>();

  constructor(deps: PodManagerDeps, options: PodWorkerOptions) {
    this.#deps = deps;
    this.#options = options;
  }

  handle(event: InformerEvent<Pod>): void {
    const uid = event.object.metadata.uid ?? "";
    const worker = this.#workers.get(uid);
    if (event.type === "deleted") worker?.remove(event.cause);
    else if (worker === undefined) this.#add(event.object, event.cause);
    else {
      if (event.object.metadata.generation !== worker.pod.metadata.generation) this.#deps.objects.retain(event.object);
      worker.update(event.object, event.cause);
    }
  }

  probed(uid: string): void {
    this.#workers.get(uid)?.probed();
  }

  /** Something happened to its sandbox or containers. */
  runtimeChanged(uid: string): void {
    this.#workers.get(uid)?.runtimeChanged();
  }

  volumesChanged(uid: string): void {
    this.#workers.get(uid)?.volumesChanged();
  }

  /** Pods whose tokens are to be replaced are synced. */
  refreshTokens(): void {
    for (const worker of this.#workers.values()) if (this.#deps.tokens.isDue(worker.uid)) worker.volumesChanged();
  }

  /** As the API has them, with the newest status. */
  pods(): readonly Pod[] {
    return Array.from(this.#workers.values(), worker => this.#deps.statuses.pod(worker.uid) ?? worker.pod);
  }

  find(namespace: string, name: string): Pod | undefined {
    return this.pods().find(pod => pod.metadata.namespace === namespace && pod.metadata.name === name);
  }

  /** Pods that take room on the node, but this one. */
  admittedBeside(uid: string): readonly Pod[] {
    return Array.from(this.#workers.values())
      .filter(worker => worker.uid !== uid && worker.isAdmitted)
      .map(worker => worker.pod);
  }

  /**
   * Ends what an earlier run of the kubelet left of pods that are gone. Only to be called when all pods of the node are
   * known: what has no worker then is an orphan.
   */
  async removeOrphans(): Promise<void> {
    const inRuntime = await runtimePodUids(this.#deps.runtime);
    const onDisk = await this.#deps.volumes.podsOnDisk();
    const orphans = [...new Set([...inRuntime, ...onDisk])].filter(uid => !this.#workers.has(uid));
    for (const uid of orphans) {
      try {
        await this.#removeOrphan(uid, this.#deps.runtime);
      } catch (error) {
        this.#deps.log.warn("what is left of a pod cannot be removed", { uid, error });
      }
    }
  }

  async stopped(): Promise<void> {
    await Promise.all(Array.from(this.#workers.values(), worker => worker.stopped()));
  }

  async #removeOrphan(uid: string, runtime: RuntimeService): Promise<void> {
    const found = await readRuntimePod(runtime, uid);
    const pod: Pod = {
      metadata: { name: found.name, namespace: found.namespace, uid, labels: { [label.podUid]: uid } },
      spec: { containers: [] },
    };
    const worker = this.#worker(pod);
    this.#workers.set(uid, worker);
    worker.remove(undefined);
  }

  #add(pod: Pod, cause: InformerEvent<Pod>["cause"]): void {
    const uid = pod.metadata.uid ?? "";
    const worker = this.#worker(pod);
    this.#workers.set(uid, worker);
    this.#deps.statuses.observe(pod);
    this.#deps.objects.retain(pod);
    worker.wake(cause);
  }

  #worker(pod: Pod): PodWorker {
    const gone = (uid: string) => {
      this.#workers.delete(uid);
      this.#deps.statuses.forget(uid);
      this.#deps.objects.release(uid);
      this.#deps.tokens.forget(uid);
    };
    return new PodWorker({ ...this.#deps, gone }, pod, this.#options);
  }
}

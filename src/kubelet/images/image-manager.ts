import type { Container } from "#api/core/v1/container.ts";
import { backoffMs } from "#base/backoff.ts";
import type { Clock } from "#base/clock.ts";
import { messageOf } from "#base/error-message.ts";
import type * as cri from "#cri/protocol/messages.ts";
import type { ImageService } from "#cri/services.ts";
import { ContainerStartError } from "../containers/errors.ts";
import { goSeconds } from "../pods/plan-pod.ts";
import type { PodContext } from "../pods/pod-context.ts";
import type { ReferencedObjects } from "../volumes/referenced-objects.ts";
import { imageNameFault, withDefaultTag } from "./image-name.ts";
import { credentialsFor } from "./pull-secrets.ts";

export interface ImageManagerDeps {
  readonly images: ImageService;
  readonly clock: Clock;
  readonly objects: ReferencedObjects;
}

interface Failure {
  readonly count: number;
  readonly untilMs: number;
  readonly delayMs: number;
  readonly message: string;
}

const pullBackoff = { initialMs: 10_000, maximumMs: 300_000 };
/** A pull may take long; it ends with the pod. */
const pullTimeoutMs = 3_600_000;

/** Sees to it that a container's image is here, by its pull policy. */
export class ImageManager {
  readonly #deps: ImageManagerDeps;
  readonly #pulls = new Map<string, Promise<string>>();
  readonly #failures = new Map<string, Failure>();

  constructor(deps: ImageManagerDeps) {
    this.#deps = deps;
  }

  /** The image as the runtime names it. Throws {@link ContainerStartError}: ErrImagePull, ImagePullBackOff, ErrImageNeverPull, InvalidImageName. */
  async ensure(
    context: PodContext,
    container: Container,
    kind: "init" | "container" | "ephemeral",
    sandbox: cri.PodSandboxConfig,
  ): Promise<cri.Image> {
    const { image: written = "" } = container;
    const subject = { name: container.name, kind };
    const fault = imageNameFault(written);
    if (fault !== undefined) {
      const message = `Failed to apply default image tag "${written}": couldn't parse image name "${written}": ${fault}`;
      context.event("Warning", "InspectFailed", message, subject);
      throw new ContainerStartError("InvalidImageName", message);
    }
    const name = withDefaultTag(written);
    const policy = container.imagePullPolicy ?? (name.endsWith(":latest") ? "Always" : "IfNotPresent");
    const present = await this.#find(context, name);
    if (policy === "Never" && present === undefined) {
      const message = `Container image "${container.image}" is not present with pull policy of Never`;
      context.event("Warning", "ErrImageNeverPull", message, subject);
      throw new ContainerStartError("ErrImageNeverPull", message);
    }
    if (present !== undefined && policy !== "Always") {
      context.event(
        "Normal",
        "Pulled",
        `Container image "${container.image}" already present on machine and can be accessed by the pod`,
        subject,
      );
      return present;
    }
    return this.#pull(context, container, name, subject, sandbox);
  }

  /** When a pod that waits for images should look again. */
  nextTryMs(pod: string, image: string): number | undefined {
    return this.#failures.get(failureKey(pod, withDefaultTag(image)))?.untilMs;
  }

  forget(podUid: string): void {
    for (const key of this.#failures.keys()) if (key.startsWith(`${podUid}/`)) this.#failures.delete(key);
  }

  async #pull(
    context: PodContext,
    container: Container,
    name: string,
    subject: { name: string; kind: "init" | "container" | "ephemeral" },
    sandbox: cri.PodSandboxConfig,
  ): Promise<cri.Image> {
    const key = failureKey(context.pod.metadata.uid ?? "", name);
    const failure = this.#failures.get(key);
    const now = this.#deps.clock.now();
    if (failure !== undefined && now < failure.untilMs) {
      context.event("Normal", "BackOff", `Back-off pulling image "${container.image}"`, subject);
      throw new ContainerStartError(
        "ImagePullBackOff",
        `Back-off pulling image "${container.image}": ErrImagePull: ${failure.message}`,
      );
    }
    context.event("Normal", "Pulling", `Pulling image "${container.image}"`, subject);
    const from = this.#deps.clock.monotonic();
    try {
      await unlessInterrupted(context.interrupt, this.#pullOnce(context, name, sandbox));
    } catch (error) {
      if (context.interrupt.aborted) throw error;
      const message = messageOf(error);
      const count = failure?.count ?? 0;
      const delayMs = backoffMs(count, pullBackoff);
      this.#failures.set(key, { count: count + 1, untilMs: this.#deps.clock.now() + delayMs, delayMs, message });
      context.event("Warning", "Failed", `Failed to pull image "${container.image}": ${message}`, subject);
      throw new ContainerStartError("ErrImagePull", message);
    }
    this.#failures.delete(key);
    const image = await this.#find(context, name);
    if (image === undefined)
      throw new ContainerStartError("ImageInspectError", `image "${container.image}" is gone after its pull`);
    const took = goDuration(this.#deps.clock.monotonic() - from);
    const size = image.size ?? 0;
    context.event(
      "Normal",
      "Pulled",
      `Successfully pulled image "${container.image}" in ${took} (${took} including waiting). Image size: ${size} bytes.`,
      subject,
    );
    return image;
  }

  /** Pods that want the same image at once share one pull. */
  #pullOnce(context: PodContext, name: string, sandbox: cri.PodSandboxConfig): Promise<string> {
    const running = this.#pulls.get(name);
    if (running !== undefined) return running;
    const pull = this.#pullWithCredentials(context, name, sandbox).finally(() => this.#pulls.delete(name));
    this.#pulls.set(name, pull);
    return pull;
  }

  async #pullWithCredentials(context: PodContext, name: string, sandbox: cri.PodSandboxConfig): Promise<string> {
    const candidates = await credentialsFor(context.pod, name, this.#deps.objects);
    let failure: unknown;
    for (const auth of candidates.length === 0 ? [undefined] : candidates) {
      try {
        const request = { image: { image: name }, sandboxConfig: sandbox, ...(auth ? { auth } : {}) };
        const answer = await context.call(
          "PullImage",
          call => this.#deps.images.pullImage(request, call),
          pullTimeoutMs,
        );
        return answer.imageRef ?? "";
      } catch (error) {
        failure = error;
      }
    }
    throw failure;
  }

  async #find(context: PodContext, name: string): Promise<cri.Image | undefined> {
    const answer = await context.call("ImageStatus", call =>
      this.#deps.images.imageStatus({ image: { image: name } }, call),
    );
    return answer.image?.id ? answer.image : undefined;
  }
}

function failureKey(podUid: string, image: string): string {
  return `${podUid}/${image}`;
}

/** `523ms`, `1.204s`, `2m3s`: a duration as Go prints it, to the millisecond. */
function goDuration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)}ms`;
  if (ms < 60_000) return `${Number((ms / 1000).toFixed(3))}s`;
  return goSeconds(ms);
}

/** The pull itself goes on: other pods may wait for it. */
function unlessInterrupted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) reject(signal.reason as Error);
    signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
    work.then(resolve, reject);
  });
}

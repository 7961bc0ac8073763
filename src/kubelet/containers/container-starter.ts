import type { Container } from "#api/core/v1/container.ts";
import type { Service } from "#api/core/v1/service.ts";
import type { Clock } from "#base/clock.ts";
import { messageOf } from "#base/error-message.ts";
import type * as cri from "#cri/protocol/messages.ts";
import type { RuntimeService } from "#cri/services.ts";
import type { KubeletHost } from "../host.ts";
import type { ImageManager } from "../images/image-manager.ts";
import type { ContainerKind, StartAction } from "../pods/plan-pod.ts";
import type { PodContext } from "../pods/pod-context.ts";
import { newestContainer, type RuntimePod } from "../pods/runtime-pod.ts";
import type { ProbeManager } from "../probes/probe-manager.ts";
import type { ReferencedObjects } from "../volumes/referenced-objects.ts";
import type { VolumeManager } from "../volumes/volume-manager.ts";
import { containerConfig } from "./container-config.ts";
import type { ContainerKiller } from "./container-killer.ts";
import { containerEnvironment } from "./environment.ts";
import { ContainerStartError } from "./errors.ts";
import type { NodeAllocatable } from "./field-path.ts";
import { runHook } from "./hooks.ts";
import { containerMounts, writeHostsFile } from "./mounts.ts";
import { imageUserOf } from "./security.ts";

export interface ContainerStarterDeps {
  readonly runtime: RuntimeService;
  readonly images: ImageManager;
  readonly host: KubeletHost;
  readonly clock: Clock;
  readonly volumes: VolumeManager;
  readonly objects: ReferencedObjects;
  readonly probes: ProbeManager;
  readonly killer: ContainerKiller;
  services(namespace: string): readonly Service[];
  /** What containers may use of this node. */
  allocatable(): NodeAllocatable;
}

export interface ContainerStarterOptions {
  readonly clusterDomain: string;
  readonly hostIps: readonly string[];
}

export interface SandboxHandle {
  readonly id: string;
  readonly config: cri.PodSandboxConfig;
  /** The pod's addresses, once its network stands. Whoever can do without them does not wait. */
  ips(): Promise<readonly string[]>;
}

const hookLimitMs = 120_000;

/** Takes one container from nothing to running: image, configuration, create, start, postStart. */
export class ContainerStarter {
  readonly #deps: ContainerStarterDeps;
  readonly #options: ContainerStarterOptions;

  constructor(deps: ContainerStarterDeps, options: ContainerStarterOptions) {
    this.#deps = deps;
    this.#options = options;
  }

  /** Throws {@link ContainerStartError} with the reason that the container's status shows. */
  async start(context: PodContext, action: StartAction, sandbox: SandboxHandle, runtime: RuntimePod): Promise<void> {
    const { container, kind } = action;
    const image = await this.#image(context, container, kind, sandbox);
    const config = await this.#configure(context, action, sandbox, runtime, image);
    const containerId = await this.#create(context, container, kind, sandbox, config);
    await writeHostsFile(this.#deps, context.pod, await this.#podIps(sandbox), this.#options);
    const release = container.lifecycle?.postStart ? this.#deps.probes.holdStart(containerId) : undefined;
    await this.#run(context, container, kind, containerId);
    if (release === undefined) return;
    try {
      await this.#postStart(context, container, kind, containerId, sandbox);
    } finally {
      release();
    }
  }

  async #image(
    context: PodContext,
    container: Container,
    kind: ContainerKind,
    sandbox: SandboxHandle,
  ): Promise<cri.Image> {
    try {
      return await this.#deps.images.ensure(context, container, kind, sandbox.config);
    } catch (error) {
      if (error instanceof ContainerStartError)
        context.event("Warning", "Failed", `Error: ${error.reason}`, { name: container.name, kind });
      throw error;
    }
  }

  async #configure(
    context: PodContext,
    action: StartAction,
    sandbox: SandboxHandle,
    runtime: RuntimePod,
    image: cri.Image,
  ): Promise<cri.ContainerConfig> {
    const { container, kind, restartCount } = action;
    const { pod } = context;
    const target = (container as { targetContainerName?: string }).targetContainerName;
    try {
      const environment = await containerEnvironment({
        pod,
        container,
        podIps: () => this.#podIps(sandbox),
        services: this.#deps.services(pod.metadata.namespace ?? ""),
        objects: this.#deps.objects,
        hostIps: this.#options.hostIps,
        allocatable: this.#deps.allocatable(),
      });
      const mounts = await containerMounts(this.#deps, { pod, container, restartCount, environment });
      return containerConfig({
        pod,
        container,
        restartCount,
        imageRef: image.id ?? "",
        imageUser: imageUserOf(image),
        environment,
        mounts,
        nodeMemoryBytes: this.#deps.host.machine.memoryBytes,
        targetId: target ? newestContainer(runtime, target)?.id : undefined,
      });
    } catch (error) {
      context.event("Warning", "Failed", `Error: ${messageOf(error)}`, { name: container.name, kind });
      throw error instanceof ContainerStartError
        ? error
        : new ContainerStartError("CreateContainerConfigError", messageOf(error));
    }
  }

  async #podIps(sandbox: SandboxHandle): Promise<readonly string[]> {
    const ips = await sandbox.ips();
    return ips.length > 0 ? ips : this.#options.hostIps;
  }

  async #create(
    context: PodContext,
    container: Container,
    kind: ContainerKind,
    sandbox: SandboxHandle,
    config: cri.ContainerConfig,
  ): Promise<string> {
    const subject = { name: container.name, kind };
    try {
      const request = { podSandboxId: sandbox.id, config, sandboxConfig: sandbox.config };
      const answer = await context.call("CreateContainer", call => this.#deps.runtime.createContainer(request, call));
      context.event("Normal", "Created", `Container created`, subject);
      return answer.containerId ?? "";
    } catch (error) {
      context.event("Warning", "Failed", `Error: ${messageOf(error)}`, subject);
      throw new ContainerStartError("CreateContainerError", messageOf(error));
    }
  }

  async #run(context: PodContext, container: Container, kind: ContainerKind, containerId: string): Promise<void> {
    const subject = { name: container.name, kind };
    try {
      await context.call("StartContainer", call => this.#deps.runtime.startContainer({ containerId }, call));
      context.event("Normal", "Started", `Container started`, subject);
    } catch (error) {
      context.event("Warning", "Failed", `Error: ${messageOf(error)}`, subject);
      throw new ContainerStartError("RunContainerError", messageOf(error));
    }
  }

  async #postStart(
    context: PodContext,
    container: Container,
    kind: ContainerKind,
    containerId: string,
    sandbox: SandboxHandle,
  ): Promise<void> {
    const [podIp = ""] = await this.#podIps(sandbox);
    const target = { container, containerId, podIp };
    const deps = { runtime: this.#deps.runtime, network: this.#deps.host.network, clock: this.#deps.clock };
    try {
      await context.step("hook postStart", () =>
        runHook(deps, context, container.lifecycle!.postStart!, target, hookLimitMs),
      );
    } catch (error) {
      // What a hook says is for its container's status: an Event may be read by many more.
      context.event("Warning", "FailedPostStartHook", "PostStartHook failed", { name: container.name, kind });
      await this.#deps.killer.kill(context, {
        containerId,
        container,
        podIp: target.podIp,
        graceSeconds: undefined,
        message: "FailedPostStartHook",
      });
      throw new ContainerStartError("PostStartHookError", messageOf(error));
    }
  }
}

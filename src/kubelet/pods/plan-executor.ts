import type { Pod } from "#api/core/v1/pod.ts";
import type { Clock } from "#base/clock.ts";
import { messageOf } from "#base/error-message.ts";
import type { RuntimeService } from "#cri/services.ts";
import type { ContainerKiller } from "../containers/container-killer.ts";
import type { ContainerStarter, SandboxHandle } from "../containers/container-starter.ts";
import { ContainerStartError } from "../containers/errors.ts";
import { podCgroup, podLimits as podCgroupLimits } from "../containers/resources.ts";
import { sandboxConfig } from "../containers/sandbox-config.ts";
import type { KubeletHost } from "../host.ts";
import type { KubeletOptions } from "../options.ts";
import type { VolumeManager } from "../volumes/volume-manager.ts";
import type { WaitingReason } from "./container-status.ts";
import type { CrashBackoff } from "./crash-backoff.ts";
import type { PodPlan, StartAction } from "./plan-pod.ts";
import type { PodContext } from "./pod-context.ts";
import type { PodTerminator } from "./pod-terminator.ts";
import type { RuntimePod } from "./runtime-pod.ts";

export interface PlanExecutorDeps {
  readonly runtime: RuntimeService;
  readonly host: KubeletHost;
  readonly clock: Clock;
  readonly starter: ContainerStarter;
  readonly killer: ContainerKiller;
  readonly terminator: PodTerminator;
  readonly volumes: VolumeManager;
  resolvConf(): string;
}

export interface PlanExecutorOptions {
  readonly kubelet: KubeletOptions;
  readonly backoff: CrashBackoff;
  /** Why containers do not run yet, by name; kept up to date here, shown in the pod's status. */
  readonly waiting: Map<string, WaitingReason>;
  /** Called when what was done calls for another look at the pod. */
  lookAgain(): void;
}

/** A sandbox could not be made; its Event has been sent. */
export class SandboxError extends Error {
  override readonly name = "SandboxError";
}

/** Carries out one pod's plans: kills, volumes, sandbox, starts. */
export class PlanExecutor {
  readonly #deps: PlanExecutorDeps;
  readonly #options: PlanExecutorOptions;
  #volumesStale = true;

  constructor(deps: PlanExecutorDeps, options: PlanExecutorOptions) {
    this.#deps = deps;
    this.#options = options;
  }

  /** The next plan mounts volumes even when it starts nothing. */
  volumesChanged(): void {
    this.#volumesStale = true;
  }

  /** Answers whether it did anything. */
  async execute(context: PodContext, plan: PodPlan, runtime: RuntimePod): Promise<boolean> {
    await this.#deps.terminator.removeContainers(context, plan.remove);
    if (plan.stopAll) {
      context.event("Normal", "SandboxChanged", "Pod sandbox changed, it will be killed and re-created.");
      await this.#deps.terminator.stop(context, runtime);
      this.#options.lookAgain();
      return true;
    }
    await this.#kill(context, plan, runtime);
    const mounted = this.#mountIfNeeded(context, plan);
    const sandbox = await settled(this.#sandboxFor(context, plan, runtime), mounted);
    if (sandbox !== undefined) {
      for (const action of plan.start) await this.#start(context, action, sandbox, runtime);
      await sandbox.ips();
    }
    const acts = [plan.remove, plan.kill, plan.start].some(each => each.length > 0);
    return acts || plan.createSandbox !== undefined;
  }

  async #kill(context: PodContext, plan: PodPlan, runtime: RuntimePod): Promise<void> {
    for (const { container, spec, cause, message } of plan.kill) {
      const probe = cause === "liveness" ? spec?.livenessProbe : cause === "startup" ? spec?.startupProbe : undefined;
      await this.#deps.killer.kill(context, {
        containerId: container.id,
        container: spec,
        podIp: runtime.sandboxes[0]?.ips[0] ?? "",
        graceSeconds: probe?.terminationGracePeriodSeconds,
        message,
      });
      this.#options.lookAgain();
    }
  }

  /** Volumes are made beside the sandbox: neither needs the other. */
  async #mountIfNeeded(context: PodContext, plan: PodPlan): Promise<void> {
    if (plan.start.length === 0 && !this.#volumesStale) return;
    this.#volumesStale = false;
    try {
      if ((context.pod.spec.volumes ?? []).length > 0)
        await context.step("mount volumes", () => this.#deps.volumes.mount(context.pod));
    } catch (error) {
      this.#volumesStale = true;
      throw error;
    }
  }

  async #sandboxFor(context: PodContext, plan: PodPlan, runtime: RuntimePod): Promise<SandboxHandle | undefined> {
    const options = { ...this.#options.kubelet, resolvConf: this.#deps.resolvConf() };
    if (plan.createSandbox !== undefined) {
      const { createSandbox } = plan;
      return this.#createSandbox(context, () => sandboxConfig(context.pod, createSandbox, options));
    }
    const current = runtime.sandboxes[0];
    if (current === undefined) return undefined;
    const config = sandboxConfig(context.pod, current.attempt, options);
    return { id: current.id, config, ips: async () => current.ips };
  }

  async #createSandbox(context: PodContext, configure: () => SandboxHandle["config"]): Promise<SandboxHandle> {
    await this.#applyCgroup(context.pod);
    try {
      const config = configure();
      await this.#deps.host.files.makeFolder(config.logDirectory ?? "", 0o755);
      const request = { config, runtimeHandler: "" };
      const answer = await context.call("RunPodSandbox", call => this.#deps.runtime.runPodSandbox(request, call));
      const id = answer.podSandboxId ?? "";
      const ips = this.#addresses(context, id);
      ips.catch(() => undefined); // Whoever asks is told.
      return { id, config, ips: () => ips };
    } catch (error) {
      throw sandboxFailure(context, error);
    }
  }

  /** Waits for the sandbox's network. */
  async #addresses(context: PodContext, podSandboxId: string): Promise<readonly string[]> {
    try {
      const { status } = await this.#deps.runtime.podSandboxStatus({ podSandboxId }, {});
      const ips = [status?.network?.ip ?? "", ...(status?.network?.additionalIps ?? []).map(({ ip }) => ip ?? "")];
      return ips.filter(ip => ip !== "");
    } catch (error) {
      throw sandboxFailure(context, error);
    }
  }

  async #applyCgroup(pod: Pod): Promise<void> {
    const { cgroupRoot, podPidsLimit } = this.#options.kubelet;
    if (cgroupRoot !== undefined)
      await this.#deps.host.cgroups.apply(podCgroup(cgroupRoot, pod), podCgroupLimits(pod, podPidsLimit));
  }

  async #start(context: PodContext, action: StartAction, sandbox: SandboxHandle, runtime: RuntimePod): Promise<void> {
    const { backoff, waiting } = this.#options;
    const { name } = action.container;
    if (action.after !== undefined) backoff.restarted(name, action.after, this.#deps.clock.now());
    try {
      await this.#deps.starter.start(context, action, sandbox, runtime);
      waiting.delete(name);
      this.#options.lookAgain();
    } catch (error) {
      await sandbox.ips(); // A pod that got no network is told so, whatever failed first for want of it.
      if (!(error instanceof ContainerStartError)) throw error;
      waiting.set(name, { reason: error.reason, message: error.message });
    }
  }
}

function sandboxFailure(context: PodContext, error: unknown): SandboxError {
  context.event("Warning", "FailedCreatePodSandBox", `Failed to create pod sandbox: ${messageOf(error)}`);
  return new SandboxError(messageOf(error));
}

/** Waits for both, so that nothing is left running when one of them fails; the first failure counts. */
async function settled<T>(main: Promise<T>, beside: Promise<void>): Promise<T> {
  const [first, second] = await Promise.allSettled([main, beside]);
  if (first.status === "rejected") throw first.reason;
  if (second.status === "rejected") throw second.reason;
  return first.value;
}

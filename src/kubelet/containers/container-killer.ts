import type { Container } from "#api/core/v1/container.ts";
import type { Clock } from "#base/clock.ts";
import { isCriNotFound, type RuntimeService } from "#cri/services.ts";
import type { HostNetwork } from "../host.ts";
import type { ContainerKind } from "../pods/plan-pod.ts";
import type { PodContext } from "../pods/pod-context.ts";
import { runHook } from "./hooks.ts";

export interface ContainerKillerDeps {
  readonly runtime: RuntimeService;
  readonly network: HostNetwork;
  readonly clock: Clock;
}

export interface KillRequest {
  readonly containerId: string;
  /** Absent for containers that the spec no longer names: they have no hook. */
  readonly container: Container | undefined;
  readonly podIp: string;
  /** Undefined: what the pod says. */
  readonly graceSeconds: number | undefined;
  readonly message: string;
  /** Resolves when those that go before it have ended: it is stopped then, or when its grace is over. */
  readonly turn?: Promise<unknown>;
}

const defaultGraceSeconds = 30;
/** Even without any grace a process gets this long. */
const leastGraceSeconds = 2;

/** Ends containers: preStop hook, SIGTERM, and SIGKILL when the grace is over. */
export class ContainerKiller {
  readonly #deps: ContainerKillerDeps;

  constructor(deps: ContainerKillerDeps) {
    this.#deps = deps;
  }

  async kill(context: PodContext, request: KillRequest): Promise<void> {
    const { container, containerId } = request;
    const kind: ContainerKind = (context.pod.spec.initContainers ?? []).some(({ name }) => name === container?.name)
      ? "init"
      : "container";
    if (container !== undefined) context.event("Normal", "Killing", request.message, { name: container.name, kind });
    const podGrace = context.pod.metadata.deletionGracePeriodSeconds ?? context.pod.spec.terminationGracePeriodSeconds;
    const grace = request.graceSeconds ?? podGrace ?? defaultGraceSeconds;
    const from = this.#deps.clock.monotonic();
    if (container?.lifecycle?.preStop && grace > 0) await this.#preStop(context, container, request, kind, grace);
    const leftMs = grace * 1000 - (this.#deps.clock.monotonic() - from);
    if (request.turn && leftMs > 0) await settledWithin(this.#deps.clock, leftMs, request.turn);
    const usedSeconds = Math.floor((this.#deps.clock.monotonic() - from) / 1000);
    const timeout = grace === 0 ? 0 : Math.max(leastGraceSeconds, grace - usedSeconds);
    try {
      const limitMs = (timeout + 60) * 1000;
      await context.call(
        "StopContainer",
        call => this.#deps.runtime.stopContainer({ containerId, timeout }, call),
        limitMs,
      );
    } catch (error) {
      if (!isCriNotFound(error)) throw error;
    }
  }

  async #preStop(
    context: PodContext,
    container: Container,
    request: KillRequest,
    kind: ContainerKind,
    graceSeconds: number,
  ): Promise<void> {
    const target = { container, containerId: request.containerId, podIp: request.podIp };
    try {
      await context.step("hook preStop", () =>
        withTimeout(this.#deps.clock, graceSeconds * 1000, () =>
          runHook(this.#deps, context, container.lifecycle!.preStop!, target, graceSeconds * 1000),
        ),
      );
    } catch {
      // What went wrong is the step's; an Event may be read by many more.
      context.event("Warning", "FailedPreStopHook", "PreStopHook failed", { name: container.name, kind });
    }
  }
}

/** A hook that does not return must not keep the container. */
async function withTimeout(clock: Clock, ms: number, run: () => Promise<void>): Promise<void> {
  const late = Promise.withResolvers<void>();
  using _timer = clock.schedule(ms, () => late.reject(new Error("the hook did not return within the grace period")));
  await Promise.race([run(), late.promise]);
}

async function settledWithin(clock: Clock, ms: number, work: Promise<unknown>): Promise<void> {
  const late = Promise.withResolvers<void>();
  using _timer = clock.schedule(ms, () => late.resolve());
  await Promise.race([work, late.promise]);
}

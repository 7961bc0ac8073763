import type { Pod } from "#api/core/v1/pod.ts";
import { pods } from "#api/core/v1/pod.ts";
import type { Cause } from "#base/cause.ts";
import type { Clock } from "#base/clock.ts";
import type { EventRecorder } from "#client/events.ts";
import type { CallContext } from "#cri/services.ts";
import type { Recorder } from "#journey/span.ts";
import { podSubject, recorded } from "../spans.ts";

export interface PodContextDeps {
  readonly clock: Clock;
  readonly recorder: Recorder;
  readonly events: EventRecorder;
}

/** One pod as one sync sees it, with why it happens: passed to every step that acts on it. */
export class PodContext {
  readonly pod: Pod;
  readonly cause: Cause | undefined;
  readonly signal: AbortSignal;
  /** Aborts when the pod is to stop: for waits that may then be given up, such as image pulls. */
  readonly interrupt: AbortSignal;
  readonly #deps: PodContextDeps;
  readonly #node: string;

  constructor(
    deps: PodContextDeps,
    options: { pod: Pod; cause: Cause | undefined; signal: AbortSignal; interrupt?: AbortSignal; node: string },
  ) {
    this.#deps = deps;
    this.#node = options.node;
    this.pod = options.pod;
    this.cause = options.cause;
    this.signal = options.signal;
    this.interrupt = options.interrupt ?? options.signal;
  }

  /** Runs a step and leaves a span of it. */
  step<T>(name: string, run: () => Promise<T>, decision?: string): Promise<T> {
    const span = { name, node: this.#node, subject: podSubject(this.pod) };
    return recorded(
      this.#deps,
      { ...span, ...(this.cause ? { cause: this.cause } : {}), ...(decision ? { decision } : {}) },
      run,
    );
  }

  /** A CRI call: what it is made with, and its span. */
  call<T>(name: string, run: (context: CallContext) => Promise<T>, timeoutMs?: number): Promise<T> {
    const context: CallContext = {
      signal: this.signal,
      ...(this.cause ? { cause: this.cause } : {}),
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
    };
    return this.step(name, () => run(context));
  }

  event(
    type: "Normal" | "Warning",
    reason: string,
    message: string,
    container?: { name: string; kind: "init" | "container" | "ephemeral" },
  ): void {
    const field = { init: "spec.initContainers", container: "spec.containers", ephemeral: "spec.ephemeralContainers" };
    const options = container && { fieldPath: `${field[container.kind]}{${container.name}}` };
    this.#deps.events.event(pods, this.pod, type, reason, message, options);
  }
}

import type { HttpHandler } from "#base/http.ts";
import { type ControlPlane, type ControlPlaneDeps, type ControlPlaneOptions, controlPlane } from "./control-plane.ts";

/** A control plane that can be stopped and started; whoever holds its handler sees connections refused in between. */
export class SimulatedPlane {
  readonly #deps: ControlPlaneDeps;
  readonly #options: ControlPlaneOptions;
  /** Undefined while it is stopped. */
  #parts: ControlPlane | undefined;
  #abort = new AbortController();
  #controllers: Promise<void> = Promise.resolve();

  constructor(deps: ControlPlaneDeps, options: ControlPlaneOptions) {
    this.#deps = deps;
    this.#options = options;
  }

  /** The same over every stop and start. */
  readonly handler: HttpHandler = async request => {
    if (this.#parts === undefined) throw new Error("connect: connection refused");
    return this.#parts.handler(request);
  };

  /** Resolves when the API serves and what must exist from the start does. */
  async start(): Promise<void> {
    const parts = await controlPlane(this.#deps, this.#options);
    await parts.ready;
    this.#parts = parts;
    this.#runControllers(parts);
  }

  async stop(): Promise<void> {
    const parts = this.#parts;
    this.#parts = undefined;
    await this.#endControllers();
    await parts?.[Symbol.asyncDispose]();
  }

  async restartControllers(): Promise<void> {
    const parts = this.#parts;
    if (parts === undefined) return;
    await this.#endControllers();
    this.#runControllers(parts);
  }

  #runControllers(parts: ControlPlane): void {
    this.#abort = new AbortController();
    this.#controllers = parts.run(this.#abort.signal).catch((error: unknown) => {
      this.#deps.log.error("the controllers ended", { error });
    });
  }

  async #endControllers(): Promise<void> {
    this.#abort.abort();
    await this.#controllers;
  }
}

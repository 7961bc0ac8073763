import type { Clock } from "#base/clock.ts";
import type { Log } from "#base/log.ts";
import type { Random } from "#base/random.ts";
import type { Recorder } from "#journey/span.ts";
import type { Client } from "./client.ts";
import type { Controller } from "./controller.ts";
import { ControllerRunner } from "./controller-runner.ts";
import type { DirectIdentity } from "./direct.ts";
import { createEventRecorder } from "./event-recorder.ts";
import { createInformerFactory, type InformerFactory } from "./informer.ts";

export interface ControllerManagerDeps {
  /** Reads for the shared informers; also writes for controllers when `clientFor` is absent. */
  readonly client: Client;
  /** A client with the controller's own identity ({@link controllerIdentity}). */
  readonly clientFor?: (controller: Controller) => Client;
  /** Shared with others of the process; made (and run) here when absent. */
  readonly informers?: InformerFactory;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly recorder: Recorder;
}

/** Runs controllers until the signal aborts; resolves when all their workers have ended. */
export async function runControllers(
  controllers: readonly Controller[],
  deps: ControllerManagerDeps,
  signal: AbortSignal,
): Promise<void> {
  const informers = deps.informers ?? createInformerFactory(deps);
  const own = deps.informers === undefined ? [informers.run(signal)] : [];
  const runs = controllers.map(controller => runOne(controller, deps, informers, signal));
  await Promise.all([...runs, ...own]);
}

async function runOne(
  controller: Controller,
  deps: ControllerManagerDeps,
  informers: InformerFactory,
  signal: AbortSignal,
): Promise<void> {
  const client = deps.clientFor?.(controller) ?? deps.client;
  const log = deps.log.with({ controller: controller.name });
  const events = createEventRecorder({ ...deps, log, client, component: accountOf(controller) });
  const { clock, random, recorder } = deps;
  const runner = new ControllerRunner({ client, informers, events, clock, random, log, recorder }, controller);
  await runner.run(signal);
}

function accountOf(controller: Controller): string {
  return controller.account ?? controller.name;
}

/** Who a controller is to the API server: its service account in kube-system. */
export function controllerIdentity(controller: Controller): DirectIdentity {
  return {
    name: `system:serviceaccount:kube-system:${accountOf(controller)}`,
    groups: ["system:serviceaccounts", "system:serviceaccounts:kube-system", "system:authenticated"],
  };
}

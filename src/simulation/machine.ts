import type { Clock } from "#base/clock.ts";
import type { Random } from "#base/random.ts";
import type { ImageBehaviour, RuntimeDelays } from "./runtime/behaviours.ts";
import { createSimulatedHost, type SimulatedHost } from "./runtime/simulated-host.ts";
import { createSimulatedRuntime, type SimulatedRuntime } from "./runtime/simulated-runtime.ts";

export interface SimulatedMachineDeps {
  readonly clock: Clock;
  readonly random: Random;
}

export interface SimulatedMachineOptions {
  readonly name: string;
  readonly ip: string;
  readonly cpus?: number;
  readonly memoryBytes?: number;
  readonly behaviours?: Readonly<Record<string, ImageBehaviour>>;
  readonly delays?: RuntimeDelays;
}

/** A machine without a kubelet: files and containers, which outlive the kubelets that come and go on it. */
export interface SimulatedMachine extends SimulatedRuntime {
  readonly name: string;
  readonly ip: string;
  readonly host: SimulatedHost;
}

export function createSimulatedMachine(deps: SimulatedMachineDeps, options: SimulatedMachineOptions): SimulatedMachine {
  const { name, ip, cpus, memoryBytes, behaviours, delays } = options;
  const host = createSimulatedHost({
    hostname: name,
    ...(cpus !== undefined && { cpus }),
    ...(memoryBytes !== undefined && { memoryBytes }),
  });
  const runtime = createSimulatedRuntime(
    { ...deps, writeLog: (path, line) => host.files.append(path, line) },
    { needsPodCidr: true, ...(behaviours && { behaviours }), ...(delays && { delays }) },
  );
  return { name, ip, host, ...runtime };
}

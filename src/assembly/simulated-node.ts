import type { Taint } from "#api/core/v1/node.ts";
import type { Clock } from "#base/clock.ts";
import type { HttpClient } from "#base/http-client.ts";
import type { Log } from "#base/log.ts";
import type { Random } from "#base/random.ts";
import { createClient, userAgentOf } from "#client/create-client.ts";
import { createEventRecorder } from "#client/event-recorder.ts";
import type { SpanRing } from "#journey/ring.ts";
import { createKubelet, type Kubelet } from "#kubelet/kubelet.ts";
import type { SimulatedMachine } from "#simulation/machine.ts";
import { ProcessLife } from "#simulation/process-life.ts";

export interface SimulatedNodeDeps {
  readonly machine: SimulatedMachine;
  /** To the API server, with the node's identity ({@link nodeIdentity}). */
  readonly http: HttpClient;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly spans: SpanRing;
}

export interface SimulatedNodeOptions {
  readonly version: string;
  readonly clusterDomain: string;
  readonly dnsServiceIp: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly Taint[];
}

/** One run of a node's agent. */
export interface SimulatedNode {
  readonly kubelet: Kubelet;
  /** Ends in order: resolves when nothing of it runs any more. Containers go on. */
  stop(): Promise<void>;
  /** Ends as if the power of this one process failed. Containers go on. */
  kill(): void;
}

/** Who a node's kubelet is to the API server. */
export function nodeIdentity(name: string) {
  return { name: `system:node:${name}`, groups: ["system:nodes", "system:authenticated"] };
}

/**
 * Starts the real kubelet on a simulated machine. Of a node's other parts there is none: no kube-proxy, no DNS and no
 * routes, for a simulated container sends no packet.
 */
export function startSimulatedNode(deps: SimulatedNodeDeps, options: SimulatedNodeOptions): SimulatedNode {
  const { machine, random, spans } = deps;
  const life = new ProcessLife();
  const clock = life.clock(deps.clock);
  const log = deps.log.with({ component: "kubelet", node: machine.name });
  const client = createClient({ http: life.http(deps.http), clock, userAgent: userAgentOf("kubelet") });
  const events = createEventRecorder({ client, clock, random, log, component: "kubelet", node: machine.name });
  const kubelet = createKubelet(
    {
      ...{ client, clock, random, log, events, spans, recorder: spans, host: machine.host },
      runtime: life.calls(machine.runtime),
      images: life.calls(machine.images),
    },
    {
      nodeName: machine.name,
      nodeIps: [machine.ip],
      version: options.version,
      clusterDns: [options.dnsServiceIp],
      clusterDomain: options.clusterDomain,
      labels: options.labels,
      taints: options.taints,
      rootFolder: "/var/lib/kubelet",
      podLogsFolder: "/var/log/pods",
    },
  );
  const abort = new AbortController();
  const running = kubelet.run(abort.signal);
  running.catch((error: unknown) => log.error("the kubelet ended", { error }));
  return {
    kubelet,
    async stop() {
      abort.abort();
      await running;
      life.end();
    },
    kill() {
      life.end();
      abort.abort();
    },
  };
}

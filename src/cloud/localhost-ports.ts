import { type Service, services } from "#api/core/v1/service.ts";
import { backoffMs } from "#base/backoff.ts";
import type { Clock } from "#base/clock.ts";
import type { Helper } from "#base/helper.ts";
import type { Log } from "#base/log.ts";
import type { EventRecorder } from "#client/events.ts";
import type { InformerFactory } from "#client/informer.ts";
import { type Latest, latestOnly } from "./latest-only.ts";

export interface LocalhostPortsDeps {
  readonly informers: InformerFactory;
  readonly helper: Helper;
  readonly events: EventRecorder;
  readonly clock: Clock;
  readonly log: Log;
}

export interface LocalhostPortsOptions {
  /** The pinned network namespace of the host. */
  readonly networkPin: string;
  /** This cluster's table there, with the map `localports`. */
  readonly table: string;
  /** Where the ports lead: an address of a node. */
  readonly nodeIp: string;
}

/** `tcp . 30599`: the map's key. */
export type PortKey = string;

const retry = { initialMs: 100, maximumMs: 10_000 };

/** The NodePorts in use, with the Service each belongs to. Pure. */
export function planPorts(all: readonly Service[]): ReadonlyMap<PortKey, Service> {
  const ports = new Map<PortKey, Service>();
  for (const service of all)
    for (const port of service.spec.ports ?? [])
      if (port.nodePort && port.protocol !== "SCTP")
        ports.set(`${(port.protocol ?? "TCP").toLowerCase()} . ${port.nodePort}`, service);
  return ports;
}

/** Makes true: `localhost:NODEPORT` on the host leads to this cluster, unless another cluster has that port already. */
export function createLocalhostPorts(deps: LocalhostPortsDeps, options: LocalhostPortsOptions) {
  const host = (argv: readonly string[], input?: string) =>
    deps.helper.run(["nsenter", `--net=${options.networkPin}`, ...argv], input === undefined ? {} : { input });

  const otherTables = async (): Promise<readonly string[]> => {
    const { stdout } = await host(["nft", "list", "tables", "ip"]);
    const names = stdout.split("\n").map(line => line.replace(/^table ip /, "").trim());
    return names.filter(name => name.startsWith("k8ts-") && name !== options.table);
  };

  /** The table of another cluster that holds this port. */
  const holderOf = async (key: PortKey): Promise<string | undefined> => {
    for (const table of await otherTables()) {
      const found = await host(["nft", "get", "element", "ip", table, "localports", `{ ${key} }`]);
      if (found.exitCode === 0) return table;
    }
    return undefined;
  };

  const sync = async (
    held: Set<PortKey>,
    wanted: ReadonlyMap<PortKey, Service>,
    refused: Set<PortKey>,
  ): Promise<void> => {
    const lines: string[] = [];
    for (const key of [...held].filter(each => !wanted.has(each))) {
      lines.push(`delete element ip ${options.table} localports { ${key} }`);
      held.delete(key);
    }
    for (const [key, service] of wanted) {
      if (held.has(key)) continue;
      const holder = await holderOf(key);
      if (holder === undefined) {
        lines.push(`add element ip ${options.table} localports { ${key} : ${options.nodeIp} }`);
        held.add(key);
        refused.delete(key);
      } else if (!refused.has(key)) {
        refused.add(key);
        const message = `localhost:${key.split(" ").at(-1)} leads to another cluster (${holder}): use the address of a node`;
        deps.events.event(services, service, "Warning", "LocalhostPortInUse", message);
      }
    }
    if (lines.length === 0) return;
    const result = await host(["nft", "-f", "-"], `${lines.join("\n")}\n`);
    if (result.exitCode !== 0) throw new Error(`nft: ${result.stderr.trim()}`);
  };

  return {
    async run(signal: AbortSignal): Promise<void> {
      const informer = deps.informers.informer(services);
      const work: Latest = latestOnly(deps.clock, signal);
      informer.addHandler(() => work.poke());
      await informer.waitForSync(signal);
      let held: Set<PortKey> | undefined;
      const refused = new Set<PortKey>();
      let failures = 0;
      for await (const _ of work) {
        try {
          if (held === undefined) {
            await host(["nft", "flush", "map", "ip", options.table, "localports"]);
            held = new Set();
          }
          await sync(held, planPorts(informer.list()), refused);
          failures = 0;
        } catch (error) {
          held = undefined;
          deps.log.warn("localhost ports could not be set", { error });
          work.pokeAfter(backoffMs(failures++, retry));
        }
      }
    },
  };
}

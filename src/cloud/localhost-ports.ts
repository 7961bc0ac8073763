import { type Service, services } from "#api/core/v1/service.ts";
import type { Clock } from "#base/clock.ts";
import type { Helper } from "#base/helper.ts";
import type { Log } from "#base/log.ts";
import type { EventRecorder } from "#client/events.ts";
import type { InformerFactory } from "#client/informer.ts";
import { keepInStep } from "./keep-in-step.ts";

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

/** The NodePorts in use, with the Service each belongs to. Pure. */
export function planPorts(all: readonly Service[]): ReadonlyMap<PortKey, Service> {
  const ports = new Map<PortKey, Service>();
  for (const service of all)
    for (const port of service.spec.ports ?? [])
      if (port.nodePort && port.protocol !== "SCTP")
        ports.set(`${(port.protocol ?? "TCP").toLowerCase()} . ${port.nodePort}`, service);
  return ports;
}

/** True when a line of `ss -Hln` is a program that 127.0.0.1 leads to. Pure. */
export function listensOnLoopback(lines: string): boolean {
  const locals = lines.split("\n").map(line => line.split(/\s+/)[3] ?? "");
  return locals.some(local => /^(0\.0\.0\.0|127\.[\d.]+|\*|\[::\])(%[^:]*)?:\d+$/.test(local));
}

/** How soon a port that is somebody else's is asked for again. */
const againMs = 10_000;

/**
 * **Makes true:** `localhost:NODEPORT` on the host leads to this cluster, unless another cluster has that port already, or
 * a program listens there: what the machine does by itself is never taken away.
 */
export function createLocalhostPorts(deps: LocalhostPortsDeps, options: LocalhostPortsOptions) {
  const informer = deps.informers.informer(services);
  const map = new LocalhostPorts(deps, options);
  return {
    run: (signal: AbortSignal): Promise<void> =>
      keepInStep(
        informer,
        {
          sync: () => map.sync(planPorts(informer.list())),
          againMs: () => (map.lacksPorts ? againMs : undefined),
          failed: error => {
            map.forget();
            deps.log.warn("localhost ports could not be set", { error });
          },
        },
        { clock: deps.clock, signal },
      ),
  };
}

/** This cluster's part of the host's ports, in an nftables map. */
class LocalhostPorts {
  readonly #deps: LocalhostPortsDeps;
  readonly #options: LocalhostPortsOptions;
  /** What the map holds; unknown at the start and after a failure. */
  #held: Set<PortKey> | undefined;
  /** Ports of others, about which an Event was sent. */
  readonly #refused = new Set<PortKey>();

  constructor(deps: LocalhostPortsDeps, options: LocalhostPortsOptions) {
    this.#deps = deps;
    this.#options = options;
  }

  get lacksPorts(): boolean {
    return this.#refused.size > 0;
  }

  forget(): void {
    this.#held = undefined;
  }

  async sync(wanted: ReadonlyMap<PortKey, Service>): Promise<void> {
    const { table } = this.#options;
    this.#held ??= await this.#empty();
    const lines: string[] = [];
    for (const key of [...this.#refused].filter(each => !wanted.has(each))) this.#refused.delete(key);
    for (const key of [...this.#held].filter(each => !wanted.has(each))) {
      lines.push(`delete element ip ${table} localports { ${key} }`);
      this.#held.delete(key);
    }
    for (const [key, service] of wanted) {
      if (this.#held.has(key)) continue;
      const otherUse = await this.#otherUseOf(key);
      if (otherUse !== undefined) {
        this.#refuse(key, service, otherUse);
        continue;
      }
      lines.push(`add element ip ${table} localports { ${key} : ${this.#options.nodeIp} }`);
      this.#held.add(key);
      this.#refused.delete(key);
    }
    if (lines.length === 0) return;
    const result = await this.#onHost(["nft", "-f", "-"], `${lines.join("\n")}\n`);
    if (result.exitCode !== 0) throw new Error(`nft: ${result.stderr.trim()}`);
  }

  async #empty(): Promise<Set<PortKey>> {
    await this.#onHost(["nft", "flush", "map", "ip", this.#options.table, "localports"]);
    return new Set();
  }

  /** What a port that cannot be ours does instead; undefined: it is free. */
  async #otherUseOf(key: PortKey): Promise<string | undefined> {
    const holder = await this.#holderOf(key);
    if (holder !== undefined) return `leads to another cluster (${holder})`;
    return (await this.#hasListener(key)) ? "is a program's on this machine" : undefined;
  }

  async #hasListener(key: PortKey): Promise<boolean> {
    const [protocol, , port] = key.split(" ");
    const { stdout } = await this.#onHost(["ss", protocol === "udp" ? "-Hlun" : "-Hltn", `sport = :${port}`]);
    return listensOnLoopback(stdout);
  }

  /** The table of another cluster that holds this port. */
  async #holderOf(key: PortKey): Promise<string | undefined> {
    for (const table of await this.#otherTables()) {
      const found = await this.#onHost(["nft", "get", "element", "ip", table, "localports", `{ ${key} }`]);
      if (found.exitCode === 0) return table;
    }
    return undefined;
  }

  async #otherTables(): Promise<readonly string[]> {
    const { stdout } = await this.#onHost(["nft", "list", "tables", "ip"]);
    const names = stdout.split("\n").map(line => line.replace(/^table ip /, "").trim());
    return names.filter(name => name.startsWith("k8ts-") && name !== this.#options.table);
  }

  #refuse(key: PortKey, service: Service, otherUse: string): void {
    if (this.#refused.has(key)) return;
    this.#refused.add(key);
    const message = `localhost:${key.split(" ").at(-1)} ${otherUse}: use the address of a node`;
    this.#deps.events.event(services, service, "Warning", "LocalhostPortInUse", message);
  }

  #onHost(argv: readonly string[], input?: string) {
    const command = ["nsenter", `--net=${this.#options.networkPin}`, ...argv];
    return this.#deps.helper.run(command, input === undefined ? {} : { input });
  }
}

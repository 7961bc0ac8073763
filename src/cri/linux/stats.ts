import { readFileSync } from "node:fs";
import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";
import type * as cri from "../protocol/messages.ts";
import { type Container, nanoseconds, type RuntimeContext, type Sandbox } from "./context.ts";
import { podCgroup } from "./create-container.ts";
import { hasLabels } from "./list.ts";

/** How long a count of a writable layer's files is good: it walks all of them. */
const layerUsageMs = 10_000;

/** Numbers about running containers, from their control groups. Remembers the last ones, for rates. */
export class Stats {
  readonly #context: RuntimeContext;
  readonly #cpu = new Map<string, { readonly atMs: number; readonly nanoseconds: number; readonly rate: number }>();
  readonly #layers = new Map<string, { readonly atMs: number; readonly usage: Promise<LayerUsage> }>();

  constructor(context: RuntimeContext) {
    this.#context = context;
  }

  async container(container: Container): Promise<cri.ContainerStats> {
    const { record } = container;
    const { labels = {}, annotations = {}, metadata } = record.config;
    const usage = record.state === "running" ? this.#context.cgroups.usage(record.cgroupsPath) : undefined;
    return {
      attributes: { id: record.id, metadata, labels, annotations },
      ...(usage === undefined ? {} : this.#usage(record.id, usage)),
      writableLayer: await this.#writableLayer(record.id),
    };
  }

  async containers(filter: cri.ContainerStatsFilter | undefined): Promise<cri.ContainerStats[]> {
    const chosen = [...this.#context.containers.values()].filter(
      ({ record }) =>
        record.state === "running" &&
        record.id.startsWith(filter?.id ?? "") &&
        record.sandboxId.startsWith(filter?.podSandboxId ?? "") &&
        hasLabels(record.config.labels ?? {}, filter?.labelSelector),
    );
    return Promise.all(chosen.map(container => this.container(container)));
  }

  async sandbox({ record }: Sandbox): Promise<cri.PodSandboxStats> {
    const { labels = {}, annotations = {}, metadata } = record.config;
    const containers = await this.containers({ podSandboxId: record.id });
    const usage = this.#context.cgroups.usage(podCgroup(this.#context, record.config));
    const timestamp = nanoseconds(this.#context.clock);
    const processes = usage?.processes ?? 0;
    return {
      attributes: { id: record.id, metadata, labels, annotations },
      linux: {
        ...(usage === undefined ? {} : this.#usage(record.id, usage)),
        ...this.#network(record.id),
        process: { timestamp, processCount: { value: processes } },
        containers,
      },
    };
  }

  async sandboxes(filter: cri.PodSandboxStatsFilter | undefined): Promise<cri.PodSandboxStats[]> {
    const chosen = [...this.#context.sandboxes.values()].filter(
      ({ record }) =>
        record.state === "ready" &&
        record.id.startsWith(filter?.id ?? "") &&
        hasLabels(record.config.labels ?? {}, filter?.labelSelector),
    );
    return Promise.all(chosen.map(sandbox => this.sandbox(sandbox)));
  }

  #usage(id: string, usage: NonNullable<ReturnType<RuntimeContext["cgroups"]["usage"]>>) {
    const timestamp = nanoseconds(this.#context.clock);
    const rate = this.#cpuRate(id, usage.cpuNanoseconds);
    const available = usage.memoryLimitBytes === undefined ? undefined : usage.memoryLimitBytes - usage.workingSetBytes;
    return {
      cpu: {
        timestamp,
        usageCoreNanoSeconds: { value: usage.cpuNanoseconds },
        ...(rate === undefined ? {} : { usageNanoCores: { value: rate } }),
      },
      memory: {
        timestamp,
        usageBytes: { value: usage.memoryBytes },
        workingSetBytes: { value: usage.workingSetBytes },
        rssBytes: { value: usage.rssBytes },
        pageFaults: { value: usage.pageFaults },
        majorPageFaults: { value: usage.majorPageFaults },
        ...(available === undefined ? {} : { availableBytes: { value: Math.max(0, available) } }),
      },
    };
  }

  /** Nanoseconds of CPU per second since the last look, which must be a moment ago; undefined the first time. */
  #cpuRate(id: string, used: number): number | undefined {
    const atMs = this.#context.clock.monotonic();
    const last = this.#cpu.get(id);
    if (last !== undefined && atMs - last.atMs < 100) return last.rate < 0 ? undefined : last.rate;
    const rate =
      last === undefined ? -1 : Math.max(0, Math.round(((used - last.nanoseconds) / (atMs - last.atMs)) * 1000));
    this.#cpu.set(id, { atMs, nanoseconds: used, rate });
    for (const known of this.#cpu.keys()) {
      if (!this.#context.containers.has(known) && !this.#context.sandboxes.has(known)) this.#cpu.delete(known);
    }
    return rate < 0 ? undefined : rate;
  }

  /** Read through a process of the pod, whose /proc shows the pod's network. */
  #network(sandboxId: string): { network?: cri.NetworkUsage } {
    const running = [...this.#context.containers.values()].find(
      ({ record }) => record.sandboxId === sandboxId && record.state === "running",
    );
    if (running?.record.pid === undefined) return {};
    try {
      const interfaces = parseInterfaces(readFileSync(`/proc/${running.record.pid}/net/dev`, "utf8"));
      const own = interfaces.find(each => each.name === "eth0");
      const timestamp = nanoseconds(this.#context.clock);
      return { network: { timestamp, interfaces, ...(own === undefined ? {} : { defaultInterface: own }) } };
    } catch {
      return {}; // it ended just now
    }
  }

  async #writableLayer(id: string): Promise<cri.FilesystemUsage> {
    const { clock, paths } = this.#context;
    const nowMs = clock.monotonic();
    let known = this.#layers.get(id);
    if (known === undefined || nowMs - known.atMs > layerUsageMs) {
      known = { atMs: nowMs, usage: layerUsage(paths.layer(id, "upper")) };
      this.#layers.set(id, known);
      for (const other of this.#layers.keys()) if (!this.#context.containers.has(other)) this.#layers.delete(other);
    }
    const usage = await known.usage;
    return {
      timestamp: nanoseconds(clock),
      fsId: { mountpoint: paths.root },
      usedBytes: { value: usage.bytes },
      inodesUsed: { value: usage.files },
    };
  }
}

interface LayerUsage {
  readonly bytes: number;
  readonly files: number;
}

async function layerUsage(folder: string): Promise<LayerUsage> {
  let [bytes, files] = [0, 0];
  for (const entry of await readdir(folder, { withFileTypes: true }).catch(() => [])) {
    const path = join(folder, entry.name);
    const below = entry.isDirectory() ? await layerUsage(path) : { bytes: 0, files: 0 };
    const stats = await lstat(path).catch(() => undefined);
    bytes += below.bytes + (stats?.blocks ?? 0) * 512;
    files += below.files + 1;
  }
  return { bytes, files };
}

/** Lines of `/proc/net/dev`, without the loopback device. */
export function parseInterfaces(text: string): cri.NetworkInterfaceUsage[] {
  return text
    .split("\n")
    .filter(line => line.includes(":"))
    .map(line => {
      const [name = "", rest = ""] = line.split(":");
      const numbers = rest.trim().split(/\s+/).map(Number);
      return {
        name: name.trim(),
        rxBytes: { value: numbers[0] ?? 0 },
        rxErrors: { value: numbers[2] ?? 0 },
        txBytes: { value: numbers[8] ?? 0 },
        txErrors: { value: numbers[10] ?? 0 },
      };
    })
    .filter(each => each.name !== "lo");
}

import { type Node, type NodeStatus, nodes } from "#api/core/v1/node.ts";
import { isAlreadyExists, isNotFound } from "#api/status.ts";
import { backoffMs } from "#base/backoff.ts";
import type { Clock } from "#base/clock.ts";
import type { Log } from "#base/log.ts";
import type { Random } from "#base/random.ts";
import { type Client, revisionOf } from "#client/client.ts";
import type { EventRecorder } from "#client/events.ts";
import type * as cri from "#cri/protocol/messages.ts";
import type { ImageService, RuntimeService } from "#cri/services.ts";
import type { Recorder } from "#journey/span.ts";
import type { KubeletHost } from "../host.ts";
import type { KubeletOptions } from "../options.ts";
import { equalOnTheWire } from "../pods/status-patch.ts";
import { recorded } from "../spans.ts";
import { type NodeHealth, pressureEvents } from "./node-conditions.ts";
import { newNode, nodeLabels, nodeStatusOf } from "./node-status.ts";

export interface NodeReporterDeps {
  readonly client: Client;
  readonly runtime: RuntimeService;
  readonly images: ImageService;
  readonly host: KubeletHost;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly recorder: Recorder;
  readonly events: EventRecorder;
}

const retry = { initialMs: 50, maximumMs: 7_000, factor: 1.5 };
/** While the node is not ready it looks again this often, so that it becomes ready as soon as it can. */
const unreadyPeriodMs = 100;
const memoryPressureBytes = 100 * 1024 * 1024;
const diskPressureShare = 0.1;
const inodePressureShare = 0.05;

/**
 * Keeps the Node object: registers it, reports its status (at once when something changed, else every five minutes),
 * and gives the runtime the pod range. It never waits for pods.
 */
export class NodeReporter {
  readonly #deps: NodeReporterDeps;
  readonly #options: KubeletOptions;
  readonly #registered = Promise.withResolvers<void>();
  readonly #ready = Promise.withResolvers<void>();
  #node: Node | undefined;
  #version: cri.VersionResponse = {};
  #reportedAtMs = Number.NEGATIVE_INFINITY;
  #wasReady = false;
  #givenCidr = "";
  #changed: (() => void) | undefined;

  constructor(deps: NodeReporterDeps, options: KubeletOptions) {
    this.#deps = deps;
    this.#options = options;
  }

  /** Resolves when the runtime is up and the node registered. */
  get ready(): Promise<void> {
    return this.#ready.promise;
  }

  /** Resolves when there is a Node object. */
  get registered(): Promise<void> {
    return this.#registered.promise;
  }

  get node(): Node | undefined {
    return this.#node;
  }

  get runtimeName(): string {
    return this.#version.runtimeName ?? "unknown";
  }

  get runtimeVersion(): cri.VersionResponse {
    return this.#version;
  }

  /** What the watch on the own Node object says. */
  observe(node: Node): void {
    this.#keep(node);
    this.#changed?.();
  }

  /** Answers to writes and the watch come in any order: an older one must not hide what a newer one said. */
  #keep(node: Node): Node {
    if (this.#node === undefined || revisionOf(node) >= revisionOf(this.#node)) this.#node = node;
    return this.#node;
  }

  async run(signal: AbortSignal): Promise<void> {
    let failures = 0;
    while (!signal.aborted) {
      let waitMs: number;
      try {
        const isReady = await this.#report();
        failures = 0;
        waitMs = isReady ? this.#options.nodeStatusUpdateFrequencyMs : unreadyPeriodMs;
        // The range may have come while the report was made.
        if (this.#hasNewPodCidr()) waitMs = 0;
      } catch (error) {
        if (signal.aborted) return;
        this.#deps.log.warn("the node's status cannot be reported", { error });
        waitMs = backoffMs(failures++, retry);
      }
      await this.#pause(waitMs, signal);
    }
  }

  /** Ends early when the Node object changed, for its podCIDR matters at once. */
  async #pause(ms: number, signal: AbortSignal): Promise<void> {
    const woken = new AbortController();
    const stop = () => woken.abort();
    signal.addEventListener("abort", stop, { once: true });
    this.#changed = () => {
      if (this.#hasNewPodCidr()) woken.abort();
    };
    try {
      if (!signal.aborted) await this.#deps.clock.sleep(ms, woken.signal);
    } catch (error) {
      if (!woken.signal.aborted) throw error;
    } finally {
      this.#changed = undefined;
      signal.removeEventListener("abort", stop);
    }
  }

  async #report(): Promise<boolean> {
    this.#version = await this.#deps.runtime.version({ version: "v1" }, {});
    await this.#giveRuntimeConfig();
    const [runtimeStatus, disk, images, memory] = await Promise.all([
      this.#deps.runtime.status({}, {}),
      this.#deps.host.diskUsage(this.#options.rootFolder),
      this.#deps.images.listImages({}, {}),
      this.#deps.host.memoryAvailableBytes(),
    ]);
    const health: NodeHealth = {
      problems: runtimeProblems(runtimeStatus),
      memoryPressure: memory < memoryPressureBytes,
      diskPressure:
        disk.availableBytes < disk.capacityBytes * diskPressureShare ||
        (disk.inodes > 0 && disk.inodesFree < disk.inodes * inodePressureShare),
      pidPressure: false,
    };
    const statusAfter = (previous: NodeStatus | undefined) =>
      nodeStatusOf(
        {
          machine: this.#deps.host.machine,
          disk,
          runtime: this.#version,
          runtimeStatus,
          images: images.images ?? [],
          health,
          nowMs: this.#deps.clock.now(),
          previous,
        },
        this.#options,
      );
    let before = this.#node?.status;
    let status = statusAfter(before);
    if (this.#node === undefined) {
      before = await this.#register(status);
      // A node that was here before keeps the times of its conditions.
      if (before !== undefined) status = statusAfter(before);
    }
    this.#registered.resolve();
    await this.#write(status);
    const isReady = health.problems.length === 0;
    for (const reason of pressureEvents(before?.conditions ?? [], status.conditions ?? [])) this.#tell(reason);
    if (isReady !== this.#wasReady) this.#tell(isReady ? "NodeReady" : "NodeNotReady");
    this.#wasReady = isReady;
    if (isReady) this.#ready.resolve();
    return isReady;
  }

  #tell(reason: string): void {
    if (this.#node === undefined) return;
    const message = `Node ${this.#options.nodeName} status is now: ${reason}`;
    this.#deps.events.event(nodes, this.#node, "Normal", reason, message);
  }

  async #giveRuntimeConfig(): Promise<void> {
    if (!this.#hasNewPodCidr()) return;
    const podCidr = this.#podCidr();
    await this.#deps.runtime.updateRuntimeConfig({ runtimeConfig: { networkConfig: { podCidr } } }, {});
    this.#givenCidr = podCidr;
  }

  #hasNewPodCidr(): boolean {
    const podCidr = this.#podCidr();
    return podCidr !== "" && podCidr !== this.#givenCidr;
  }

  #podCidr(): string {
    const { podCIDR, podCIDRs } = this.#node?.spec ?? {};
    return (podCIDRs ?? []).join(",") || podCIDR || this.#options.podCidr || "";
  }

  /** Answers the status that the node had before; undefined when it is new. */
  async #register(status: NodeStatus): Promise<NodeStatus | undefined> {
    const { machine } = this.#deps.host;
    const name = this.#options.nodeName;
    if (!this.#options.registerNode) {
      return this.#keep(await this.#deps.client.get(nodes, { name })).status;
    }
    let before: NodeStatus | undefined;
    await recorded(
      this.#deps,
      { name: "register node", node: name, subject: { resource: "nodes", name } },
      async () => {
        try {
          const node = this.#keep(await this.#deps.client.create(nodes, newNode(status, this.#options, machine)));
          this.#deps.events.event(nodes, node, "Normal", "Starting", "Starting kubelet.");
        } catch (error) {
          if (!isAlreadyExists(error)) throw error;
          before = this.#keep(await this.#adopt()).status;
        }
      },
    );
    this.#reportedAtMs = equalOnTheWire(this.#node?.status, status) ? this.#deps.clock.now() : Number.NEGATIVE_INFINITY;
    return before;
  }

  /** The node was here before: its labels are brought up to date, its taints and range stay. */
  async #adopt(): Promise<Node> {
    const name = this.#options.nodeName;
    const existing = await this.#deps.client.get(nodes, { name });
    const labels = nodeLabels(this.#options, this.#deps.host.machine);
    const missing = Object.entries(labels).filter(([key, value]) => existing.metadata.labels?.[key] !== value);
    if (missing.length === 0) return existing;
    const body = { metadata: { labels: Object.fromEntries(missing) } };
    return this.#deps.client.patch(nodes, { name }, { type: "strategic", body });
  }

  async #write(status: NodeStatus): Promise<void> {
    const previous = this.#node?.status;
    const now = this.#deps.clock.now();
    const due = now - this.#reportedAtMs >= this.#options.nodeStatusReportFrequencyMs;
    if (!due && equalOnTheWire(withoutHeartbeats(previous), withoutHeartbeats(status))) return;
    const name = this.#options.nodeName;
    try {
      const body = nodePatch(previous, status);
      const written = await recorded(
        this.#deps,
        { name: "report node status", node: name, subject: { resource: "nodes", name } },
        () => this.#deps.client.patch(nodes, { name }, { type: "strategic", body }, { subresource: "status" }),
      );
      this.#keep(written);
      this.#reportedAtMs = now;
    } catch (error) {
      // Somebody removed the Node object: it is registered anew with the next report.
      if (isNotFound(error)) this.#node = undefined;
      throw error;
    }
  }
}

function runtimeProblems({ status }: cri.StatusResponse): readonly string[] {
  const failed = (type: string) => {
    const condition = status?.conditions?.find(candidate => candidate.type === type);
    return condition?.status ? undefined : `${condition?.reason ?? ""} message:${condition?.message ?? ""}`;
  };
  const runtime = failed("RuntimeReady");
  const network = failed("NetworkReady");
  return [
    ...(runtime === undefined ? [] : [`container runtime not ready: RuntimeReady=false reason:${runtime}`]),
    ...(network === undefined ? [] : [`container runtime network not ready: NetworkReady=false reason:${network}`]),
  ];
}

function withoutHeartbeats(status: NodeStatus | undefined): unknown {
  return { ...status, conditions: status?.conditions?.map(({ lastHeartbeatTime: _, ...rest }) => rest) };
}

/** Only what differs; addresses are replaced as a whole, for they merge by a type that may occur twice. */
function nodePatch(previous: NodeStatus | undefined, status: NodeStatus): unknown {
  const patch: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(status)) {
    if (equalOnTheWire((previous as Record<string, unknown> | undefined)?.[key], value)) continue;
    patch[key] = key === "addresses" ? [...(value as readonly unknown[]), { $patch: "replace" }] : value;
  }
  return { status: patch };
}

import type { Clock, Timer } from "#base/clock.ts";
import { type Random, randomUuid } from "#base/random.ts";
import type * as cri from "#cri/protocol/messages.ts";
import { type CallContext, CriError, type ImageService, type RuntimeService } from "#cri/services.ts";
import { type ImageBehaviour, noDelays, type RuntimeDelays } from "./behaviours.ts";
import { EventStream } from "./event-stream.ts";
import { SimulatedImages } from "./simulated-images.ts";

export interface SimulatedRuntimeDeps {
  readonly clock: Clock;
  readonly random: Random;
  /** Gets the lines that containers write, in CRI's log format; usually the simulated host's `append`. */
  readonly writeLog?: (path: string, line: string) => void;
}

export interface SimulatedRuntimeOptions {
  readonly behaviours?: Readonly<Record<string, ImageBehaviour>>;
  readonly delays?: RuntimeDelays;
  readonly presentImages?: readonly string[];
  /** Pod addresses are taken from here in order until updateRuntimeConfig says otherwise. */
  readonly podCidr?: string;
  /** The network is ready only once updateRuntimeConfig has named the pods' range, as with a real network plugin. */
  readonly needsPodCidr?: boolean;
  readonly hostIp?: string;
}

interface Sandbox {
  readonly id: string;
  readonly config: cri.PodSandboxConfig;
  readonly createdAt: number;
  readonly ip: string;
  ready: boolean;
}

interface SimulatedContainer {
  readonly id: string;
  readonly sandbox: Sandbox;
  readonly config: cri.ContainerConfig;
  readonly behaviour: ImageBehaviour;
  readonly imageId: string;
  readonly createdAt: number;
  state: cri.ContainerState;
  startedAt: number;
  finishedAt: number;
  exitCode: number;
  reason: string;
  timer: Timer | undefined;
}

/** What a test may do to containers from outside. */
export interface SimulatedRuntime {
  readonly runtime: RuntimeService;
  readonly images: ImageService;
  /** Ends the newest running container of this pod and name. False when there is none. */
  exit(pod: { namespace: string; name: string }, container: string, exitCode: number): boolean;
  /** How often each CRI call was made. */
  readonly calls: ReadonlyMap<string, number>;
}

export function createSimulatedRuntime(
  deps: SimulatedRuntimeDeps,
  options: SimulatedRuntimeOptions = {},
): SimulatedRuntime {
  const images = new SimulatedImages(deps, {
    behaviours: options.behaviours ?? {},
    delays: options.delays ?? noDelays,
    present: options.presentImages ?? [],
  });
  const runtime = new InMemoryRuntime(deps, options, images);
  return {
    runtime,
    images,
    exit: (pod, container, exitCode) => runtime.exit(pod, container, exitCode),
    calls: runtime.calls,
  };
}

/** Sandboxes and containers as records; time is the clock's. */
class InMemoryRuntime implements RuntimeService {
  readonly calls = new Map<string, number>();
  readonly #deps: SimulatedRuntimeDeps;
  readonly #images: SimulatedImages;
  readonly #delays: RuntimeDelays;
  readonly #sandboxes = new Map<string, Sandbox>();
  readonly #containers = new Map<string, SimulatedContainer>();
  readonly #events = new EventStream<cri.ContainerEventResponse>();
  #podCidr: string;
  #networkReady: boolean;
  #nextAddress = 2;

  constructor(deps: SimulatedRuntimeDeps, options: SimulatedRuntimeOptions, images: SimulatedImages) {
    this.#deps = deps;
    this.#images = images;
    this.#delays = options.delays ?? noDelays;
    this.#podCidr = options.podCidr ?? "10.244.0.0/24";
    this.#networkReady = options.needsPodCidr !== true;
  }

  exit(pod: { namespace: string; name: string }, name: string, exitCode: number): boolean {
    const found = [...this.#containers.values()].find(
      container =>
        container.state === "CONTAINER_RUNNING" &&
        container.config.metadata?.name === name &&
        container.sandbox.config.metadata?.namespace === pod.namespace &&
        container.sandbox.config.metadata?.name === pod.name,
    );
    if (found !== undefined) this.#finish(found, exitCode, exitCode === 0 ? "Completed" : "Error");
    return found !== undefined;
  }

  async version(): Promise<cri.VersionResponse> {
    return { version: "0.1.0", runtimeName: "simulated", runtimeVersion: "1.0.0", runtimeApiVersion: "v1" };
  }

  async status(): Promise<cri.StatusResponse> {
    const network = this.#networkReady
      ? { type: "NetworkReady", status: true, reason: "", message: "" }
      : { type: "NetworkReady", status: false, reason: "NetworkPluginNotReady", message: "no pod range yet" };
    return {
      status: { conditions: [{ type: "RuntimeReady", status: true, reason: "", message: "" }, network] },
      features: { supplementalGroupsPolicy: true },
      runtimeHandlers: [{ name: "", features: { recursiveReadOnlyMounts: false, userNamespaces: false } }],
    };
  }

  async runPodSandbox(request: cri.RunPodSandboxRequest): Promise<cri.RunPodSandboxResponse> {
    this.#count("RunPodSandbox");
    await this.#take(this.#delays.sandboxMs);
    const config = request.config ?? {};
    const onHost = config.linux?.securityContext?.namespaceOptions?.network === "NODE";
    const sandbox: Sandbox = {
      id: this.#newId(),
      config,
      createdAt: this.#nanoseconds(),
      ip: onHost ? "" : this.#takeAddress(),
      ready: true,
    };
    this.#sandboxes.set(sandbox.id, sandbox);
    this.#emit(sandbox.id, "CONTAINER_CREATED_EVENT", sandbox);
    return { podSandboxId: sandbox.id };
  }

  async stopPodSandbox(request: cri.StopPodSandboxRequest): Promise<cri.StopPodSandboxResponse> {
    this.#count("StopPodSandbox");
    const sandbox = this.#sandboxes.get(request.podSandboxId ?? "");
    if (sandbox?.ready !== true) return {};
    for (const container of this.#containersOf(sandbox)) {
      if (container.state === "CONTAINER_RUNNING") this.#finish(container, 137, "Error");
    }
    sandbox.ready = false;
    this.#emit(sandbox.id, "CONTAINER_STOPPED_EVENT", sandbox);
    return {};
  }

  async removePodSandbox(request: cri.RemovePodSandboxRequest): Promise<cri.RemovePodSandboxResponse> {
    this.#count("RemovePodSandbox");
    const sandbox = this.#sandboxes.get(request.podSandboxId ?? "");
    if (sandbox === undefined) return {};
    await this.stopPodSandbox(request);
    for (const container of this.#containersOf(sandbox)) this.#containers.delete(container.id);
    this.#sandboxes.delete(sandbox.id);
    this.#emit(sandbox.id, "CONTAINER_DELETED_EVENT", sandbox);
    return {};
  }

  async podSandboxStatus(request: cri.PodSandboxStatusRequest): Promise<cri.PodSandboxStatusResponse> {
    const sandbox = this.#sandboxes.get(request.podSandboxId ?? "");
    if (sandbox === undefined) throw new CriError("NotFound", `no sandbox ${request.podSandboxId}`);
    return { status: this.#sandboxStatus(sandbox), info: {} };
  }

  async listPodSandbox(request: cri.ListPodSandboxRequest): Promise<cri.ListPodSandboxResponse> {
    const wanted = request.filter;
    const items = [...this.#sandboxes.values()]
      .filter(sandbox => !wanted?.id || sandbox.id === wanted.id)
      .filter(sandbox => hasLabels(sandbox.config.labels, wanted?.labelSelector))
      .map(sandbox => ({ ...this.#sandboxStatus(sandbox), network: undefined, linux: undefined }));
    return { items };
  }

  async createContainer(request: cri.CreateContainerRequest): Promise<cri.CreateContainerResponse> {
    this.#count("CreateContainer");
    const sandbox = this.#sandboxes.get(request.podSandboxId ?? "");
    if (sandbox === undefined) throw new CriError("NotFound", `no sandbox ${request.podSandboxId}`);
    await this.#take(this.#delays.createMs);
    const config = request.config ?? {};
    const image = this.#images.find(config.image?.image ?? "");
    if (image === undefined) throw new CriError("NotFound", `no image ${config.image?.image}`);
    const named = config.image?.userSpecifiedImage ?? image.repoTags![0]!;
    const container: SimulatedContainer = {
      id: this.#newId(),
      sandbox,
      config,
      behaviour: this.#images.behaviour(named),
      imageId: image.id!,
      createdAt: this.#nanoseconds(),
      state: "CONTAINER_CREATED",
      startedAt: 0,
      finishedAt: 0,
      exitCode: 0,
      reason: "",
      timer: undefined,
    };
    this.#containers.set(container.id, container);
    this.#emit(container.id, "CONTAINER_CREATED_EVENT", sandbox);
    return { containerId: container.id };
  }

  async startContainer(request: cri.StartContainerRequest): Promise<cri.StartContainerResponse> {
    this.#count("StartContainer");
    const container = this.#container(request.containerId);
    await this.#take(this.#delays.startMs);
    const { behaviour } = container;
    if (behaviour.startError !== undefined) {
      this.#finish(container, 128, "StartError");
      throw new CriError("Unknown", behaviour.startError);
    }
    container.state = "CONTAINER_RUNNING";
    container.startedAt = this.#nanoseconds();
    for (const line of behaviour.logs ?? []) this.#log(container, line);
    if (behaviour.exitAfterMs !== undefined) {
      const code = behaviour.exitCode ?? 0;
      container.timer = this.#deps.clock.schedule(behaviour.exitAfterMs, () =>
        this.#finish(container, code, code === 0 ? "Completed" : "Error"),
      );
    }
    this.#emit(container.id, "CONTAINER_STARTED_EVENT", container.sandbox);
    return {};
  }

  async stopContainer(request: cri.StopContainerRequest): Promise<cri.StopContainerResponse> {
    this.#count("StopContainer");
    const container = this.#containers.get(request.containerId ?? "");
    if (container?.state !== "CONTAINER_RUNNING") return {};
    const graceMs = (request.timeout ?? 0) * 1000;
    const needsMs = container.behaviour.stopAfterMs ?? 0;
    const killed = needsMs > graceMs;
    await this.#take(Math.min(needsMs, graceMs));
    if (container.state === "CONTAINER_RUNNING")
      this.#finish(container, killed ? 137 : 0, killed ? "Error" : "Completed");
    return {};
  }

  async removeContainer(request: cri.RemoveContainerRequest): Promise<cri.RemoveContainerResponse> {
    this.#count("RemoveContainer");
    const container = this.#containers.get(request.containerId ?? "");
    if (container === undefined) return {};
    if (container.state === "CONTAINER_RUNNING") this.#finish(container, 137, "Error");
    this.#containers.delete(container.id);
    this.#emit(container.id, "CONTAINER_DELETED_EVENT", container.sandbox);
    return {};
  }

  async listContainers(request: cri.ListContainersRequest): Promise<cri.ListContainersResponse> {
    const wanted = request.filter;
    const containers = [...this.#containers.values()]
      .filter(container => !wanted?.id || container.id === wanted.id)
      .filter(container => !wanted?.podSandboxId || container.sandbox.id === wanted.podSandboxId)
      .filter(container => !wanted?.state || container.state === wanted.state.state)
      .filter(container => hasLabels(container.config.labels, wanted?.labelSelector))
      .map(container => ({ ...this.#containerStatus(container), podSandboxId: container.sandbox.id }));
    return { containers };
  }

  async containerStatus(request: cri.ContainerStatusRequest): Promise<cri.ContainerStatusResponse> {
    return { status: this.#containerStatus(this.#container(request.containerId)), info: {} };
  }

  async updateContainerResources(): Promise<cri.UpdateContainerResourcesResponse> {
    this.#count("UpdateContainerResources");
    return {};
  }

  async reopenContainerLog(): Promise<cri.ReopenContainerLogResponse> {
    return {};
  }

  async execSync(request: cri.ExecSyncRequest): Promise<cri.ExecSyncResponse> {
    this.#count("ExecSync");
    const container = this.#container(request.containerId);
    if (container.state !== "CONTAINER_RUNNING")
      throw new CriError("FailedPrecondition", "the container is not running");
    const answer = container.behaviour.exec?.(request.cmd ?? [], container.id) ?? { exitCode: 0 };
    return {
      exitCode: answer.exitCode,
      stdout: new TextEncoder().encode(answer.stdout ?? ""),
      stderr: new Uint8Array(),
    };
  }

  exec(): Promise<cri.ExecResponse> {
    throw new CriError("Unimplemented", "a simulated container has no streams");
  }

  attach(): Promise<cri.AttachResponse> {
    throw new CriError("Unimplemented", "a simulated container has no streams");
  }

  portForward(): Promise<cri.PortForwardResponse> {
    throw new CriError("Unimplemented", "a simulated sandbox has no network");
  }

  async containerStats(request: cri.ContainerStatsRequest): Promise<cri.ContainerStatsResponse> {
    return { stats: this.#stats(this.#container(request.containerId)) };
  }

  async listContainerStats(): Promise<cri.ListContainerStatsResponse> {
    return { stats: [...this.#containers.values()].map(container => this.#stats(container)) };
  }

  async podSandboxStats(request: cri.PodSandboxStatsRequest): Promise<cri.PodSandboxStatsResponse> {
    const { stats } = await this.listPodSandboxStats({ filter: { id: request.podSandboxId } });
    return stats?.[0] === undefined ? {} : { stats: stats[0] };
  }

  async listPodSandboxStats(request: cri.ListPodSandboxStatsRequest): Promise<cri.ListPodSandboxStatsResponse> {
    const stats = [...this.#sandboxes.values()]
      .filter(sandbox => !request.filter?.id || sandbox.id === request.filter.id)
      .map(sandbox => ({
        attributes: { id: sandbox.id, metadata: sandbox.config.metadata, labels: sandbox.config.labels },
        linux: { containers: this.#containersOf(sandbox).map(container => this.#stats(container)) },
      }));
    return { stats };
  }

  async updateRuntimeConfig(request: cri.UpdateRuntimeConfigRequest): Promise<cri.UpdateRuntimeConfigResponse> {
    this.#count("UpdateRuntimeConfig");
    this.#podCidr = request.runtimeConfig?.networkConfig?.podCidr || this.#podCidr;
    this.#networkReady = true;
    return {};
  }

  async runtimeConfig(): Promise<cri.RuntimeConfigResponse> {
    return { linux: { cgroupDriver: "CGROUPFS" } };
  }

  getContainerEvents(_request: cri.GetEventsRequest, context: CallContext): AsyncIterable<cri.ContainerEventResponse> {
    return this.#events.read(context.signal);
  }

  #finish(container: SimulatedContainer, exitCode: number, reason: string): void {
    container.timer?.cancel();
    container.state = "CONTAINER_EXITED";
    container.startedAt ||= this.#nanoseconds();
    container.finishedAt = this.#nanoseconds();
    container.exitCode = exitCode;
    container.reason = reason;
    this.#emit(container.id, "CONTAINER_STOPPED_EVENT", container.sandbox);
  }

  #emit(containerId: string, containerEventType: cri.ContainerEventType, sandbox: Sandbox): void {
    this.#events.push({
      containerId,
      containerEventType,
      createdAt: this.#nanoseconds(),
      podSandboxStatus: this.#sandboxStatus(sandbox),
      containersStatuses: this.#containersOf(sandbox).map(container => this.#containerStatus(container)),
    });
  }

  #sandboxStatus(sandbox: Sandbox): cri.PodSandboxStatus {
    return {
      id: sandbox.id,
      metadata: sandbox.config.metadata,
      state: sandbox.ready ? "SANDBOX_READY" : "SANDBOX_NOTREADY",
      createdAt: sandbox.createdAt,
      labels: sandbox.config.labels,
      annotations: sandbox.config.annotations,
      network: { ip: sandbox.ip },
      linux: { namespaces: { options: sandbox.config.linux?.securityContext?.namespaceOptions } },
      runtimeHandler: "",
    };
  }

  #containerStatus(container: SimulatedContainer): cri.ContainerStatus {
    return {
      id: container.id,
      metadata: container.config.metadata,
      state: container.state,
      createdAt: container.createdAt,
      startedAt: container.startedAt,
      finishedAt: container.finishedAt,
      exitCode: container.exitCode,
      reason: container.reason,
      message: "",
      image: { image: container.config.image?.userSpecifiedImage ?? container.config.image?.image },
      imageRef: container.imageId,
      imageId: container.imageId,
      labels: container.config.labels,
      annotations: container.config.annotations,
      mounts: container.config.mounts,
      logPath: `${container.sandbox.config.logDirectory ?? ""}/${container.config.logPath ?? ""}`,
      resources: { linux: container.config.linux?.resources },
      user: {
        linux: { uid: container.config.linux?.securityContext?.runAsUser?.value ?? 0, gid: 0, supplementalGroups: [0] },
      },
    };
  }

  #stats(container: SimulatedContainer): cri.ContainerStats {
    const timestamp = this.#nanoseconds();
    return {
      attributes: { id: container.id, metadata: container.config.metadata, labels: container.config.labels },
      cpu: { timestamp, usageCoreNanoSeconds: { value: 0 }, usageNanoCores: { value: 0 } },
      memory: { timestamp, workingSetBytes: { value: 0 }, usageBytes: { value: 0 }, rssBytes: { value: 0 } },
      writableLayer: { timestamp, usedBytes: { value: 0 }, inodesUsed: { value: 0 } },
    };
  }

  #log(container: SimulatedContainer, line: string): void {
    const path = `${container.sandbox.config.logDirectory ?? ""}/${container.config.logPath ?? ""}`;
    const time = new Date(this.#deps.clock.now()).toISOString().replace("Z", "000000Z");
    this.#deps.writeLog?.(path, `${time} stdout F ${line}\n`);
  }

  #container(id: string | undefined): SimulatedContainer {
    const found = this.#containers.get(id ?? "");
    if (found === undefined) throw new CriError("NotFound", `no container ${id}`);
    return found;
  }

  #containersOf(sandbox: Sandbox): SimulatedContainer[] {
    return [...this.#containers.values()].filter(container => container.sandbox === sandbox);
  }

  /** The next address of the range that no sandbox has; round and round, so that one is not used again at once. */
  #takeAddress(): string {
    const [base = "10.244.0.0", bits = "24"] = this.#podCidr.split("/");
    const start = base.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
    const size = Math.max(1, 2 ** (32 - Number(bits)) - 3);
    const taken = new Set([...this.#sandboxes.values()].map(({ ip }) => ip));
    for (let tries = 0; tries < size; tries++) {
      const address = start + 2 + ((this.#nextAddress++ - 2) % size);
      const text = [24, 16, 8, 0].map(shift => Math.floor(address / 2 ** shift) % 256).join(".");
      if (!taken.has(text)) return text;
    }
    throw new CriError("ResourceExhausted", `no address is left in ${this.#podCidr}`);
  }

  #newId(): string {
    return `${randomUuid(this.#deps.random)}${randomUuid(this.#deps.random)}`.replaceAll("-", "");
  }

  /** CRI's times; beyond 2^53 the last digits are lost, which is below a microsecond. */
  #nanoseconds(): number {
    return this.#deps.clock.now() * 1e6;
  }

  #take(ms: number): Promise<void> {
    return ms > 0 ? this.#deps.clock.sleep(ms) : Promise.resolve();
  }

  #count(call: string): void {
    this.calls.set(call, (this.calls.get(call) ?? 0) + 1);
  }
}

function hasLabels(
  labels: Readonly<Record<string, string>> | undefined,
  wanted: Readonly<Record<string, string>> | undefined,
): boolean {
  return Object.entries(wanted ?? {}).every(([key, value]) => labels?.[key] === value);
}

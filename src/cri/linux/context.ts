import { join } from "node:path";
import type { Clock } from "#base/clock.ts";
import { messageOf } from "#base/error-message.ts";
import type { Helper } from "#base/helper.ts";
import type { Log } from "#base/log.ts";
import type { Random } from "#base/random.ts";
import type { Recorder, Subject } from "#journey/span.ts";
import type * as cri from "../protocol/messages.ts";
import { type CallContext, CriError } from "../services.ts";
import type { Cgroups } from "./cgroups.ts";
import type { ContainerEvents } from "./events.ts";
import type { FetcherProcessOptions } from "./images/fetcher-process.ts";
import type { ImageStore } from "./images/image-store.ts";
import type { MountPoints } from "./mount-points.ts";
import { type ContainerRecord, type SandboxRecord, saveRecord } from "./records.ts";

export interface LinuxRuntimeDeps {
  readonly helper: Helper;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly recorder: Recorder;
}

export interface LinuxRuntimeOptions {
  /** The node's name. */
  readonly node: string;
  /** On disk: the containers' writable layers. */
  readonly root: string;
  /** On tmpfs if possible: records, bundles, pins, exit codes. Short: unix sockets lie in it. */
  readonly stateFolder: string;
  /** The images, shared by the nodes of a cluster; `<root>/images` when left out. */
  readonly imageRoot?: string;
  /** Cgroup path above the pods' own, such as `/k8ts-dev/node-1`. */
  readonly cgroupParent: string;
  /** The node's pod addresses; may come later by UpdateRuntimeConfig. */
  readonly podCidr?: string;
  readonly cniBinFolder?: string;
  readonly runtimePath?: string;
  readonly conmonPath?: string;
  /** Of the pods' links: 1500 when left out. */
  readonly mtu?: number;
  /** How registries are reached when not over the node's own network. */
  readonly fetcher?: FetcherProcessOptions;
}

/** A sandbox in this process: its record and what is under way. */
export interface Sandbox {
  readonly record: SandboxRecord;
  /** Resolves when the network is there; rejects when it could not be made. */
  network: Promise<void>;
  /** Set while the sandbox is being torn down. */
  stopping?: Promise<void>;
}

export interface Container {
  readonly record: ContainerRecord;
  /** Resolves once the container has exited and its record says so. */
  readonly exited: PromiseWithResolvers<void>;
  /** Set while runc starts it, and never rejected: runc fails when what it starts is deleted under its hands. */
  starting?: Promise<void>;
  /** Set once runc has let go of it and its root is unmounted. */
  released?: Promise<void>;
}

/** What every call of the runtime works on. */
export interface RuntimeContext extends LinuxRuntimeDeps {
  readonly options: Required<Omit<LinuxRuntimeOptions, "podCidr" | "fetcher">>;
  podCidr: string | undefined;
  readonly paths: RuntimePaths;
  readonly images: ImageStore;
  readonly mountPoints: MountPoints;
  readonly cgroups: Cgroups;
  /** What this process may hand on to a container. */
  readonly availableCapabilities: readonly string[];
  readonly events: ContainerEvents;
  readonly sandboxes: Map<string, Sandbox>;
  readonly containers: Map<string, Container>;
}

/** Where things lie: one place for all paths. */
export class RuntimePaths {
  readonly state: string;
  readonly root: string;
  constructor(state: string, root: string) {
    this.state = state;
    this.root = root;
  }
  get sandboxes(): string {
    return join(this.state, "sandboxes");
  }
  get containers(): string {
    return join(this.state, "containers");
  }
  get exits(): string {
    return join(this.state, "exits");
  }
  get runc(): string {
    return join(this.state, "runc");
  }
  get ipam(): string {
    return join(this.state, "ipam");
  }
  get streams(): string {
    return join(this.state, "streams");
  }
  get runtimeConfig(): string {
    return join(this.state, "runtime-config.json");
  }
  get relayProgram(): string {
    return join(this.state, "relay.pl");
  }
  get layers(): string {
    return join(this.root, "containers");
  }
  get mountPoints(): string {
    return join(this.root, "mount-points");
  }
  sandbox(id: string, file = ""): string {
    return join(this.sandboxes, id, file);
  }
  container(id: string, file = ""): string {
    return join(this.containers, id, file);
  }
  layer(id: string, file = ""): string {
    return join(this.layers, id, file);
  }
}

/** 64 hexadecimal digits, as other runtimes name sandboxes and containers. */
export function newId(random: Random): string {
  return Buffer.from(random.bytes(32)).toString("hex");
}

export function nanoseconds(clock: Clock): number {
  return Math.round(clock.now() * 1e6);
}

/** The sandbox of an id or of an unambiguous beginning of one. */
export function findSandbox(context: RuntimeContext, id: string | undefined): Sandbox {
  return byId(context.sandboxes, id, "pod sandbox");
}

export function findContainer(context: RuntimeContext, id: string | undefined): Container {
  return byId(context.containers, id, "container");
}

function byId<T>(map: ReadonlyMap<string, T>, id: string | undefined, what: string): T {
  if (!id) throw new CriError("InvalidArgument", `the ${what}'s id is missing`);
  const found = map.get(id);
  if (found !== undefined) return found;
  const matching = [...map.keys()].filter(key => key.startsWith(id));
  if (matching.length === 1) return map.get(matching[0]!)!;
  throw new CriError("NotFound", `there is no ${what} ${id}`);
}

export function saveSandbox({ paths }: RuntimeContext, { record }: Sandbox): void {
  saveRecord(paths.sandbox(record.id, "sandbox.json"), record);
}

export function saveContainer({ paths }: RuntimeContext, { record }: Container): void {
  saveRecord(paths.container(record.id, "container.json"), record);
}

export function subjectOf(metadata: cri.PodSandboxMetadata | undefined): Subject {
  return {
    resource: "pods",
    namespace: metadata?.namespace ?? "",
    name: metadata?.name ?? "",
    ...(metadata?.uid ? { uid: metadata.uid } : {}),
  };
}

export interface SpanHead {
  readonly component: "cri" | "cni" | "oci";
  readonly name: string;
  readonly call: CallContext;
  readonly subject?: Subject;
  readonly attributes?: Readonly<Record<string, string | number | boolean>>;
}

/** Runs `step` and records how long it took, and why it failed when it did. */
export async function measured<T>(context: RuntimeContext, head: SpanHead, step: () => Promise<T>): Promise<T> {
  const { clock, recorder, options } = context;
  const { call, ...rest } = head;
  const startMs = clock.now();
  const start = clock.monotonic();
  const record = (error?: unknown) =>
    recorder.record({
      ...rest,
      node: options.node,
      startMs,
      durationMs: clock.monotonic() - start,
      ...(call.cause === undefined ? {} : { cause: call.cause }),
      ...(error === undefined ? {} : { error: messageOf(error) }),
    });
  try {
    const result = await step();
    record();
    return result;
  } catch (error) {
    record(error);
    throw error;
  }
}

/** Runs a command that must succeed. */
export async function runOrThrow(
  context: Pick<RuntimeContext, "helper">,
  argv: readonly string[],
  options: Parameters<Helper["run"]>[1] = {},
): Promise<string> {
  const { exitCode, stdout, stderr } = await context.helper.run(argv, options);
  if (exitCode !== 0) {
    throw new CriError(
      "Unknown",
      `${argv[0]} ended with ${exitCode}: ${(stderr.trim() || stdout.trim()).slice(-2000)}`,
    );
  }
  return stdout;
}

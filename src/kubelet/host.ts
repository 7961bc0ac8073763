import type { HttpClient } from "#base/http-client.ts";

/**
 * Everything a kubelet does to its machine, beside the container runtime. Paths are absolute, in the mount namespace
 * of the node. Implementations: `host/linux-host.ts` (real), `simulation/runtime/simulated-host.ts` (in memory).
 */
export interface KubeletHost {
  readonly machine: MachineInfo;
  readonly files: HostFiles;
  readonly mounts: HostMounts;
  readonly cgroups: HostCgroups;
  readonly network: HostNetwork;
  diskUsage(path: string): Promise<DiskUsage>;
  memoryAvailableBytes(): Promise<number>;
}

export interface MachineInfo {
  readonly cpus: number;
  readonly memoryBytes: number;
  readonly kernelVersion: string;
  /** PRETTY_NAME of os-release. */
  readonly osImage: string;
  /** As Go names them: amd64, arm64. */
  readonly architecture: string;
  readonly machineId: string;
  readonly systemUuid: string;
  readonly bootId: string;
  readonly hostname: string;
}

export type FileType = "file" | "folder" | "link" | "socket" | "characterDevice" | "blockDevice" | "other";

export interface FileOwner {
  readonly uid?: number;
  readonly gid?: number;
}

/** Absence is no error: readers answer undefined (or an empty list), `remove` of nothing succeeds. */
export interface HostFiles {
  read(path: string): Promise<Uint8Array | undefined>;
  /** At most `length` bytes from `offset`; empty at the end; undefined when the file is gone. */
  readRange(path: string, offset: number, length: number): Promise<Uint8Array | undefined>;
  /** Bytes of the file; undefined when it is gone. */
  size(path: string): Promise<number | undefined>;
  write(path: string, bytes: Uint8Array, options: { mode: number } & FileOwner): Promise<void>;
  /** With parents. An existing folder is kept as it is. */
  makeFolder(path: string, mode: number): Promise<void>;
  /** Changes mode and owner of one file or folder. */
  setAttributes(path: string, attributes: { mode?: number } & FileOwner): Promise<void>;
  /** Gives every file below (and the folder itself) the group, group read and write, and folders the set-gid bit. */
  grantGroup(path: string, gid: number, options: { readOnly: boolean }): Promise<void>;
  /** A folder goes with all below it, but never through a mount point: unmount first. */
  remove(path: string): Promise<void>;
  /** Names in the folder, sorted. */
  list(path: string): Promise<readonly string[]>;
  rename(from: string, to: string): Promise<void>;
  symlink(target: string, path: string): Promise<void>;
  readLink(path: string): Promise<string | undefined>;
  /** Follows links. */
  type(path: string): Promise<FileType | undefined>;
  /** Calls back after the file or its folder's entry changed; may call more often than needed. */
  watch(path: string, changed: () => void): Disposable;
}

export interface HostMounts {
  tmpfs(path: string, options: { sizeBytes?: number; mode: number }): Promise<void>;
  /**
   * Binds `root`/`subPath` onto `target` (made if needed), never following a link out of `root`; a `subPath` that does
   * not exist becomes a folder unless `readOnly`. Throws {@link UnsafePathError}.
   */
  bindSubPath(root: string, subPath: string, target: string, options: { readOnly: boolean }): Promise<void>;
  /** Undoes all mounts at and below the path, lazily where busy. */
  unmountAll(path: string): Promise<void>;
  isMounted(path: string): Promise<boolean>;
}

export class UnsafePathError extends Error {
  override readonly name = "UnsafePathError";
}

export interface CgroupLimits {
  readonly cpuShares?: number;
  readonly cpuQuotaUs?: number;
  readonly cpuPeriodUs?: number;
  readonly memoryBytes?: number;
  readonly pids?: number;
}

/** Cgroup paths as the kernel names them, `/k8ts/node1/kubepods/burstable/pod...`; v1 and v2 alike. */
export interface HostCgroups {
  /** Makes the group with its parents, or changes its limits. */
  apply(path: string, limits: CgroupLimits): Promise<void>;
  remove(path: string): Promise<void>;
  /** Undefined when there is no such group. */
  usage(path: string): Promise<CgroupUsage | undefined>;
}

export interface CgroupUsage {
  readonly cpuNanoseconds: number;
  readonly memoryBytes: number;
  readonly workingSetBytes: number;
  readonly rssBytes: number;
  readonly processes: number;
}

/** The network as seen from the node's own namespace. */
export interface HostNetwork {
  /** One GET, certificates unchecked, redirects within the host followed. The body is cut at 10 KiB. Throws when there was no answer. */
  httpGet(request: HttpProbeRequest): Promise<{ readonly status: number; readonly body: string }>;
  tcpConnect(host: string, port: number, options: ConnectOptions): Promise<void>;
  /** grpc.health.v1: the serving status, `SERVING` when healthy. Throws when the call failed. */
  grpcHealth(host: string, port: number, service: string, options: ConnectOptions): Promise<string>;
  /** For the runtime's streaming server, whose addresses CRI hands out. */
  httpClient(url: string): HttpClient;
}

export interface ConnectOptions {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

export interface HttpProbeRequest extends ConnectOptions {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface DiskUsage {
  readonly capacityBytes: number;
  readonly availableBytes: number;
  readonly inodes: number;
  readonly inodesFree: number;
}

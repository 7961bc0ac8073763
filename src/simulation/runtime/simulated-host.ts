import type { HttpClient } from "#base/http-client.ts";

export interface SimulatedHostOptions {
  readonly cpus?: number;
  readonly memoryBytes?: number;
  readonly diskBytes?: number;
  readonly hostname?: string;
  /** Answers HTTP probes, by URL; without it every probe is answered 200. */
  readonly httpGet?: (url: string) => { status: number; body: string } | undefined;
  /** Answers TCP probes; without it every port is open. */
  readonly tcpOpen?: (host: string, port: number) => boolean;
}

type Entry =
  | { readonly type: "folder" }
  | { readonly type: "file"; bytes: Uint8Array }
  | { readonly type: "link"; target: string };

/**
 * A machine in memory: what a kubelet needs of its host (the shape of `kubelet/host.ts`), without owners and modes,
 * which nothing in a simulated world asks for.
 */
export function createSimulatedHost(options: SimulatedHostOptions = {}) {
  const files = new MemoryFiles();
  const machine = machineOf(options);
  const diskBytes = options.diskBytes ?? 100 * 1024 ** 3;
  return {
    machine,
    files,
    mounts: mountsIn(files),
    cgroups: {
      async apply(): Promise<void> {},
      async remove(): Promise<void> {},
      usage: async () => undefined,
    },
    network: networkOf(options),
    diskUsage: async () => ({
      capacityBytes: diskBytes,
      availableBytes: diskBytes / 2,
      inodes: 1_000_000,
      inodesFree: 900_000,
    }),
    memoryAvailableBytes: async () => machine.memoryBytes / 2,
  };
}

export type SimulatedHost = ReturnType<typeof createSimulatedHost>;

function machineOf(options: SimulatedHostOptions) {
  return {
    cpus: options.cpus ?? 4,
    memoryBytes: options.memoryBytes ?? 8 * 1024 ** 3,
    kernelVersion: "6.1.0-simulated",
    osImage: "k8ts simulated world",
    architecture: "amd64",
    machineId: "00000000000000000000000000000001",
    systemUuid: "00000000-0000-4000-8000-000000000001",
    bootId: "00000000-0000-4000-8000-000000000002",
    hostname: options.hostname ?? "simulated",
  };
}

function mountsIn(files: MemoryFiles) {
  const mounted = new Set<string>();
  return {
    async tmpfs(path: string): Promise<void> {
      await files.makeFolder(path);
      mounted.add(path);
    },
    async bindSubPath(root: string, subPath: string, target: string): Promise<void> {
      if (subPath.split("/").includes("..")) throw new Error(`${subPath} leads out of the volume`);
      await files.makeFolder(target.slice(0, target.lastIndexOf("/")));
      await files.symlink(`${root}/${subPath}`, target);
      mounted.add(target);
    },
    async unmountAll(path: string): Promise<void> {
      for (const mount of [...mounted]) if (mount === path || mount.startsWith(`${path}/`)) mounted.delete(mount);
    },
    isMounted: async (path: string) => mounted.has(path),
  };
}

function networkOf(options: SimulatedHostOptions) {
  return {
    async httpGet({ url }: { readonly url: string }): Promise<{ status: number; body: string }> {
      const answer = options.httpGet === undefined ? { status: 200, body: "ok" } : options.httpGet(url);
      if (answer === undefined) throw new Error(`Get "${url}": connection refused`);
      return answer;
    },
    async tcpConnect(host: string, port: number): Promise<void> {
      if (options.tcpOpen?.(host, port) === false)
        throw new Error(`dial tcp ${host}:${port}: connect: connection refused`);
    },
    grpcHealth: async () => "SERVING",
    httpClient(url: string): HttpClient {
      throw new Error(`no simulated server at ${url}`);
    },
  };
}

class MemoryFiles {
  readonly #entries = new Map<string, Entry>();
  readonly #watchers = new Set<{ path: string; changed: () => void }>();

  async read(path: string): Promise<Uint8Array | undefined> {
    const entry = this.#entries.get(this.#resolve(path));
    return entry?.type === "file" ? entry.bytes : undefined;
  }

  async readRange(path: string, offset: number, length: number): Promise<Uint8Array | undefined> {
    return (await this.read(path))?.subarray(offset, offset + length);
  }

  async size(path: string): Promise<number | undefined> {
    return (await this.read(path))?.length;
  }

  async write(path: string, bytes: Uint8Array): Promise<void> {
    this.#entries.set(this.#resolve(path), { type: "file", bytes });
    this.#notify(path);
  }

  /** What a container writes. */
  append(path: string, text: string): void {
    const key = this.#resolve(path);
    const entry = this.#entries.get(key);
    const before = entry?.type === "file" ? entry.bytes : new Uint8Array();
    const more = new TextEncoder().encode(text);
    const bytes = new Uint8Array(before.length + more.length);
    bytes.set(before);
    bytes.set(more, before.length);
    this.#entries.set(key, { type: "file", bytes });
    this.#notify(path);
  }

  async makeFolder(path: string): Promise<void> {
    const parts = path.split("/");
    for (let count = 2; count <= parts.length; count++) {
      const folder = parts.slice(0, count).join("/");
      if (!this.#entries.has(folder)) this.#entries.set(folder, { type: "folder" });
    }
  }

  async setAttributes(): Promise<void> {}
  async grantGroup(): Promise<void> {}

  async remove(path: string): Promise<void> {
    for (const key of [...this.#entries.keys()])
      if (key === path || key.startsWith(`${path}/`)) this.#entries.delete(key);
    this.#notify(path);
  }

  async list(path: string): Promise<readonly string[]> {
    const folder = `${this.#resolve(path)}/`;
    const names = new Set<string>();
    for (const key of this.#entries.keys())
      if (key.startsWith(folder)) names.add(key.slice(folder.length).split("/")[0]!);
    return [...names].sort();
  }

  async rename(from: string, to: string): Promise<void> {
    for (const [key, entry] of [...this.#entries]) {
      if (key !== from && !key.startsWith(`${from}/`)) continue;
      this.#entries.delete(key);
      this.#entries.set(to + key.slice(from.length), entry);
    }
  }

  async symlink(target: string, path: string): Promise<void> {
    this.#entries.set(path, { type: "link", target });
  }

  async readLink(path: string): Promise<string | undefined> {
    const entry = this.#entries.get(path);
    return entry?.type === "link" ? entry.target : undefined;
  }

  async type(path: string): Promise<"file" | "folder" | "link" | undefined> {
    return this.#entries.get(this.#resolve(path))?.type;
  }

  watch(path: string, changed: () => void): Disposable {
    const watcher = { path, changed };
    this.#watchers.add(watcher);
    return { [Symbol.dispose]: () => void this.#watchers.delete(watcher) };
  }

  #notify(path: string): void {
    for (const watcher of this.#watchers) if (watcher.path === path) watcher.changed();
  }

  /** Follows links anywhere in the path; at most a few, for they may lead round. */
  #resolve(path: string): string {
    let resolved = path;
    for (let round = 0; round < 8; round++) {
      const next = this.#followOnce(resolved);
      if (next === resolved) return resolved;
      resolved = next;
    }
    return resolved;
  }

  #followOnce(path: string): string {
    const parts = path.split("/");
    for (let count = 2; count <= parts.length; count++) {
      const prefix = parts.slice(0, count).join("/");
      const entry = this.#entries.get(prefix);
      if (entry?.type !== "link") continue;
      const base = entry.target.startsWith("/")
        ? entry.target
        : `${parts.slice(0, count - 1).join("/")}/${entry.target}`;
      return [base, ...parts.slice(count)].join("/");
    }
    return path;
  }
}

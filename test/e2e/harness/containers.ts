import { readdir, readFile } from "node:fs/promises";
import { dirname } from "node:path";

/** Living processes by pid whose `file` in /proc says `mark`. */
async function processesWith(file: "cgroup" | "cmdline", mark: string): Promise<readonly number[]> {
  const pids = (await readdir("/proc")).filter(name => /^\d+$/.test(name));
  const found = await Promise.all(
    pids.map(async pid => {
      const [text, stat] = await Promise.all(
        [file, "stat"].map(each => readFile(`/proc/${pid}/${each}`, "utf8").catch(() => "")),
      );
      return text!.includes(mark) && stat !== "" && !/\) [ZX] /.test(stat!) ? Number(pid) : undefined;
    }),
  );
  return found.filter(pid => pid !== undefined);
}

/** `k8ts://0123...` as a Pod's status says it. */
const plainId = (containerId: string) => containerId.replace(/^.*:\/\//, "");

/** The first process of a container, by the pid it has on this machine. */
export async function containerPid(containerId: string): Promise<number> {
  for (const pid of await processesWith("cgroup", plainId(containerId))) {
    const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
    if (/^NSpid:.*\t1$/m.test(status)) return pid;
  }
  throw new Error(`container ${containerId} has no living first process`);
}

export async function killContainer(containerId: string): Promise<void> {
  process.kill(await containerPid(containerId), "SIGKILL");
}

/** The conmon that holds a container. */
export async function conmonPid(containerId: string): Promise<number> {
  const [pid] = await processesWith("cmdline", `\0--cid\0${plainId(containerId)}\0`);
  if (pid === undefined) throw new Error(`container ${containerId} has no living conmon`);
  return pid;
}

/** The first processes of all containers of a pod that live on this machine: with no copy, one for each container. */
export async function podContainerPids(podUid: string): Promise<readonly number[]> {
  const pids = await processesWith("cgroup", `pod${podUid}/`);
  const first = await Promise.all(
    pids.map(async pid =>
      /^NSpid:.*\t1$/m.test(await readFile(`/proc/${pid}/status`, "utf8").catch(() => "")) ? pid : undefined,
    ),
  );
  return first.filter(pid => pid !== undefined);
}

/** The kernel's group of a container, with its limits on v1 and v2 alike. */
export async function containerCgroup(containerId: string): Promise<Cgroup> {
  const text = await readFile(`/proc/${await containerPid(containerId)}/cgroup`, "utf8");
  const line = text.split("\n").find(each => /:(\S*,)?memory:|^0::\/k8ts-/.test(each))!;
  return new Cgroup(line.slice(line.lastIndexOf(":") + 1));
}

class Cgroup {
  readonly path: string;
  constructor(path: string) {
    this.path = path;
  }

  parent(): Cgroup {
    return new Cgroup(dirname(this.path));
  }

  async memoryLimitBytes(): Promise<number> {
    return Number(await this.#read("memory", "memory.limit_in_bytes", "memory.max"));
  }

  /** 0.5: half a core. */
  async cpuShareOfOne(): Promise<number> {
    const quota = await this.#read("cpu", "cpu.cfs_quota_us", "cpu.max");
    const [used, period] = quota.split(" ");
    return Number(used) / Number(period ?? (await this.#read("cpu", "cpu.cfs_period_us", "cpu.max")));
  }

  async #read(controller: string, v1: string, v2: string): Promise<string> {
    const own = (file: string) => readFile(file, "utf8").then(text => text.trim());
    return own(`/sys/fs/cgroup/${controller}${this.path}/${v1}`).catch(() => own(`/sys/fs/cgroup${this.path}/${v2}`));
  }
}

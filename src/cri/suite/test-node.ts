import { mkdtemp, readdir, readFile, rm, rmdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { type Helper, HelperError, type HelperResult, type HelperRunOptions } from "#base/helper.ts";
import { startHelper } from "#base/host/helper.ts";
import { systemClock } from "#base/host/system-clock.ts";
import { systemRandom } from "#base/host/system-random.ts";
import { silentLog } from "#base/log.ts";
import type { Span } from "#journey/span.ts";
import { importImage } from "../linux/images/import-archive.ts";
import { busyboxLayer, writeDockerArchive } from "../linux/images/test-images.ts";
import { createLinuxRuntime, type LinuxRuntime } from "../linux/runtime.ts";

/** A node of its own for a test: a folder, a network and a mount namespace, and a group above its containers. */
export interface TestNode extends AsyncDisposable {
  readonly folder: string;
  readonly helper: Helper;
  readonly spans: Span[];
  readonly runtime: LinuxRuntime;
  /** The next command that `fits` is as if the helper had died over it: it goes on, and its caller fails that much later. */
  loseHelper(fits: (words: readonly string[]) => boolean, afterMs: number, times?: number): void;
  /** Ends the runtime as a crash would and starts another on the same folders. */
  restart(): Promise<void>;
}

const applets = [
  "sh",
  "sleep",
  "echo",
  "cat",
  "id",
  "ls",
  "hostname",
  "nc",
  "true",
  "false",
  "stty",
  "head",
  "dd",
  "touch",
  "env",
  "kill",
  "ps",
  "mount",
  "tail",
  "pwd",
  "wc",
  "yes",
  "tr",
  "tty",
];

export async function startTestNode(name: string): Promise<TestNode> {
  const folder = await mkdtemp("/tmp/cri-");
  const helper = await startHelper({
    folder: join(folder, "helper"),
    enter: ["unshare", "--net", "--mount", "--propagation", "private"],
    log: silentLog,
  });
  await helper.run(["ip", "link", "set", "lo", "up"]);
  await helper.run(["sh", "-c", "echo 1 >/proc/sys/net/ipv4/ip_forward"]);
  const mortal = new MortalHelper(helper);
  const spans: Span[] = [];
  const start = () =>
    createLinuxRuntime(
      {
        helper: mortal,
        clock: systemClock(),
        random: systemRandom(),
        log: silentLog,
        recorder: { record: span => spans.push(span) },
      },
      {
        node: name,
        root: join(folder, "root"),
        stateFolder: join(folder, "s"),
        cgroupParent: `/${name}`,
      },
    );
  let runtime = await start();
  // As a kubelet does it, once: after a restart the runtime knows it by itself.
  await runtime.runtime.updateRuntimeConfig({ runtimeConfig: { networkConfig: { podCidr: "10.99.0.0/24" } } }, {});
  const archive = join(folder, "busybox.tar");
  await writeDockerArchive(archive, {
    tags: ["busybox:test"],
    layers: [await busyboxLayer(applets)],
    config: { Cmd: ["sh"], Env: ["PATH=/bin", "FROM=image"] },
  });
  await importImage(runtime.store, archive);
  return {
    folder,
    helper,
    spans,
    get runtime() {
      return runtime;
    },
    loseHelper: (fits, afterMs, times = 1) => mortal.loseAt(fits, afterMs, times),
    async restart() {
      await runtime[Symbol.asyncDispose]();
      runtime = await start();
    },
    async [Symbol.asyncDispose]() {
      for (const { id } of (await runtime.runtime.listPodSandbox({}, {})).items ?? []) {
        await runtime.runtime.removePodSandbox({ podSandboxId: id }, {});
      }
      await runtime[Symbol.asyncDispose]();
      await helper[Symbol.asyncDispose]();
      await removeGroups(name);
      await rm(folder, { recursive: true });
    },
  };
}

class MortalHelper implements Helper {
  readonly #helper: Helper;
  #loss: { readonly fits: (words: readonly string[]) => boolean; readonly afterMs: number; times: number } | undefined;

  constructor(helper: Helper) {
    this.#helper = helper;
  }

  loseAt(fits: (words: readonly string[]) => boolean, afterMs: number, times: number): void {
    this.#loss = { fits, afterMs, times };
  }

  run(argv: readonly string[], options?: HelperRunOptions): Promise<HelperResult> {
    return this.#answer(this.#helper.run(argv, options), argv);
  }

  runScript(script: string, words: readonly string[], options?: HelperRunOptions): Promise<HelperResult> {
    return this.#answer(this.#helper.runScript(script, words, options), words);
  }

  async #answer(result: Promise<HelperResult>, words: readonly string[]): Promise<HelperResult> {
    const loss = this.#loss;
    if (!loss?.fits(words)) return result;
    if (--loss.times === 0) this.#loss = undefined;
    result.catch(() => undefined);
    await setTimeout(loss.afterMs);
    throw new HelperError("the helper ended");
  }

  async [Symbol.asyncDispose](): Promise<void> {} // Whoever started the helper ends it.
}

/** The groups above the pods' are the kubelet's, which this test stands for: it takes them away, if they are empty. */
async function removeGroups(name: string): Promise<void> {
  for (const controller of await readdir("/sys/fs/cgroup")) {
    for (const group of [`${name}/kubepods`, name]) {
      await rmdir(join("/sys/fs/cgroup", controller, group)).catch(() => undefined);
    }
  }
}

/** Whatever of a node is still on the machine: groups, mounts of this namespace, processes whose command names its folder. */
export async function remains(name: string, folder: string): Promise<string[]> {
  const found: string[] = [];
  for (const controller of await readdir("/sys/fs/cgroup")) {
    const entries = await readdir(join("/sys/fs/cgroup", controller)).catch(() => [] as string[]);
    if (entries.includes(name)) found.push(`group ${controller}/${name}`);
  }
  const mounts = await readFile("/proc/self/mounts", "utf8");
  found.push(...mounts.split("\n").filter(line => line.includes(folder)));
  for (const pid of (await readdir("/proc")).filter(entry => /^\d+$/.test(entry))) {
    const command = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
    if (command.includes(folder)) found.push(`process ${pid} ${command.replaceAll("\0", " ")}`);
  }
  return found;
}

import { mkdtemp, readdir, readFile, rm, rmdir } from "node:fs/promises";
import { join } from "node:path";
import type { Helper } from "#base/helper.ts";
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
  const spans: Span[] = [];
  const start = () =>
    createLinuxRuntime(
      {
        helper,
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

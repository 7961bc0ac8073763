import { readdir, readFile, readlink } from "node:fs/promises";
import { join } from "node:path";
import { output } from "./run.ts";

/** What of this machine a cluster changes, as lines that can be compared. */
export type MachineState = Readonly<Record<string, readonly string[]>>;

/** Where a container stack is apt to leave files. */
const folders = [
  "/run/k8ts",
  "/var/lib/k8ts",
  "/run/netns",
  "/run/runc",
  "/run/conmon",
  "/run/containers",
  "/var/lib/cni",
  "/var/lib/kubelet",
  "/var/log/pods",
  "/var/log/containers",
  "/etc/cni",
];

/**
 * Everything at this moment. Clusters in `except` (others that live on this machine meanwhile) are left out, by the names
 * and ranges that their records hold.
 */
export async function machineState(except: readonly string[] = []): Promise<MachineState> {
  const foreign = (await Promise.all(except.map(marks))).flat();
  // Groups that the runtime's own suite makes, and looks after, when somebody runs it at the same time.
  foreign.push(/\/k8ts-test-\d+/);
  if (except.length > 0) foreign.push(/^\/(run|var\/lib)\/k8ts$/);
  const own = (lines: readonly string[]) =>
    lines.filter(line => line !== "" && !foreign.some(mark => mark.test(line))).sort();
  const lines = async (...argv: readonly string[]) => own((await output(argv)).split("\n"));
  return {
    processes: own(await processes()),
    namespaces: own(await pinnedNamespaces()),
    interfaces: await lines("ip", "-o", "-br", "link", "show").then(found => found.map(line => line.split(/\s+/)[0]!)),
    addresses: await lines("ip", "-o", "-4", "-br", "address", "show"),
    routes: await lines("ip", "-4", "route", "show", "table", "all"),
    rules: await lines("ip", "rule", "show"),
    mounts: own(
      (await readFile("/proc/self/mountinfo", "utf8")).split("\n").map(line => line.split(" ").slice(3).join(" ")),
    ),
    tables: await lines("nft", "list", "tables"),
    cgroups: own(await cgroups()),
    files: own((await Promise.all(folders.map(entries))).flat()),
  };
}

/** The clusters that are on this machine besides `own`. */
export async function otherClusters(own: readonly string[]): Promise<readonly string[]> {
  const names = await Promise.all(["/run/k8ts", "/var/lib/k8ts"].map(folder => readdir(folder).catch(() => [])));
  return [...new Set(names.flat().map(name => name.replace(/\.lock$/, "")))].filter(name => !own.includes(name));
}

async function marks(cluster: string): Promise<readonly RegExp[]> {
  const named = [`/k8ts/${cluster}`, `k8ts-${cluster}`, `k8s-${cluster}`];
  const text = await readFile(`/var/lib/k8ts/${cluster}/cluster.json`, "utf8").catch(() => undefined);
  const { plan } = text === undefined ? {} : JSON.parse(text);
  const planned = plan && [plan.hostLink, plan.nodeSubnet.replace(/\.0\/24$/, ""), `proto ${plan.routeProtocol}`];
  return [...named, ...(planned ?? [])].map(
    mark => new RegExp(`${mark.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&")}(?![a-z0-9-])`),
  );
}

/** Processes of clusters: by what they were started with, or by their cgroup. */
async function processes(): Promise<readonly string[]> {
  const pids = (await readdir("/proc")).filter(name => /^\d+$/.test(name));
  const found = await Promise.all(
    pids.map(async pid => {
      const [command, groups, stat] = await Promise.all(
        ["cmdline", "cgroup", "stat"].map(file => readFile(`/proc/${pid}/${file}`, "utf8").catch(() => "")),
      );
      const isDead = /\) [ZX] /.test(stat!);
      const group = /\/(k8ts-[^\n]*)/.exec(groups!)?.[1];
      const isOurs = group !== undefined || /\/(run|var\/lib)\/k8ts\//.test(command!);
      return isOurs && !isDead ? `${pid} ${group ?? ""} ${command!.replaceAll("\0", " ").trim()}` : "";
    }),
  );
  return found;
}

async function pinnedNamespaces(): Promise<readonly string[]> {
  const text = await readFile("/proc/self/mountinfo", "utf8");
  return text.split("\n").filter(line => line.includes(" - nsfs "));
}

async function cgroups(): Promise<readonly string[]> {
  const root = "/sys/fs/cgroup";
  const found: string[] = [];
  for (const entry of await readdir(root, { withFileTypes: true })) {
    if (!entry.isDirectory()) continue;
    found.push(join(root, entry.name));
    for (const name of await readdir(join(root, entry.name)).catch(() => []))
      if (name.includes("k8ts")) found.push(join(root, entry.name, name));
  }
  return found;
}

async function entries(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder).catch(() => undefined);
  if (names === undefined) return [];
  const target = await readlink(folder).catch(() => "");
  return [`${folder} ${target}`.trim(), ...names.map(name => join(folder, name))];
}

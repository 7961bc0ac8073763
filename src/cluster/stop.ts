import { readdir, rm, rmdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { killCgroup } from "./cgroups.ts";
import { removeClusterKubeconfig } from "./kubeconfig.ts";
import { deleteNetwork } from "./network.ts";
import { type ClusterPaths, clusterPaths, runRoot, stateRoot } from "./paths.ts";
import type { ClusterRecord } from "./plan.ts";
import { stopProcess } from "./processes.ts";
import { agentName } from "./programs.ts";

/** Ends only the API server, scheduler and controllers; containers, traffic and kubelets go on. */
export async function stopControlPlane(record: ClusterRecord): Promise<void> {
  await stopProcess(clusterPaths(record.config.name), "server");
}

/** Ends everything that runs; what is stored stays, as when the machine is switched off. */
export async function stopCluster(record: ClusterRecord): Promise<void> {
  const { config, plan } = record;
  const paths = clusterPaths(config.name);
  const names = ["server", ...plan.nodes.map(node => agentName(node.name))];
  await Promise.all(names.map(name => stopProcess(paths, name)));
  await killCgroup(plan.cgroup);
  await deleteNetwork(plan, paths);
}

/** Ends one node: its agent and its containers. */
export async function stopNode(record: ClusterRecord, name: string): Promise<void> {
  const node = record.plan.nodes.find(each => each.name === name)!;
  await stopProcess(clusterPaths(record.config.name), agentName(name));
  await killCgroup(node.cgroup);
}

/** Leaves nothing of the cluster on this machine. */
export async function deleteCluster(record: ClusterRecord): Promise<void> {
  const paths = clusterPaths(record.config.name);
  await stopCluster(record);
  await removeClusterKubeconfig(record.config.name);
  await removeState(paths);
  // Shared by clusters: gone with the last one, otherwise not empty and left alone.
  for (const folder of [runRoot, stateRoot]) await rmdir(folder).catch(() => undefined);
}

/** The record goes last: a `down` that is cut off is found by the next one. */
async function removeState(paths: ClusterPaths): Promise<void> {
  const names = await readdir(paths.state).catch(() => []);
  const others = names.filter(name => name !== basename(paths.record));
  await Promise.all(others.map(name => rm(join(paths.state, name), { recursive: true, force: true })));
  await rm(paths.state, { recursive: true, force: true });
}

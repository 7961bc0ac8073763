import { rm, rmdir } from "node:fs/promises";
import { killCgroup } from "./cgroups.ts";
import { removeClusterKubeconfig } from "./kubeconfig.ts";
import { deleteNetwork } from "./network.ts";
import { clusterPaths, runRoot, stateRoot } from "./paths.ts";
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
  await rm(paths.state, { recursive: true, force: true });
  // Shared by clusters: gone with the last one, otherwise not empty and left alone.
  for (const folder of [runRoot, stateRoot]) await rmdir(folder).catch(() => undefined);
}

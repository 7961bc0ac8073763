import { mkdir } from "node:fs/promises";
import { connectAsAdmin } from "./api-access.ts";
import { killCgroup } from "./cgroups.ts";
import type { ClusterConfig } from "./config.ts";
import { createIssuer, ensureAdminCredentials, ensureCredentials } from "./credentials.ts";
import { UserError } from "./error.ts";
import { writeClusterKubeconfig } from "./kubeconfig.ts";
import { lockMachine } from "./lock.ts";
import { checkMachine, installPackages, missingPackages } from "./machine.ts";
import {
  createFirstPins,
  createNetwork,
  createNodeNetwork,
  deleteNetwork,
  isAnythingLeft,
  isNetworkReady,
  isNodeNetworkReady,
  readRoutes,
} from "./network.ts";
import { labelNodes } from "./node-labels.ts";
import { type ClusterPaths, clusterPaths } from "./paths.ts";
import { type ClusterPlan, type ClusterRecord, type NodePlan, planCluster } from "./plan.ts";
import { isRunning, startProcess } from "./processes.ts";
import { agentName, agentProcess, type Programs, serverProcess } from "./programs.ts";
import type { Progress } from "./progress.ts";
import { clusterNames, readRecord, writeRecord } from "./record.ts";
import { waitForDns, waitForNodes, waitForServer } from "./wait.ts";

const serverTimeoutMs = 60_000;
const nodesTimeoutMs = 90_000;
const dnsTimeoutMs = 30_000;

export interface StartOptions {
  readonly programs: Programs;
  readonly progress: Progress;
  /** Fills the image store; called beside the rest. */
  readonly seedImages: (imageFolder: string) => Promise<void>;
}

/**
 * Makes the cluster be there and usable. Every step looks first at what stands already, so that it may be cut off
 * anywhere and called again: a network without its end mark is taken down and made anew, processes that run are left.
 * The API server is what everything else waits for: it starts as soon as it has a place, and loads while the certificates
 * and the rest of the network are made.
 */
export async function startCluster(record: ClusterRecord, options: StartOptions): Promise<void> {
  const { progress, programs } = options;
  const { config, plan } = record;
  const paths = clusterPaths(config.name);
  await writeRecord(record);
  const isStanding = await ensureServersPlace(config, plan, paths);
  await startProcess(paths, await serverProcess(record, paths, programs));
  const issuer = createIssuer(config.name, paths);
  const admin = ensureAdminCredentials(issuer);
  admin.catch(() => undefined); // Awaited below.
  await Promise.all([
    progress.step("network", () =>
      isStanding ? ensureNodeNetworks(config, plan, paths) : createNetwork(config, plan, paths),
    ),
    progress.step("certificates", () => ensureCredentials(issuer, config, plan, paths)),
  ]);
  await admin;
  const http = await connectAsAdmin(plan, paths);
  try {
    await progress.step("API server", () => waitForServer(http, paths, serverTimeoutMs));
    // Not before: they would take the processors from the server, and without it they can do nothing.
    const started = await startAgents(record, paths, programs);
    const seeding = progress.step("images", () => seed(options, paths));
    seeding.catch(() => undefined); // Awaited below; this only keeps an early failure from being unhandled.
    await writeClusterKubeconfig(record, paths);
    await progress.step(plan.nodes.length === 1 ? "node Ready" : `${plan.nodes.length} nodes Ready`, async () => {
      await waitForNodes(http, plan.nodes, paths, { timeoutMs: nodesTimeoutMs, started });
      await labelNodes(http, plan.nodes);
    });
    await progress.step("cluster DNS", () => waitForDns(plan, plan.nodes, paths, dnsTimeoutMs));
    await seeding;
  } finally {
    await http[Symbol.asyncDispose]();
  }
}

/** Starts the agents that do not run: their nodes' names, each with the time before its start. */
async function startAgents(
  record: ClusterRecord,
  paths: ClusterPaths,
  programs: Programs,
): Promise<ReadonlyMap<string, number>> {
  const started = new Map<string, number>();
  const start = async (node: NodePlan) => {
    const beforeMs = Date.now();
    if (await startProcess(paths, await agentProcess(record, node, paths, programs))) started.set(node.name, beforeMs);
  };
  await Promise.all(record.plan.nodes.map(start));
  return started;
}

/** Decides the addresses of a new cluster and records them, one cluster after another: two never get the same. */
export async function prepareCluster(config: ClusterConfig, progress: Progress): Promise<ClusterRecord> {
  await using _lock = await lockMachine();
  const others = await Promise.all((await clusterNames()).map(readRecord));
  const plans = others.filter(record => record !== undefined).map(record => record.plan);
  const record: ClusterRecord = { format: 1, config, plan: planCluster(config, await readRoutes(), plans) };
  await writeRecord(record);
  progress.note(
    `Creating cluster "${config.name}" (${config.nodes.length} ${config.nodes.length === 1 ? "node" : "nodes"})`,
  );
  return record;
}

export async function ensureMachine(progress: Progress): Promise<void> {
  await checkMachine();
  const packages = await missingPackages();
  if (packages.length === 0) return;
  progress.note(`Installing Debian packages: ${packages.join(" ")}`);
  await progress.step("packages", () => installPackages(packages));
  const still = await missingPackages();
  if (still.length > 0) throw new UserError(`still missing after their installation: ${still.join(", ")}`);
}

async function seed(options: StartOptions, paths: ClusterPaths): Promise<void> {
  await mkdir(paths.images, { recursive: true, mode: 0o700 });
  await options.seedImages(paths.images);
}

/**
 * Makes sure of a network namespace for the API server, and says whether the whole network stands. What is left of one
 * that was cut off goes first, with a server that had started in it; that agents run there is for a person to decide.
 */
async function ensureServersPlace(config: ClusterConfig, plan: ClusterPlan, paths: ClusterPaths): Promise<boolean> {
  if (await isNetworkReady(paths)) return true;
  const agents = await Promise.all(plan.nodes.map(node => isRunning(paths, agentName(node.name))));
  if (agents.includes(true))
    throw new UserError(`cluster "${config.name}" is half gone: run k8ts stop --name ${config.name}, then start`);
  await killCgroup(plan.cgroup);
  if (await isAnythingLeft(plan, paths)) await deleteNetwork(plan, paths);
  await createFirstPins(plan, paths);
  return false;
}

/** Adding a node may have been cut off: its network is made anew, but never under a running agent. */
async function ensureNodeNetworks(config: ClusterConfig, plan: ClusterPlan, paths: ClusterPaths): Promise<void> {
  for (const node of plan.nodes) {
    if ((await isNodeNetworkReady(paths, node)) || (await isRunning(paths, agentName(node.name)))) continue;
    await createNodeNetwork(config, plan, paths, node);
  }
}

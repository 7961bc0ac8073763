import { rm } from "node:fs/promises";
import { isDeepStrictEqual } from "node:util";
import type { HttpClient } from "#base/http-client.ts";
import { answersOk, connectAsAdmin } from "./api-access.ts";
import type { NodeConfig } from "./config.ts";
import { createIssuer, ensureNodeCredentials, removeNodeCredentials } from "./credentials.ts";
import { UserError } from "./error.ts";
import { createNodeNetwork, deleteNodeNetwork, isNetworkReady, isNodeNetworkReady } from "./network.ts";
import { labelNodes } from "./node-labels.ts";
import { nodeNameProblem } from "./node-settings.ts";
import { type ClusterPaths, clusterPaths } from "./paths.ts";
import { type ClusterRecord, type NodePlan, requireNode, withNode, withoutNode } from "./plan.ts";
import { logFiles, startProcess } from "./processes.ts";
import { agentName, agentProcess, agentStateFiles, type Programs } from "./programs.ts";
import type { Progress } from "./progress.ts";
import { writeRecord } from "./record.ts";
import { stopNode } from "./stop.ts";
import { waitForDns, waitForNodes } from "./wait.ts";

const readyTimeoutMs = 60_000;
const dnsTimeoutMs = 30_000;

export interface AddNodeOptions {
  readonly programs: Programs;
  readonly progress: Progress;
}

/**
 * Adds a node to a running cluster and waits until it is Ready. The plan is written first, so that a try that was cut
 * off is finished by the same command, or by the cluster's next start.
 */
export async function addNode(
  record: ClusterRecord,
  settings: NodeConfig,
  { programs, progress }: AddNodeOptions,
): Promise<NodePlan> {
  const paths = clusterPaths(record.config.name);
  await using http = await connectToRunning(record, paths);
  const grown = growPlan(record, settings);
  const node = requireNode(grown, settings.name);
  await writeRecord(grown);
  await progress.step("certificates", () => ensureNodeCredentials(createIssuer(grown.config.name, paths), node));
  await progress.step("network", async () => {
    if (await isNodeNetworkReady(paths, node)) return;
    await createNodeNetwork(grown.config, grown.plan, paths, node);
  });
  const beforeMs = Date.now();
  const isStarted = await startProcess(paths, await agentProcess(grown, node, paths, programs));
  const started = new Map(isStarted ? [[node.name, beforeMs]] : []);
  await progress.step("node Ready", async () => {
    await waitForNodes(http, [node], paths, { timeoutMs: readyTimeoutMs, started });
    await labelNodes(http, [node]);
  });
  await progress.step("cluster DNS", () => waitForDns(grown.plan, [node], paths, dnsTimeoutMs));
  return node;
}

/** Starts a node that was stopped, of a cluster that is not. */
export async function startNode(record: ClusterRecord, name: string, programs: Programs): Promise<void> {
  const { config, plan } = record;
  const node = requireNode(record, name);
  const paths = clusterPaths(config.name);
  if (!(await isNetworkReady(paths)))
    throw new UserError(`cluster "${config.name}" is stopped: start it with ${startCommand(config.name)}`);
  if (!(await isNodeNetworkReady(paths, node))) await createNodeNetwork(config, plan, paths, node);
  await startProcess(paths, await agentProcess(record, node, paths, programs));
}

/** The cluster with the node; the same cluster when it has exactly that node already. */
function growPlan(record: ClusterRecord, settings: NodeConfig): ClusterRecord {
  const problem = nodeNameProblem(settings.name);
  if (problem !== undefined) throw new UserError(problem);
  const existing = record.plan.nodes.find(node => node.name === settings.name);
  if (existing === undefined) return withNode(record, settings);
  const { role, labels, taints } = existing;
  if (isDeepStrictEqual({ name: existing.name, role, labels, taints }, settings)) return record;
  throw new UserError(`cluster "${record.config.name}" has a node "${settings.name}" already, with other settings`);
}

/**
 * Takes a node out of a running cluster: its containers, its Node object and all that it had on this machine. Its pods
 * go as those of any node that left; those of a controller come back elsewhere. Cut off anywhere, it can be run again.
 */
export async function removeNode(record: ClusterRecord, name: string): Promise<void> {
  const node = requireNode(record, name);
  if (node.role === "control-plane")
    throw new UserError(`"${name}" is the control-plane node: only k8ts down removes that`);
  const paths = clusterPaths(record.config.name);
  await using http = await connectToRunning(record, paths);
  await stopNode(record, name);
  await deleteNodeObject(http, name);
  await deleteNodeNetwork(paths, node);
  await removeNodeCredentials(paths, name);
  const files = [...agentStateFiles(paths, name), ...logFiles(paths, agentName(name))];
  for (const file of files) await rm(file, { recursive: true, force: true });
  await writeRecord(withoutNode(record, name));
}

async function connectToRunning({ config, plan }: ClusterRecord, paths: ClusterPaths): Promise<HttpClient> {
  const http = (await isNetworkReady(paths)) ? await connectAsAdmin(plan, paths) : undefined;
  if (http !== undefined && (await answersOk(http, "/readyz"))) return http;
  await http?.[Symbol.asyncDispose]();
  throw new UserError(
    `the API server of cluster "${config.name}" does not answer: start it with ${startCommand(config.name)}`,
  );
}

function startCommand(cluster: string): string {
  return cluster === "k8ts" ? "k8ts start" : `k8ts start --name ${cluster}`;
}

async function deleteNodeObject(http: HttpClient, name: string): Promise<void> {
  const response = await http.request({ method: "DELETE", target: `/api/v1/nodes/${name}`, timeoutMs: 10_000 });
  const body = await response.readAll();
  if (response.status !== 200 && response.status !== 404)
    throw new UserError(`node ${name} could not be deleted: ${new TextDecoder().decode(body).slice(0, 300)}`);
}

import { join } from "node:path";
import type { AgentProcessConfig, ServerProcessConfig } from "#base/process-config.ts";
import { apiPort, serverUrl } from "./api-access.ts";
import { hostPin } from "./network.ts";
import type { ClusterPaths } from "./paths.ts";
import type { ClusterRecord, NodePlan } from "./plan.ts";
import { type SupervisedProcess, writePrivateFile } from "./processes.ts";

/** How to run this build of k8ts: `[node, ...flags, FOLDER/server.js]`. */
export interface Programs {
  readonly node: string;
  /** Holds server.js and agent.js. */
  readonly folder: string;
  readonly compileCache: string | undefined;
}

const clusterDomain = "cluster.local";
/**
 * MiB of a young generation. An agent does little at a time; under load a server's requests die young in 16 MiB, which in
 * 4 MiB would be copied and kept (a sixth of the processor time of a GET).
 */
const semiSpaceMib = { "server.js": 16, "agent.js": 4 } as const;

export const agentName = (node: string) => `agent-${node}`;

export async function serverProcess(
  record: ClusterRecord,
  paths: ClusterPaths,
  programs: Programs,
): Promise<SupervisedProcess> {
  const { config, plan } = record;
  const node = plan.nodes[0]!;
  const content: ServerProcessConfig = {
    cluster: config.name,
    node: node.name,
    advertiseAddress: node.address,
    port: apiPort,
    dataFolder: join(paths.state, "server"),
    certificatesFolder: paths.certificates,
    podSubnet: config.podSubnet,
    serviceSubnet: config.serviceSubnet,
    dnsServiceIp: plan.dnsServiceIp,
    clusterDomain,
    nodePortFrom: config.nodePortFrom,
    nodePortTo: config.nodePortTo,
  };
  const file = join(paths.state, "server.json");
  await writePrivateFile(file, JSON.stringify(content, undefined, 2));
  return {
    name: "server",
    node: node.name,
    cgroup: `${plan.cgroup}/server`,
    inside: "network",
    argv: command(programs, "server.js", file),
  };
}

export async function agentProcess(
  record: ClusterRecord,
  node: NodePlan,
  paths: ClusterPaths,
  programs: Programs,
): Promise<SupervisedProcess> {
  const { config, plan } = record;
  const isFirst = plan.nodes[0]!.name === node.name;
  const content: AgentProcessConfig = {
    cluster: config.name,
    node: node.name,
    nodeIp: node.address,
    serverUrl: serverUrl(plan),
    certificatesFolder: paths.certificates,
    dataFolder: nodeDataFolder(paths, node.name),
    runFolder: join(paths.run, node.name),
    imageFolder: paths.images,
    cgroupParent: node.cgroup,
    podSubnet: config.podSubnet,
    serviceSubnet: config.serviceSubnet,
    dnsServiceIp: plan.dnsServiceIp,
    clusterDomain,
    egress: config.egress,
    labels: Object.fromEntries(Object.entries(node.labels).filter(([key]) => !isReservedLabel(key))),
    taints: node.taints,
    hostNetworkPin: hostPin(paths),
    ...(isFirst && { host: { networkPin: hostPin(paths), table: plan.hostTable } }),
  };
  const file = agentConfigFile(paths, node.name);
  await writePrivateFile(file, JSON.stringify(content, undefined, 2));
  return {
    name: agentName(node.name),
    node: node.name,
    cgroup: node.cgroup,
    inside: "all",
    argv: command(programs, "agent.js", file),
  };
}

const nodeDataFolder = (paths: ClusterPaths, node: string) => join(paths.state, "nodes", node);
const agentConfigFile = (paths: ClusterPaths, node: string) => join(paths.state, `agent-${node}.json`);

/** What of an agent survives a restart of the machine. */
export function agentStateFiles(paths: ClusterPaths, node: string): readonly string[] {
  return [nodeDataFolder(paths, node), agentConfigFile(paths, node)];
}

/**
 * Labels of Kubernetes' own domains say what a node is trusted with: a kubelet may not give them to itself (admission
 * plugin NodeRestriction), so they are set by the administrator once the Node is there.
 */
export function isReservedLabel(key: string): boolean {
  const domain = key.includes("/") ? key.slice(0, key.indexOf("/")) : "";
  return /(^|\.)(kubernetes|k8s)\.io$/.test(domain);
}

/** A clean environment: what the user's shell had is no business of a cluster that outlives it. */
function command(programs: Programs, entry: keyof typeof semiSpaceMib, configFile: string): readonly string[] {
  const environment = ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C.UTF-8"];
  if (programs.compileCache !== undefined) environment.push(`NODE_COMPILE_CACHE=${programs.compileCache}`);
  return [
    "env",
    "-i",
    ...environment,
    programs.node,
    `--max-semi-space-size=${semiSpaceMib[entry]}`,
    "--disable-warning=ExperimentalWarning",
    join(programs.folder, entry),
    "--config",
    configFile,
  ];
}

import type { HttpClient } from "#base/http-client.ts";
import { answersOk, connectAsAdmin, getJson, serverUrl } from "./api-access.ts";
import { readLocalPorts } from "./network.ts";
import { type ClusterPaths, clusterPaths } from "./paths.ts";
import type { ClusterPlan, ClusterRecord } from "./plan.ts";
import { isRunning } from "./processes.ts";
import { agentName } from "./programs.ts";
import { readyNodes } from "./wait.ts";

export interface ClusterStatus {
  readonly name: string;
  readonly server: string;
  readonly controlPlane: "ready" | "starting" | "stopped";
  readonly nodes: readonly NodeStatus[];
  readonly pods?: { readonly running: number; readonly total: number };
  /** NodePorts that answer at the nodes' addresses, but whose `localhost:PORT` is another's. */
  readonly portsNotOnLocalhost?: readonly number[];
}

export interface NodeStatus {
  readonly name: string;
  readonly address: string;
  readonly agent: "running" | "stopped";
  /** undefined: the API server could not be asked. */
  readonly ready?: boolean;
}

interface PodList {
  readonly items: readonly { readonly status?: { readonly phase?: string } }[];
}

interface ServiceList {
  readonly items: readonly { readonly spec: { readonly ports?: readonly ServicePort[] } }[];
}

interface ServicePort {
  readonly protocol?: string;
  readonly nodePort?: number;
}

/** What can be seen of a cluster from outside. */
export async function clusterStatus(record: ClusterRecord): Promise<ClusterStatus> {
  const { config, plan } = record;
  const paths = clusterPaths(config.name);
  const serverRuns = await isRunning(paths, "server");
  const agents = await Promise.all(plan.nodes.map(node => isRunning(paths, agentName(node.name))));
  const http = serverRuns ? await connectIfMade(plan, paths) : undefined;
  const isReady = http !== undefined && (await answersOk(http, "/readyz"));
  const ready = isReady ? await readyNodes(http) : undefined;
  const pods = isReady ? await getJson<PodList>(http, "/api/v1/pods") : undefined;
  const services = isReady ? await getJson<ServiceList>(http, "/api/v1/services") : undefined;
  await http?.[Symbol.asyncDispose]();
  return {
    name: config.name,
    server: serverUrl(plan),
    controlPlane: isReady ? "ready" : serverRuns ? "starting" : "stopped",
    nodes: plan.nodes.map((node, index) => ({
      name: node.name,
      address: node.address,
      agent: agents[index] ? "running" : "stopped",
      ...(ready !== undefined && { ready: ready.has(node.name) }),
    })),
    ...(pods !== undefined && {
      pods: { running: pods.items.filter(pod => pod.status?.phase === "Running").length, total: pods.items.length },
    }),
    ...(services !== undefined && { portsNotOnLocalhost: missingPorts(services, await readLocalPorts(plan)) }),
  };
}

/** Undefined while a cluster has no certificates: `up` starts its server before they are made. */
export async function connectIfMade(plan: ClusterPlan, paths: ClusterPaths): Promise<HttpClient | undefined> {
  try {
    return await connectAsAdmin(plan, paths);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/** NodePorts without an element in the host's map, which holds `tcp . 30599 : ADDRESS`. Pure. */
export function missingPorts(services: ServiceList, localPorts: string): readonly number[] {
  const isMapped = ({ protocol = "TCP", nodePort }: ServicePort) =>
    new RegExp(`\\b${protocol.toLowerCase()} \\. ${nodePort} :`).test(localPorts);
  const ports = services.items.flatMap(({ spec }) => spec.ports ?? []);
  const missing = ports.filter(port => port.nodePort && port.protocol !== "SCTP" && !isMapped(port));
  return missing.map(port => port.nodePort!).sort((a, b) => a - b);
}

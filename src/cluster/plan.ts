import { createHash } from "node:crypto";
import { type ClusterConfig, maxNodes, type NodeConfig } from "./config.ts";
import { UserError } from "./error.ts";
import { addressAt, clashingRoute, freeNodeSubnet, freeRouteProtocol, type Route } from "./ranges.ts";

/** Addresses of the /24, counted from its first. */
const firstNodeAddress = 11;
const lastNodeAddress = 254;

/** What `up` decided once and keeps: addresses and names on this machine. */
export interface ClusterPlan {
  /** The /24 of the nodes; .1 is the host, .11 the first node. */
  readonly nodeSubnet: string;
  readonly hostAddress: string;
  /** The host's link and its nftables table. */
  readonly hostLink: string;
  readonly hostTable: string;
  /** Marks this cluster's guard routes. */
  readonly routeProtocol: number;
  readonly cgroup: string;
  readonly dnsServiceIp: string;
  readonly nodes: readonly NodePlan[];
  /** How many nodes there have ever been: an address never comes back as another node's. */
  readonly nodesMade: number;
}

/** A node as it was asked for, with its place on this machine. */
export interface NodePlan extends NodeConfig {
  readonly address: string;
  /** The node's port on the switch: at most 15 characters. */
  readonly link: string;
  readonly cgroup: string;
}

export interface ClusterRecord {
  readonly format: 1;
  readonly config: ClusterConfig;
  readonly plan: ClusterPlan;
}

/**
 * Chooses addresses and names for a new cluster. What `others` have is theirs also while they are stopped and no route
 * shows it. Throws UserError where a range is taken.
 */
export function planCluster(
  config: ClusterConfig,
  routes: readonly Route[],
  others: readonly ClusterPlan[] = [],
): ClusterPlan {
  for (const [what, range] of [
    ["podSubnet", config.podSubnet],
    ["serviceSubnet", config.serviceSubnet],
  ] as const) {
    const clash = clashingRoute(range, routes);
    if (clash !== undefined)
      throw new UserError(
        `${what} ${range} is in use: the host routes ${clash.dst} to ${clash.dev ?? clash.gateway}; choose another in the config file`,
      );
  }
  if (clashingRoute(config.podSubnet, [{ dst: config.serviceSubnet }]) !== undefined)
    throw new UserError(
      `podSubnet ${config.podSubnet} and serviceSubnet ${config.serviceSubnet} overlap: choose ranges apart`,
    );
  const reserved = others.map(plan => ({ dst: plan.nodeSubnet, protocol: String(plan.routeProtocol) }));
  const nodeSubnet = freeNodeSubnet([...routes, ...reserved]);
  const routeProtocol = freeRouteProtocol([...routes, ...reserved]);
  if (nodeSubnet === undefined || routeProtocol === undefined)
    throw new UserError("no /24 of 198.18.0.0/15 is free on this machine: take a cluster down (k8ts ls)");
  const cgroup = `k8ts-${config.name}`;
  return {
    nodeSubnet,
    hostAddress: addressAt(nodeSubnet, 1),
    hostLink: linkName(config.name),
    hostTable: `k8ts-${config.name}`,
    routeProtocol,
    cgroup,
    dnsServiceIp: addressAt(config.serviceSubnet, 10),
    nodes: config.nodes.map((node, index) => planNode({ nodeSubnet, cgroup }, node, index)),
    nodesMade: config.nodes.length,
  };
}

/** The node made after `before` others. */
function planNode(
  { nodeSubnet, cgroup }: Pick<ClusterPlan, "nodeSubnet" | "cgroup">,
  node: NodeConfig,
  before: number,
): NodePlan {
  return {
    ...node,
    address: addressAt(nodeSubnet, firstNodeAddress + before),
    link: `n${before + 1}`,
    cgroup: `${cgroup}/${node.name}`,
  };
}

/** The cluster with one node more. Throws UserError where none fits. */
export function withNode(record: ClusterRecord, node: NodeConfig): ClusterRecord {
  const { plan } = record;
  if (plan.nodes.length >= maxNodes)
    throw new UserError(`${plan.nodes.length} nodes are the most that fit in a cluster`);
  if (firstNodeAddress + plan.nodesMade > lastNodeAddress)
    throw new UserError(
      `no address of ${plan.nodeSubnet} is left: ${plan.nodesMade} nodes had one already; make a new cluster`,
    );
  const nodes = [...plan.nodes, planNode(plan, node, plan.nodesMade)];
  return { ...record, plan: { ...plan, nodes, nodesMade: plan.nodesMade + 1 } };
}

export function withoutNode(record: ClusterRecord, name: string): ClusterRecord {
  const { plan } = record;
  return { ...record, plan: { ...plan, nodes: plan.nodes.filter(node => node.name !== name) } };
}

/** A node of the cluster. Throws UserError naming those that there are. */
export function requireNode({ config, plan }: ClusterRecord, name: string): NodePlan {
  const node = plan.nodes.find(each => each.name === name);
  if (node !== undefined) return node;
  throw new UserError(
    `cluster "${config.name}" has no node "${name}": it has ${plan.nodes.map(each => each.name).join(", ")}`,
  );
}

/** `k8s-NAME` as far as an interface name reaches; longer names end in a hash, so that two never meet. */
export function linkName(cluster: string): string {
  const plain = `k8s-${cluster}`;
  if (plain.length <= 15) return plain;
  return `k8s-${cluster.slice(0, 6)}${createHash("sha256").update(cluster).digest("hex").slice(0, 5)}`;
}

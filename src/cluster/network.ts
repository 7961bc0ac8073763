import { access, rm } from "node:fs/promises";
import { join } from "node:path";
import type { ClusterConfig } from "./config.ts";
import type { ClusterPaths } from "./paths.ts";
import type { ClusterPlan, NodePlan } from "./plan.ts";
import type { Route } from "./ranges.ts";
import { run, script, word } from "./shell.ts";

/** Behind every real route, so that a guard only catches what nothing else takes. */
const guardMetric = 40_200;

export async function readRoutes(): Promise<readonly Route[]> {
  const { stdout } = await run(["ip", "-j", "-N", "route", "show", "table", "all"]);
  const routes = JSON.parse(stdout || "[]") as (Route & { table?: string; type?: string })[];
  return routes
    .filter(
      route =>
        route.dst !== undefined &&
        !["local", "broadcast", "multicast", "2", "3", "5"].includes(route.type ?? "") &&
        !route.dst.includes(":"),
    )
    .map(route => (route.type === "7" ? { ...route, type: "unreachable" } : route));
}

/** The host's own network namespace, for what agents do there. */
export const hostPin = (paths: ClusterPaths) => join(paths.pins, "host");

/** Puts one more node on the switch, taking away what an earlier try may have left of it. */
export async function createNodeNetwork(
  config: ClusterConfig,
  plan: ClusterPlan,
  paths: ClusterPaths,
  node: NodePlan,
): Promise<void> {
  const parts = [
    removeNodeScript(paths, node),
    nodePinsScript(paths, node),
    nodeLinksScript(config, plan, paths, node),
  ];
  await script(`making the network of ${node.name}`, parts.join("\n"));
}

/** Takes one node off the switch. The processes inside must be gone. */
export async function deleteNodeNetwork(paths: ClusterPaths, node: NodePlan): Promise<void> {
  await script(`removing the network of ${node.name}`, removeNodeScript(paths, node));
  await rm(join(paths.run, node.name), { recursive: true, force: true });
}

export function isNodeNetworkReady(paths: ClusterPaths, node: NodePlan): Promise<boolean> {
  return exists(nodeReadyFile(paths, node));
}

/** Written last when a node's namespaces stand. */
const nodeReadyFile = (paths: ClusterPaths, node: NodePlan) => join(paths.pins, `${node.name}.ready`);

function removeNodeScript(paths: ClusterPaths, node: NodePlan): string {
  const pin = join(paths.pins, node.name);
  return `
rm -f ${word(nodeReadyFile(paths, node))}
nsenter --net=${word(paths.pins)}/switch ip link del ${node.link} 2>/dev/null || :
for pin in ${word(`${pin}.net`)} ${word(`${pin}.mnt`)}; do umount "$pin" 2>/dev/null || :; rm -f "$pin"; done`;
}

/**
 * The first part of a cluster's network, where nothing is left of an earlier one: the pins' private tmpfs and the
 * namespaces of the control-plane node. The API server can start there while {@link createNetwork} makes the rest. A
 * node's mounts are those of the moment it is made: the host's network, which its agent enters, is pinned before.
 */
export async function createFirstPins(plan: ClusterPlan, paths: ClusterPaths): Promise<void> {
  const text = `
mkdir -p ${word(paths.run)}
mount --make-private -t tmpfs -o size=64m,mode=711 k8ts ${word(paths.run)}
mkdir ${word(paths.pins)}
: >${word(hostPin(paths))}; mount --bind /proc/self/ns/net ${word(hostPin(paths))}
${nodePinsScript(paths, plan.nodes[0]!)}`;
  await script("making the first node's namespaces", text);
}

/**
 * Builds the cluster's network upon {@link createFirstPins}: guards, the switch in a namespace of its own, one host link,
 * and a pair of network and mount namespaces a node. One script, because each command alone would cost its start.
 */
export async function createNetwork(config: ClusterConfig, plan: ClusterPlan, paths: ClusterPaths): Promise<void> {
  const parts = [
    switchScript(config, plan, paths),
    ...plan.nodes.slice(1).map(node => nodePinsScript(paths, node)),
    ...plan.nodes.map(node => nodeLinksScript(config, plan, paths, node)),
    hostTableScript(config, plan, paths),
    `: >${word(paths.networkReady)}`,
  ];
  await script("making the network", parts.join("\n"));
}

function switchScript(config: ClusterConfig, plan: ClusterPlan, paths: ClusterPaths): string {
  const guards = [config.podSubnet, config.serviceSubnet, plan.nodeSubnet]
    .map(
      range =>
        `route replace unreachable ${range} metric ${guardMetric + plan.routeProtocol} proto ${plan.routeProtocol}`,
    )
    .join("\n");
  return `
: >${word(paths.pins)}/switch
unshare --net=${word(paths.pins)}/switch sh -c 'cd /proc/sys/net/bridge 2>/dev/null || exit 0; for f in ip ip6 arp; do echo 0 >bridge-nf-call-\${f}tables; done'
ip -batch - <<'END'
${guards}
link add ${plan.hostLink} type veth peer name host netns ${paths.pins}/switch
addr add ${plan.hostAddress}/24 dev ${plan.hostLink}
link set ${plan.hostLink} up
END
nsenter --net=${word(paths.pins)}/switch ip -batch - <<'END'
link set lo up
link add br0 type bridge forward_delay 0 stp_state 0
link set br0 up
link set host master br0 up
END`;
}

/** The node's namespaces, with nothing in them. */
function nodePinsScript(paths: ClusterPaths, node: NodePlan): string {
  const pin = `${paths.pins}/${node.name}`;
  return `
: >${word(`${pin}.net`)}; : >${word(`${pin}.mnt`)}
mkdir -p ${word(`${paths.run}/${node.name}`)}
unshare --net=${word(`${pin}.net`)} --mount=${word(`${pin}.mnt`)} --propagation private sh -c 'cd /proc/sys/net/ipv4
  echo 1 >ip_forward; echo 0 >conf/all/rp_filter; echo 0 >conf/default/rp_filter; echo 0 >icmp_ratelimit
  [ ! -e /proc/sys/net/bridge/bridge-nf-call-iptables ] || echo 1 >/proc/sys/net/bridge/bridge-nf-call-iptables'`;
}

/** Puts the node on the switch. */
function nodeLinksScript(config: ClusterConfig, plan: ClusterPlan, paths: ClusterPaths, node: NodePlan): string {
  const pin = `${paths.pins}/${node.name}`;
  const away =
    config.egress === "nat"
      ? `route add default via ${plan.hostAddress}`
      : `route add unreachable default metric ${guardMetric}`;
  return `
nsenter --net=${word(paths.pins)}/switch ip -batch - <<'END'
link add ${node.link} type veth peer name eth0 netns ${pin}.net
link set ${node.link} master br0 up
END
nsenter --net=${word(`${pin}.net`)} ip -batch - <<'END'
link set lo up
addr add ${node.address}/24 dev eth0
link set eth0 up
${away}
route add unreachable ${config.podSubnet} metric ${guardMetric}
route add ${config.serviceSubnet} dev eth0 src ${node.address}
addr add ${plan.dnsServiceIp}/32 dev lo
END
: >${word(nodeReadyFile(paths, node))}`;
}

/** The host's part: `localhost:NODEPORT` leads into the cluster; with egress nat, pods reach what the host reaches. */
function hostTableScript(config: ClusterConfig, plan: ClusterPlan, paths: ClusterPaths): string {
  const link = plan.hostLink;
  const nat = config.egress === "nat" ? `\n  ip saddr ${plan.nodeSubnet} oifname != "${link}" masquerade` : "";
  return `
echo 1 >/proc/sys/net/ipv4/conf/${link}/route_localnet
${config.egress === "nat" ? forwardingScript(link, paths) : ""}
nft -f - <<'END'
table ip ${plan.hostTable} {
 map localports { type inet_proto . inet_service : ipv4_addr; }
 chain output { type nat hook output priority -100; policy accept; ip daddr 127.0.0.1 dnat to meta l4proto . th dport map @localports; }
 chain postrouting { type nat hook postrouting priority srcnat; policy accept;
  oifname "${link}" ip saddr 127.0.0.0/8 masquerade${nat}
 }
}
END`;
}

/**
 * Forwarding between this link and the way out, not for the host as a whole. What was changed of the host's own is
 * noted in the state folder, for {@link deleteNetwork} to put back.
 */
function forwardingScript(link: string, paths: ClusterPaths): string {
  return `echo 1 >/proc/sys/net/ipv4/conf/${link}/forwarding
way=$(ip -o route show default | sed -n 's/.* dev \\([^ ]*\\).*/\\1/p' | head -1)
if [ -n "$way" ] && [ "$(cat "/proc/sys/net/ipv4/conf/$way/forwarding")" = 0 ]; then
  echo "$way" >${word(forwardingNote(paths))}
  echo 1 >"/proc/sys/net/ipv4/conf/$way/forwarding"
fi`;
}

const forwardingNote = (paths: ClusterPaths) => `${paths.state}/forwarding`;

/** False where {@link deleteNetwork} would find nothing: its last act removes the folder that is made first. */
export async function isAnythingLeft(plan: ClusterPlan, paths: ClusterPaths): Promise<boolean> {
  const traces = [paths.run, `/sys/class/net/${plan.hostLink}`, forwardingNote(paths)];
  return (await Promise.all(traces.map(exists))).includes(true);
}

/** Takes away all that {@link createNetwork} made, also half of it. The processes inside must be gone. */
export async function deleteNetwork(plan: ClusterPlan, paths: ClusterPaths): Promise<void> {
  await script(
    "removing the network",
    `
ip link del ${plan.hostLink} 2>/dev/null || :
nft delete table ip ${plan.hostTable} 2>/dev/null || :
ip route flush proto ${plan.routeProtocol} 2>/dev/null || :
note=${word(forwardingNote(paths))}
if [ -e "$note" ]; then
  nft list tables 2>/dev/null | grep -q "ip k8ts-" || echo 0 >"/proc/sys/net/ipv4/conf/$(cat "$note")/forwarding" || :
  rm -f "$note"
fi
if mountpoint -q ${word(paths.run)}; then
  for pin in ${word(paths.pins)}/*; do [ ! -e "$pin" ] || umount "$pin" 2>/dev/null || :; done
  umount ${word(paths.run)} 2>/dev/null || umount -l ${word(paths.run)}
fi
rmdir ${word(paths.run)} 2>/dev/null || :`,
  );
}

/** The ports of the host's loopback that lead into the cluster, as nft prints them. */
export async function readLocalPorts(plan: ClusterPlan): Promise<string> {
  return (await run(["nft", "list", "map", "ip", plan.hostTable, "localports"])).stdout;
}

export function isNetworkReady(paths: ClusterPaths): Promise<boolean> {
  return exists(paths.networkReady);
}

const exists = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  );

/** The argv prefix that runs a command inside a node. */
export function enterNode(paths: ClusterPaths, node: string): readonly string[] {
  return ["nsenter", `--net=${paths.pins}/${node}.net`, `--mount=${paths.pins}/${node}.mnt`];
}

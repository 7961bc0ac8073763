import { age, orNone } from "../../columns.ts";
import { findCondition } from "../../meta/v1/find-condition.ts";
import type { Column } from "../../resource.ts";
import type { Node } from "./node.ts";

export const nodeColumns: readonly Column<Node>[] = [
  { name: "Status", type: "string", doc: "Whether the node takes and runs pods.", value: nodeStatusText },
  { name: "Roles", type: "string", doc: "Roles, from the node's labels.", value: nodeRoles },
  age,
  { name: "Version", type: "string", doc: "The kubelet's version.", value: node => info(node)?.kubeletVersion ?? "" },
  wide("Internal-IP", "Address within the cluster.", node => orNone(addressOf(node, "InternalIP"))),
  wide("External-IP", "Address from outside.", node => orNone(addressOf(node, "ExternalIP"))),
  wide("OS-Image", "The node's operating system.", node => info(node)?.osImage || "<unknown>"),
  wide("Kernel-Version", "The node's kernel.", node => info(node)?.kernelVersion || "<unknown>"),
  wide("Container-Runtime", "What runs the containers.", node => info(node)?.containerRuntimeVersion || "<unknown>"),
];

function wide(name: string, doc: string, value: (node: Node) => string): Column<Node> {
  return { name, type: "string", priority: 1, doc, value };
}

function info(node: Node) {
  return node.status?.nodeInfo;
}

function nodeStatusText(node: Node): string {
  const ready = findCondition(node.status?.conditions, "Ready");
  const status = ready === undefined ? "Unknown" : ready.status === "True" ? "Ready" : "NotReady";
  return node.spec?.unschedulable ? `${status},SchedulingDisabled` : status;
}

const rolePrefix = "node-role.kubernetes.io/";

function nodeRoles(node: Node): string {
  const roles = new Set<string>();
  for (const [key, value] of Object.entries(node.metadata.labels ?? {})) {
    if (key.startsWith(rolePrefix) && key.length > rolePrefix.length) roles.add(key.slice(rolePrefix.length));
    else if (key === "kubernetes.io/role" && value) roles.add(value);
  }
  return orNone([...roles].sort().join(","));
}

function addressOf(node: Node, type: string): string | undefined {
  return node.status?.addresses?.find(address => address.type === type)?.address;
}

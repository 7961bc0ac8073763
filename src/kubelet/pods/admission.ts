import type { Node } from "#api/core/v1/node.ts";
import { nodeFitsPod } from "#api/core/v1/node-affinity-match.ts";
import type { Pod } from "#api/core/v1/pod.ts";
import { podRequests } from "#api/core/v1/pod-requests.ts";
import { findUntoleratedTaint } from "#api/core/v1/tolerations.ts";
import { quantityMilliValue, quantityValue } from "#wire/quantity.ts";

export interface AdmissionInput {
  readonly pod: Pod;
  /** Pods of this node that were let in and are not over. */
  readonly others: readonly Pod[];
  readonly node: Node;
}

export interface Rejection {
  readonly reason: string;
  readonly message: string;
}

/** The node's own word on a pod that was bound to it: the scheduler may have seen an older state. */
export function admitPod(input: AdmissionInput): Rejection | undefined {
  return otherSystem(input) ?? outOfResources(input) ?? wrongNode(input) ?? portsTaken(input) ?? unwelcome(input);
}

function otherSystem({ pod }: AdmissionInput): Rejection | undefined {
  const { name = "linux" } = pod.spec.os ?? {};
  if (name === "linux") return undefined;
  return { reason: "PodOSNotSupported", message: "Failed to admit pod as the OS field doesn't match node OS" };
}

function outOfResources({ pod, others, node }: AdmissionInput): Rejection | undefined {
  const allocatable = node.status?.allocatable ?? {};
  const room = quantityValue(allocatable["pods"] ?? "0");
  if (others.length + 1 > room) return insufficient("pods", 1, others.length, room);
  for (const [name, text] of Object.entries(podRequests(pod))) {
    const amount = amountOf(name);
    const requested = amount(text);
    if (requested === 0) continue;
    const capacity = amount(allocatable[name] ?? "0");
    const used = others.reduce((sum, other) => sum + amount(podRequests(other)[name] ?? "0"), 0);
    if (requested + used > capacity) return insufficient(name, requested, used, capacity);
  }
  return undefined;
}

function amountOf(resource: string): (text: string) => number {
  return resource === "cpu" ? quantityMilliValue : quantityValue;
}

function insufficient(name: string, requested: number, used: number, capacity: number): Rejection {
  const message = `Node didn't have enough resource: ${name}, requested: ${requested}, used: ${used}, capacity: ${capacity}`;
  return { reason: `OutOf${name}`, message };
}

function wrongNode({ pod, node }: AdmissionInput): Rejection | undefined {
  if (nodeFitsPod(pod.spec, node)) return undefined;
  return {
    reason: "NodeAffinity",
    message: "Predicate NodeAffinity failed: node(s) didn't match Pod's node affinity/selector",
  };
}

function portsTaken({ pod, others }: AdmissionInput): Rejection | undefined {
  const taken = others.flatMap(hostPorts);
  const clash = hostPorts(pod).some(port => taken.some(other => overlaps(port, other)));
  if (!clash) return undefined;
  return {
    reason: "NodePorts",
    message: "Predicate NodePorts failed: node(s) didn't have free ports for the requested pod ports",
  };
}

/** Of taints only those that would also drive a running pod away: the others are the scheduler's business. */
function unwelcome({ pod, node }: AdmissionInput): Rejection | undefined {
  if (findUntoleratedTaint(node.spec?.taints, pod.spec.tolerations, ["NoExecute"]) === undefined) return undefined;
  return {
    reason: "TaintToleration",
    message: "Predicate TaintToleration failed: node(s) had taints that the pod didn't tolerate",
  };
}

interface HostPort {
  readonly ip: string;
  readonly protocol: string;
  readonly port: number;
}

function hostPorts(pod: Pod): HostPort[] {
  return pod.spec.containers.flatMap(container =>
    (container.ports ?? [])
      .filter(port => port.hostPort)
      .map(port => ({ ip: port.hostIP || anyAddress, protocol: port.protocol ?? "TCP", port: port.hostPort! })),
  );
}

const anyAddress = "0.0.0.0";

function overlaps(a: HostPort, b: HostPort): boolean {
  return (
    a.port === b.port && a.protocol === b.protocol && (a.ip === b.ip || a.ip === anyAddress || b.ip === anyAddress)
  );
}

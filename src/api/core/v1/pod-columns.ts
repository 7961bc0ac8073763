import { age, orNone, timeSince } from "../../columns.ts";
import type { Column } from "../../resource.ts";
import type { Pod } from "./pod.ts";
import { isPodTerminal, podCondition } from "./pod-conditions.ts";
import { sidecarsOf } from "./pod-containers.ts";
import type { ContainerStatus } from "./pod-status.ts";

export const podColumns: readonly Column<Pod>[] = [
  {
    name: "Ready",
    type: "string",
    doc: "Containers ready, of all that should be.",
    value: pod => summaryOf(pod).ready,
  },
  {
    name: "Status",
    type: "string",
    doc: "What the pod is doing, or why it is not.",
    value: pod => summaryOf(pod).status,
  },
  {
    name: "Restarts",
    type: "string",
    doc: "How often containers were restarted, and when last.",
    value: (pod, { now }) => restartsText(summaryOf(pod), now),
  },
  age,
  { name: "IP", type: "string", priority: 1, doc: "The pod's first address.", value: pod => orNone(podIp(pod)) },
  { name: "Node", type: "string", priority: 1, doc: "Where the pod runs.", value: pod => orNone(pod.spec.nodeName) },
  {
    name: "Nominated Node",
    type: "string",
    priority: 1,
    doc: "Where room is being made for the pod.",
    value: pod => orNone(pod.status?.nominatedNodeName),
  },
  {
    name: "Readiness Gates",
    type: "string",
    priority: 1,
    doc: "Readiness gates that are true, of all.",
    value: readinessGates,
  },
];

export interface PodSummary {
  readonly ready: string;
  readonly status: string;
  readonly restarts: number;
  /** RFC 3339 times sort as text; empty when nothing was restarted. */
  readonly lastRestart: string;
}

/** What one line can say of a pod. */
export function summaryOf(pod: Pod): PodSummary {
  const initializing = initSummary(pod);
  const sidecars = sidecarSummary(pod);
  const total = pod.spec.containers.length + sidecarsOf(pod.spec).length;
  const stillInitializing = initializing !== undefined && podCondition(pod, "Initialized")?.status !== "True";
  const all = pod.status?.initContainerStatuses ?? [];
  const running = stillInitializing ? undefined : containersSummary(pod, initializing ?? baseStatus(pod));
  const counted = stillInitializing ? all : [...sidecars.statuses, ...(pod.status?.containerStatuses ?? [])];
  return {
    ready: `${sidecars.ready + (running?.ready ?? 0)}/${total}`,
    status: deletionStatus(pod) ?? running?.status ?? initializing!,
    restarts: counted.reduce((sum, status) => sum + status.restartCount, 0),
    lastRestart: counted.reduce((last, status) => later(last, status.lastState?.terminated?.finishedAt), ""),
  };
}

function later(a: string, b: string | undefined): string {
  return b !== undefined && b > a ? b : a;
}

function baseStatus(pod: Pod): string {
  if (podCondition(pod, "PodScheduled")?.reason === "SchedulingGated") return "SchedulingGated";
  return pod.status?.reason || pod.status?.phase || "";
}

/** Undefined once every init container is through. */
function initSummary(pod: Pod): string | undefined {
  const sidecars = sidecarNames(pod);
  const statuses = pod.status?.initContainerStatuses ?? [];
  for (const [index, status] of statuses.entries()) {
    const { terminated, waiting } = status.state ?? {};
    if (terminated?.exitCode === 0) continue;
    if (sidecars.has(status.name) && status.started) continue;
    if (terminated) return `Init:${terminated.reason || exitText(terminated)}`;
    if (waiting?.reason && waiting.reason !== "PodInitializing") return `Init:${waiting.reason}`;
    return `Init:${index}/${pod.spec.initContainers?.length ?? 0}`;
  }
  return undefined;
}

function sidecarNames(pod: Pod): ReadonlySet<string> {
  return new Set(sidecarsOf(pod.spec).map(container => container.name));
}

function sidecarSummary(pod: Pod): { ready: number; statuses: readonly ContainerStatus[] } {
  const names = sidecarNames(pod);
  const statuses = (pod.status?.initContainerStatuses ?? []).filter(status => names.has(status.name));
  return { statuses, ready: statuses.filter(status => status.started && status.ready).length };
}

function exitText({ signal, exitCode }: { readonly signal?: number | undefined; readonly exitCode: number }): string {
  return signal ? `Signal:${signal}` : `ExitCode:${exitCode}`;
}

/** The first container that has something to say gives the status. */
function containersSummary(pod: Pod, before: string): { ready: number; status: string } {
  let status = before;
  let ready = 0;
  for (const container of [...(pod.status?.containerStatuses ?? [])].reverse()) {
    const { waiting, terminated, running } = container.state ?? {};
    if (waiting?.reason) status = waiting.reason;
    else if (terminated) status = terminated.reason || exitText(terminated);
    else if (container.ready && running) ready++;
  }
  if (status !== "Completed" || ready === 0) return { ready, status };
  return { ready, status: podCondition(pod, "Ready")?.status === "True" ? "Running" : "NotReady" };
}

function deletionStatus(pod: Pod): string | undefined {
  if (pod.metadata.deletionTimestamp === undefined) return undefined;
  if (pod.status?.reason === "NodeLost") return "Unknown";
  return isPodTerminal(pod) ? undefined : "Terminating";
}

function restartsText({ restarts, lastRestart }: PodSummary, now: number): string {
  return restarts > 0 && lastRestart ? `${restarts} (${timeSince(lastRestart, now)} ago)` : `${restarts}`;
}

function podIp(pod: Pod): string | undefined {
  return pod.status?.podIPs?.[0]?.ip ?? pod.status?.podIP;
}

function readinessGates(pod: Pod): string {
  const gates = pod.spec.readinessGates ?? [];
  if (gates.length === 0) return "<none>";
  const met = gates.filter(gate => podCondition(pod, gate.conditionType)?.status === "True").length;
  return `${met}/${gates.length}`;
}

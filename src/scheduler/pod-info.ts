import type { Container, ContainerPort } from "#api/core/v1/container.ts";
import type { Pod } from "#api/core/v1/pod.ts";
import { isSidecar } from "#api/core/v1/pod-containers.ts";
import { podRequests, type ResourceList } from "#api/core/v1/pod-requests.ts";
import { quantityMilliValue, quantityValue } from "#wire/quantity.ts";
import { type AffinityTerm, affinityTermsOf, type PodAffinityTerms } from "./affinity-terms.ts";

/** Amounts by resource name: cpu in thousandths, all else in whole units. */
export type Amounts = ReadonlyMap<string, number>;

/** A pod with what the scheduler asks about it again and again, worked out once per version of the pod. */
export interface PodInfo {
  readonly pod: Pod;
  readonly uid: string;
  readonly namespace: string;
  readonly priority: number;
  readonly requests: Amounts;
  /** cpu and memory as scores count them: a container that asks for nothing counts a little all the same. */
  readonly scoredCpu: number;
  readonly scoredMemory: number;
  readonly hostPorts: readonly ContainerPort[];
  readonly affinity: PodAffinityTerms;
}

export type { AffinityTerm };

const defaultContainerRequests: ResourceList = { cpu: "100m", memory: String(200 * 1024 * 1024) };

export function podInfoOf(pod: Pod): PodInfo {
  const { containers, initContainers = [] } = pod.spec;
  const scored = amountsOf(podRequests({ spec: withDefaultRequests(pod.spec) }));
  const ports = [...containers, ...initContainers.filter(isSidecar)];
  return {
    pod,
    uid: pod.metadata.uid ?? "",
    namespace: pod.metadata.namespace ?? "",
    priority: pod.spec.priority ?? 0,
    requests: amountsOf(podRequests(pod)),
    scoredCpu: scored.get("cpu") ?? 0,
    scoredMemory: scored.get("memory") ?? 0,
    hostPorts: ports.flatMap(container => (container.ports ?? []).filter(port => (port.hostPort ?? 0) > 0)),
    affinity: affinityTermsOf(pod),
  };
}

export function amountsOf(list: ResourceList | undefined): Map<string, number> {
  const amounts = new Map<string, number>();
  for (const name in list) amounts.set(name, amountOf(name, list[name]!));
  return amounts;
}

function amountOf(name: string, text: string): number {
  return name === "cpu" ? quantityMilliValue(text) : quantityValue(text);
}

function withDefaultRequests(spec: Pod["spec"]): Pod["spec"] {
  const filled = (container: Container): Container => ({
    ...container,
    resources: { ...container.resources, requests: { ...defaultContainerRequests, ...container.resources?.requests } },
  });
  return {
    ...spec,
    containers: spec.containers.map(filled),
    ...(spec.initContainers && { initContainers: spec.initContainers.map(filled) }),
  };
}

import { addQuantities, compareQuantities, parseQuantity, type Quantity } from "#wire/quantity.ts";
import type { Pod } from "./pod.ts";
import type { PodSpec } from "./pod-spec.ts";
import type { ResourceRequirements } from "./resources.ts";

export type QosClass = "Guaranteed" | "Burstable" | "BestEffort";

/** The class in status, or what the spec says where nobody wrote it yet. */
export function qosClassOf(pod: Pod): QosClass {
  return pod.status?.qosClass || computeQosClass(pod.spec);
}

/**
 * Guaranteed: every container limits cpu and memory and requests as much; BestEffort: nothing is requested or limited;
 * all else is Burstable. Requirements of the pod as a whole count instead of its containers'.
 */
export function computeQosClass(spec: PodSpec): QosClass {
  const ofPod = spec.resources && hasAny(spec.resources) ? [spec.resources] : undefined;
  const all = ofPod ?? [...spec.containers, ...(spec.initContainers ?? [])].map(container => container.resources ?? {});
  const requests = sum(all.map(resources => resources.requests));
  const limits = sum(all.map(resources => resources.limits));
  if (requests.size === 0 && limits.size === 0) return "BestEffort";
  return all.every(limitsBoth) && sameQuantities(requests, limits) ? "Guaranteed" : "Burstable";
}

const counted = ["cpu", "memory"] as const;

function hasAny({ requests, limits }: ResourceRequirements): boolean {
  return counted.some(name => requests?.[name] !== undefined || limits?.[name] !== undefined);
}

function limitsBoth({ limits }: ResourceRequirements): boolean {
  return counted.every(name => isPositive(limits?.[name]));
}

function isPositive(text: string | undefined): boolean {
  return text !== undefined && parseQuantity(text).nanos > 0n;
}

function sum(lists: readonly (Readonly<Record<string, string>> | undefined)[]): Map<string, Quantity> {
  const total = new Map<string, Quantity>();
  for (const list of lists) {
    for (const name of counted) {
      const text = list?.[name];
      if (!isPositive(text)) continue;
      const before = total.get(name);
      const quantity = parseQuantity(text!);
      total.set(name, before ? addQuantities(before, quantity) : quantity);
    }
  }
  return total;
}

function sameQuantities(requests: ReadonlyMap<string, Quantity>, limits: ReadonlyMap<string, Quantity>): boolean {
  if (requests.size !== limits.size) return false;
  return [...requests].every(([name, request]) => {
    const limit = limits.get(name);
    return limit !== undefined && compareQuantities(request, limit) === 0;
  });
}

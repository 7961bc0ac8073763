import { addQuantities, compareQuantities, formatQuantity, parseQuantity, type Quantity } from "#wire/quantity.ts";
import { isSidecar } from "./pod-containers.ts";
import type { PodSpec } from "./pod-spec.ts";

export type ResourceList = Readonly<Record<string, string>>;
type Totals = Map<string, Quantity>;

/**
 * What a pod needs of each resource for the whole of its life: its containers and sidecars together, or what an init
 * container needs beside the sidecars started before it, whichever is more; then the overhead. Requests made for the
 * pod as a whole come instead of the containers'.
 */
export function podRequests(pod: { readonly spec: PodSpec }): ResourceList {
  return formatted(effective(pod.spec, "requests"));
}

export function podLimits(pod: { readonly spec: PodSpec }): ResourceList {
  return formatted(effective(pod.spec, "limits"));
}

function effective(spec: PodSpec, which: "requests" | "limits"): Totals {
  const running: Totals = new Map();
  const sidecars: Totals = new Map();
  const initializing: Totals = new Map();
  for (const container of spec.containers) addTo(running, container.resources?.[which]);
  for (const container of spec.initContainers ?? []) {
    if (isSidecar(container)) {
      addTo(running, container.resources?.[which]);
      addTo(sidecars, container.resources?.[which]);
      raiseTo(initializing, sidecars);
    } else {
      const together = new Map(sidecars);
      addTo(together, container.resources?.[which]);
      raiseTo(initializing, together);
    }
  }
  raiseTo(running, initializing);
  for (const [name, text] of Object.entries(spec.resources?.[which] ?? {})) running.set(name, parseQuantity(text));
  addOverhead(running, spec.overhead, which);
  return running;
}

/** Overhead raises a limit that exists; it makes none. */
function addOverhead(totals: Totals, overhead: ResourceList | undefined, which: "requests" | "limits"): void {
  for (const [name, text] of Object.entries(overhead ?? {})) {
    if (which === "requests" || totals.has(name)) addTo(totals, { [name]: text });
  }
}

function addTo(totals: Totals, list: ResourceList | undefined): void {
  for (const name in list) {
    const quantity = parseQuantity(list[name]!);
    const before = totals.get(name);
    totals.set(name, before ? addQuantities(before, quantity) : quantity);
  }
}

function raiseTo(totals: Totals, floor: Totals): void {
  for (const [name, quantity] of floor) {
    const before = totals.get(name);
    if (before === undefined || compareQuantities(before, quantity) < 0) totals.set(name, quantity);
  }
}

function formatted(totals: Totals): ResourceList {
  const list: Record<string, string> = {};
  for (const [name, quantity] of totals) list[name] = formatQuantity(quantity);
  return list;
}

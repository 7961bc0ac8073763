import { type Deployment, deployments } from "#api/apps/v1/deployment.ts";
import { type ReplicaSet, replicaSets } from "#api/apps/v1/replica-set.ts";
import { type Node, nodes } from "#api/core/v1/node.ts";
import { type Pod, pods } from "#api/core/v1/pod.ts";
import { isPodActive, isPodReady, isPodTerminal } from "#api/core/v1/pod-conditions.ts";
import { podRequests } from "#api/core/v1/pod-requests.ts";
import { type EndpointSlice, endpointSlices } from "#api/discovery.k8s.io/v1/endpoint-slice.ts";
import type { KubernetesObject, ResourceDefinition } from "#api/resource.ts";
import { scaledIntOrPercent } from "#wire/int-or-percent.ts";
import { quantityMilliValue } from "#wire/quantity.ts";

/** What is stored at one moment. */
export interface WorldState {
  list<T extends KubernetesObject>(definition: ResourceDefinition<T>): readonly T[];
}

/** Something that must hold whatever happens. */
export interface Invariant {
  readonly name: string;
  /** How long the world may take to make it true again; 0: it never is untrue. */
  readonly toleranceMs: number;
  /** What breaks it now, one sentence each; the same sentence as long as the same thing breaks it. */
  violations(state: WorldState): readonly string[];
}

/** Those of every cluster. They remember what they saw: make a new list for each world. */
export function clusterInvariants(): readonly Invariant[] {
  return [surgeBounded(), nodesNotOvercommitted, endpointsReady];
}

/**
 * No Deployment has more running pods than replicas and surge allow. Whoever scales it down makes that untrue for a
 * moment; therefore what counts is that the number above the bound never grows.
 */
function surgeBounded(): Invariant {
  const before = new Map<string, number>();
  return {
    name: "running pods of a Deployment stay within replicas and maxSurge",
    toleranceMs: 0,
    violations(state) {
      const sets = state.list(replicaSets);
      const all = state.list(pods);
      return state.list(deployments).flatMap(deployment => {
        const { namespace, name, uid } = deployment.metadata;
        const running = runningPods(deployment, sets, all);
        const was = before.get(uid!) ?? 0;
        before.set(uid!, running);
        const bound = podBound(deployment);
        if (running <= bound || running <= was) return [];
        return [`Deployment ${namespace}/${name} has ${running} running pods, its bound is ${bound}`];
      });
    },
  };
}

function podBound({ spec }: Deployment): number {
  const replicas = spec.replicas ?? 1;
  if (spec.strategy?.type === "Recreate") return replicas;
  return replicas + (scaledIntOrPercent(spec.strategy?.rollingUpdate?.maxSurge ?? "25%", replicas, "up") ?? 0);
}

function runningPods(deployment: Deployment, sets: readonly ReplicaSet[], all: readonly Pod[]): number {
  const own = new Set(sets.filter(set => isOwned(set, deployment.metadata.uid)).map(set => set.metadata.uid));
  return all.filter(
    pod =>
      isPodActive(pod) &&
      pod.status?.phase === "Running" &&
      pod.metadata.ownerReferences?.some(({ uid, controller }) => controller && own.has(uid)),
  ).length;
}

function isOwned(object: KubernetesObject, uid: string | undefined): boolean {
  return object.metadata.ownerReferences?.some(owner => owner.controller && owner.uid === uid) ?? false;
}

/** What the pods of a node ask for together never is more than the node can give. */
const nodesNotOvercommitted: Invariant = {
  name: "the pods of a node stay within its allocatable",
  toleranceMs: 0,
  violations(state) {
    const byNode = Map.groupBy(
      state.list(pods).filter(pod => !isPodTerminal(pod)),
      pod => pod.spec.nodeName ?? "",
    );
    return state.list(nodes).flatMap(node => overcommitment(node, byNode.get(node.metadata.name!) ?? []));
  },
};

function overcommitment(node: Node, own: readonly Pod[]): readonly string[] {
  const allocatable = node.status?.allocatable;
  if (allocatable === undefined) return [];
  const asked = new Map<string, number>([["pods", own.length * 1000]]);
  for (const pod of own)
    for (const [name, quantity] of Object.entries(podRequests(pod)))
      asked.set(name, (asked.get(name) ?? 0) + quantityMilliValue(quantity));
  return [...asked]
    .filter(([name, milli]) => milli > quantityMilliValue(allocatable[name] ?? "0"))
    .map(([name, milli]) => `node ${node.metadata.name} has ${allocatable[name]} ${name}, its pods ask ${milli}m`);
}

/** An endpoint that is called ready is a pod that is ready. */
const endpointsReady: Invariant = {
  name: "every ready endpoint of a Service is a ready pod",
  toleranceMs: 5_000,
  violations(state) {
    const ready = new Set(
      state
        .list(pods)
        .filter(pod => isPodReady(pod) && pod.metadata.deletionTimestamp === undefined)
        .map(pod => pod.metadata.uid),
    );
    return state.list(endpointSlices).flatMap(slice => brokenEndpoints(slice, ready));
  },
};

function brokenEndpoints(slice: EndpointSlice, ready: ReadonlySet<string | undefined>): readonly string[] {
  return (slice.endpoints ?? [])
    .filter(({ conditions, targetRef }) => conditions?.ready && targetRef?.kind === "Pod" && !ready.has(targetRef.uid))
    .map(({ targetRef }) => `EndpointSlice ${slice.metadata.name} leads to pod ${targetRef?.name}, which is not ready`);
}

/** Asks invariants after each step and remembers since when something is broken. */
export class InvariantChecker {
  readonly #invariants: readonly Invariant[];
  readonly #since = new Map<string, number>();

  constructor(invariants: readonly Invariant[]) {
    this.#invariants = invariants;
  }

  /** Throws when something is broken for longer than its invariant allows. */
  check(state: WorldState, nowMs: number): void {
    const broken = new Set<string>();
    for (const { name, toleranceMs, violations } of this.#invariants) {
      for (const violation of violations(state)) {
        broken.add(violation);
        const since = this.#since.get(violation) ?? nowMs;
        this.#since.set(violation, since);
        if (nowMs - since >= toleranceMs) throw new InvariantError(`${name}: ${violation}`);
      }
    }
    for (const violation of this.#since.keys()) if (!broken.has(violation)) this.#since.delete(violation);
  }

  /** For when only time went on: asks again if something is broken that may not stay so. */
  recheck(state: WorldState, nowMs: number): void {
    if (this.#since.size > 0) this.check(state, nowMs);
  }
}

export class InvariantError extends Error {
  override readonly name = "InvariantError";
}

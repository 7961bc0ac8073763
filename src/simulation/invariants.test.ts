import { describe, expect, it } from "vitest";
import { deployments } from "#api/apps/v1/deployment.ts";
import { replicaSets } from "#api/apps/v1/replica-set.ts";
import { nodes } from "#api/core/v1/node.ts";
import { pods } from "#api/core/v1/pod.ts";
import { endpointSlices } from "#api/discovery.k8s.io/v1/endpoint-slice.ts";
import type { KubernetesObject, ResourceDefinition } from "#api/resource.ts";
import { clusterInvariants, type Invariant, InvariantChecker, type WorldState } from "./invariants.ts";

type Objects = readonly (readonly [definition: unknown, object: unknown])[];

function stateOf(objects: Objects): WorldState {
  return {
    list: <T extends KubernetesObject>(definition: ResourceDefinition<T>) =>
      objects.filter(([of]) => of === definition).map(([, object]) => object as T),
  };
}

const found = (objects: Objects, invariants = clusterInvariants()) => {
  const state = stateOf(objects);
  return invariants.flatMap(({ violations }) => violations(state));
};

const ownedBy = (uid: string) => [{ uid, controller: true, kind: "", name: "", apiVersion: "" }];

function pod(name: string, more: { cpu?: string; phase?: string; ready?: boolean; deleting?: boolean } = {}) {
  const { cpu = "100m", phase = "Running", ready = true, deleting = false } = more;
  return [
    pods,
    {
      metadata: {
        ...{ name, namespace: "default", uid: name, ownerReferences: ownedBy("set") },
        ...(deleting && { deletionTimestamp: "2026-01-01T00:00:00Z" }),
      },
      spec: { nodeName: "node-1", containers: [{ name: "main", resources: { requests: { cpu } } }] },
      status: { phase, conditions: [{ type: "Ready", status: ready ? "True" : "False" }] },
    },
  ] as const;
}

const deployment = [
  deployments,
  {
    metadata: { name: "web", namespace: "default", uid: "web" },
    spec: { replicas: 2, strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: "50%" } } },
  },
] as const;
const replicaSet = [replicaSets, { metadata: { name: "set", uid: "set", ownerReferences: ownedBy("web") } }] as const;
const node = [nodes, { metadata: { name: "node-1" }, status: { allocatable: { cpu: "1", pods: "4" } } }] as const;
const slice = (name: string, ready: boolean) =>
  [
    endpointSlices,
    {
      metadata: { name: "web-x" },
      endpoints: [{ conditions: { ready }, targetRef: { kind: "Pod", name, uid: name } }],
    },
  ] as const;

describe("the invariants of a cluster", () => {
  it("hold for a cluster that is well", () => {
    expect(found([deployment, replicaSet, node, pod("a"), pod("b"), pod("c"), slice("a", true)])).toEqual([]);
  });

  it("bound a Deployment's running pods, not those that end or wait", () => {
    const three = [deployment, replicaSet, pod("a"), pod("b"), pod("c")];
    const extra = (more: Parameters<typeof pod>[1]) => found([...three, pod("d", more)]);
    expect(extra({ deleting: true })).toEqual([]);
    expect(extra({ phase: "Pending" })).toEqual([]);
    expect(extra({})).toEqual(["Deployment default/web has 4 running pods, its bound is 3"]);
  });

  it("forgive what was there before somebody scaled down, but no more on top", () => {
    const invariants = clusterInvariants();
    const scaledTo = (replicas: number) =>
      [deployments, { ...deployment[1], spec: { ...deployment[1].spec, replicas } }] as const;
    const four = [replicaSet, pod("a"), pod("b"), pod("c"), pod("d")];
    expect(found([scaledTo(4), ...four], invariants)).toEqual([]);
    expect(found([scaledTo(2), ...four], invariants)).toEqual([]);
    expect(found([scaledTo(2), ...four, pod("e")], invariants)).toHaveLength(1);
  });

  it("bound what a node's pods ask for", () => {
    const over = [pod("a", { cpu: "600m" }), pod("b", { cpu: "600m" })];
    expect(found([node, ...over])).toEqual(["node node-1 has 1 cpu, its pods ask 1200m"]);
    expect(found([node, over[0]!, pod("b", { cpu: "600m", phase: "Succeeded" })])).toEqual([]);
    expect(found([node, ...["a", "b", "c", "d", "e"].map(name => pod(name))])).toEqual([
      "node node-1 has 4 pods, its pods ask 5000m",
    ]);
  });

  it("want ready pods behind ready endpoints", () => {
    const broken = ["EndpointSlice web-x leads to pod a, which is not ready"];
    expect(found([slice("a", true)])).toEqual(broken);
    expect(found([slice("a", true), pod("a", { ready: false })])).toEqual(broken);
    expect(found([slice("a", true), pod("a", { deleting: true })])).toEqual(broken);
    expect(found([slice("a", false), pod("a", { ready: false })])).toEqual([]);
  });
});

describe("the checker", () => {
  const broken = { is: true };
  const invariant = (toleranceMs: number): Invariant => ({
    name: "all is well",
    toleranceMs,
    violations: () => (broken.is ? ["it is not"] : []),
  });

  it("throws at once where nothing is tolerated", () => {
    const checker = new InvariantChecker([invariant(0)]);
    expect(() => checker.check(stateOf([]), 0)).toThrow("all is well: it is not");
  });

  it("throws when it lasts, and forgets what was mended", () => {
    const checker = new InvariantChecker([invariant(100)]);
    checker.check(stateOf([]), 0);
    checker.recheck(stateOf([]), 99);
    broken.is = false;
    checker.recheck(stateOf([]), 99);
    broken.is = true;
    checker.check(stateOf([]), 120);
    checker.recheck(stateOf([]), 219);
    expect(() => checker.recheck(stateOf([]), 220)).toThrow("it is not");
  });
});

import { describe, expect, test } from "vitest";
import type { Node } from "#api/core/v1/node.ts";
import type { Pod } from "#api/core/v1/pod.ts";
import { seededRandom } from "#base/random.ts";
import { type Decision, feasibleNodesWanted, type Refusal, scheduleOne } from "./cycle.ts";
import type { Snapshot } from "./framework.ts";
import { refusalMessage } from "./messages.ts";
import { NodeInfo } from "./node-info.ts";
import { plugins } from "./plugins.ts";
import { podInfoOf } from "./pod-info.ts";
import { planPreemption } from "./preemption.ts";

type Spec = Partial<Pod["spec"]>;
let count = 0;

function podOf(cpu: string | undefined, spec: Spec = {}, labels: Record<string, string> = {}): Pod {
  const name = `p${++count}`;
  const resources = cpu === undefined ? {} : { requests: { cpu } };
  const containers = [{ name: "c", image: "app", resources }];
  return { metadata: { name, uid: name, namespace: "d", labels }, spec: { containers, ...spec } } as Pod;
}

function nodeOf(name: string, cpu: string, running: readonly Pod[] = [], more: Partial<Node> = {}): NodeInfo {
  const info = new NodeInfo(name);
  const labels = { "kubernetes.io/hostname": name, ...more.metadata?.labels };
  const allocatable = { cpu, memory: "8Gi", pods: "10" };
  info.setNode({ ...more, metadata: { name, labels }, status: { allocatable } } as Node);
  for (const pod of running) info.add(podInfoOf(pod));
  return info;
}

function snapshotOf(nodes: readonly NodeInfo[]): Snapshot {
  return { nodes, namespaceLabels: () => ({}), nodesWithImage: () => 0, defaultSelector: () => undefined };
}

function schedule(pod: Pod, nodes: readonly NodeInfo[], nominatedNode?: string): Decision {
  const snapshot = snapshotOf(nodes);
  const random = seededRandom(1);
  const nominatedOn = () => [];
  return scheduleOne({ info: podInfoOf(pod), snapshot, plugins, random, startAt: 0, nominatedNode, nominatedOn });
}

function preempt(pod: Pod, nodes: readonly NodeInfo[]) {
  const refusal = schedule(pod, nodes) as Refusal;
  const info = podInfoOf(pod);
  const plan = planPreemption({
    info,
    snapshot: snapshotOf(nodes),
    plugins,
    refusal,
    budgets: [],
    nominatedNode: undefined,
  });
  return { plan, message: refusalMessage(refusal, plan.type === "preempt" ? "" : plan.message) };
}

const control = { key: "node-role.kubernetes.io/control-plane", effect: "NoSchedule" } as const;
const zone = (name: string) => ({ metadata: { labels: { zone: name } } }) as Partial<Node>;
const apart: Spec = {
  affinity: {
    podAntiAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: [
        { labelSelector: { matchLabels: { app: "a" } }, topologyKey: "kubernetes.io/hostname" },
      ],
    },
  },
};
const spread: Spec = {
  topologySpreadConstraints: [
    {
      maxSkew: 1,
      topologyKey: "zone",
      whenUnsatisfiable: "DoNotSchedule",
      labelSelector: { matchLabels: { app: "a" } },
    },
  ],
};
const port = (hostPort: number): Spec => ({
  containers: [{ name: "c", image: "i", ports: [{ containerPort: 80, hostPort, protocol: "TCP" }] }],
});
const app = { app: "a" };

describe("one cycle", () => {
  const cases: readonly (readonly [string, Pod, readonly NodeInfo[], string | undefined])[] = [
    ["the emptier node wins", podOf("100m"), [nodeOf("a", "4", [podOf("2")]), nodeOf("b", "4")], "b"],
    ["a node without room is passed over", podOf("2"), [nodeOf("a", "1"), nodeOf("b", "4", [podOf("1")])], "b"],
    ["cordoned", podOf("1"), [nodeOf("a", "4", [], { spec: { unschedulable: true } }), nodeOf("b", "2")], "b"],
    ["tainted", podOf("1"), [nodeOf("a", "4", [], { spec: { taints: [control] } })], undefined],
    [
      "tolerated",
      podOf("1", { tolerations: [{ key: control.key, operator: "Exists" }] }),
      [nodeOf("a", "4", [], { spec: { taints: [control] } })],
      "a",
    ],
    [
      "node selector",
      podOf("1", { nodeSelector: { zone: "z" } }),
      [nodeOf("a", "9"), nodeOf("b", "2", [], zone("z"))],
      "b",
    ],
    [
      "host port in use",
      podOf(undefined, port(80)),
      [nodeOf("a", "9", [podOf(undefined, port(80))]), nodeOf("b", "1")],
      "b",
    ],
    [
      "anti-affinity of the pod",
      podOf("1", apart, app),
      [nodeOf("a", "9", [podOf("1", {}, app)]), nodeOf("b", "2")],
      "b",
    ],
    ["anti-affinity of another", podOf("1", {}, app), [nodeOf("a", "9", [podOf("1", apart)]), nodeOf("b", "2")], "b"],
    [
      "spread",
      podOf("1", spread, app),
      [nodeOf("a", "9", [podOf("1", {}, app)], zone("x")), nodeOf("b", "2", [], zone("y"))],
      "b",
    ],
  ];
  test.each(cases)("%s", (_, pod, nodes, expected) => {
    const decision = schedule(pod, nodes);
    expect(decision.type === "placed" ? decision.node : undefined).toBe(expected);
  });

  test("says why no node fits, as kubectl describe shows it", () => {
    const nodes = [
      nodeOf("a", "4", [], { spec: { taints: [control] } }),
      nodeOf("b", "1"),
      nodeOf("c", "2", [podOf("1")]),
    ];
    expect(preempt(podOf("1500m"), nodes).message).toBe(
      "0/3 nodes are available: 1 node(s) had untolerated taint(s), 2 Insufficient cpu. " +
        "preemption: 0/3 nodes are available: 1 No preemption victims found for incoming pod, " +
        "2 Preemption is not helpful for scheduling.",
    );
    expect(preempt(podOf("1"), []).message).toBe("no nodes available to schedule pods");
  });

  test.each([
    [10, 10],
    [100, 100],
    [1000, 420],
    [5000, 500],
  ])("of %d nodes %d are enough", (total, wanted) => expect(feasibleNodesWanted(total)).toBe(wanted));

  test("a pod that names its nodes is held against these alone", () => {
    const named = (...lists: string[][]): Spec => {
      const matchFields = lists.map(values => ({ key: "metadata.name", operator: "In" as const, values }));
      const required = { nodeSelectorTerms: [{ matchFields }] };
      return { affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: required } } };
    };
    const cordoned = { spec: { unschedulable: true } };
    const nodes = [nodeOf("a", "1"), nodeOf("b", "1"), nodeOf("c", "4", [], cordoned)];
    const messageFor = (cpu: string, spec: Spec) => refusalMessage(schedule(podOf(cpu, spec), nodes) as Refusal, "");
    expect(schedule(podOf("1", named(["b"])), nodes)).toMatchObject({ type: "placed", node: "b" });
    expect(messageFor("2", named(["a", "gone"], ["a"]))).toBe(
      "0/3 nodes are available: 1 Insufficient cpu, 2 node(s) didn't satisfy plugin(s) [NodeAffinity].",
    );
    expect(messageFor("1", named(["a"], ["b"]))).toBe("0/3 nodes are available: pod affinity terms conflict.");
  });

  test("the node where room was made for the pod comes first, if it fits there now", () => {
    const nodes = [nodeOf("empty", "4"), nodeOf("nominated", "4", [podOf("2")]), nodeOf("full", "4", [podOf("4")])];
    const on = (nominated?: string) => schedule(podOf("1"), nodes, nominated);
    expect(on("nominated")).toMatchObject({ type: "placed", node: "nominated", evaluated: 1 });
    expect(on("full")).toMatchObject({ type: "placed", node: "empty", evaluated: 3 });
    expect(on("gone")).toMatchObject({ type: "placed", node: "empty" });
  });
});

describe("preemption", () => {
  test("takes the least important pods and gives back what leaves room", () => {
    const [low, middle] = [podOf("1", { priority: 1 }), podOf("1", { priority: 5 })];
    const { plan } = preempt(podOf("1", { priority: 9 }), [nodeOf("a", "2", [low, middle])]);
    expect(plan).toMatchObject({ type: "preempt", node: "a" });
    expect(plan.type === "preempt" && plan.victims.map(each => each.uid)).toEqual([low.metadata.uid]);
  });

  test("prefers the node whose victims matter less", () => {
    const nodes = [nodeOf("a", "1", [podOf("1", { priority: 5 })]), nodeOf("b", "1", [podOf("1", { priority: 2 })])];
    expect(preempt(podOf("1", { priority: 9 }), nodes).plan).toMatchObject({ type: "preempt", node: "b" });
  });

  test("never for a pod that says so", () => {
    const pod = podOf("1", { priority: 9, preemptionPolicy: "Never" });
    expect(preempt(pod, [nodeOf("a", "1", [podOf("1")])]).message).toBe(
      "0/1 nodes are available: 1 Insufficient cpu. preemption: not eligible due to preemptionPolicy=Never.",
    );
  });
});

import { expect, test } from "vitest";
import { type Lease, leases } from "#api/coordination.k8s.io/v1/lease.ts";
import { nodes } from "#api/core/v1/node.ts";
import { type Pod, pods } from "#api/core/v1/pod.ts";
import { formatMicroTime } from "#base/clock.ts";
import { type ControllersFixture, runFixture } from "#testing/controllers-fixture.ts";
import { taintEvictionController } from "../taint-eviction/taint-eviction.ts";
import { nodeLifecycleController } from "./node-lifecycle.ts";

const controllers = () => [nodeLifecycleController(), taintEvictionController];

async function addNode({ api }: ControllersFixture, name: string): Promise<void> {
  const conditions = [
    { type: "Ready", status: "True", reason: "KubeletReady", lastHeartbeatTime: "2026-11-21T12:00:00Z" },
  ];
  await api.client.create(nodes, { metadata: { name }, spec: {}, status: { conditions } });
  await api.client.create(leases, { metadata: { namespace: "kube-node-lease", name }, spec: { holderIdentity: name } });
}

/** Time passes; the kubelets of these nodes go on renewing their leases. */
async function live(
  { api, clock, settle }: ControllersFixture,
  seconds: number,
  names: readonly string[],
): Promise<void> {
  for (let passed = 0; passed < seconds; passed += 10) {
    await settle(10_000);
    for (const name of names) {
      const lease = api.get(leases, `kube-node-lease/${name}`)!;
      await api.client.update<Lease>(leases, {
        ...lease,
        spec: { ...lease.spec, renewTime: formatMicroTime(clock.now()) },
      });
    }
  }
  await settle();
}

async function addPod({ api }: ControllersFixture, name: string, node: string, seconds: number): Promise<void> {
  const tolerations = ["not-ready", "unreachable"].map(key => ({
    key: `node.kubernetes.io/${key}`,
    operator: "Exists",
    effect: "NoExecute",
    tolerationSeconds: seconds,
  }));
  const status = { phase: "Running", conditions: [{ type: "Ready", status: "True" }] };
  const spec = { nodeName: node, containers: [], tolerations };
  await api.client.create(pods, { metadata: { namespace: "default", name }, spec, status } as Pod);
}

test("a node that renews its lease stays; one that falls silent is unknown after 50 s, tainted, and loses its pods", async () => {
  await using fixture = await runFixture(controllers());
  const { api } = fixture;
  await addNode(fixture, "good");
  await addNode(fixture, "bad");
  await addPod(fixture, "p", "bad", 30);
  await live(fixture, 40, ["good"]);
  expect(api.get(nodes, "bad")!.spec.taints).toBeUndefined();
  await live(fixture, 20, ["good"]);
  const bad = api.get(nodes, "bad")!;
  expect(bad.status!.conditions!.map(({ type, status, reason }) => `${type} ${status} ${reason}`)).toEqual([
    "Ready Unknown NodeStatusUnknown",
    "MemoryPressure Unknown NodeStatusNeverUpdated",
    "DiskPressure Unknown NodeStatusNeverUpdated",
    "PIDPressure Unknown NodeStatusNeverUpdated",
  ]);
  expect(bad.spec.taints!.map(({ key, effect }) => `${key} ${effect}`)).toEqual([
    "node.kubernetes.io/unreachable NoSchedule",
    "node.kubernetes.io/unreachable NoExecute",
  ]);
  expect(api.get(pods, "default/p")!.status!.conditions).toMatchObject([{ type: "Ready", status: "False" }]);
  await live(fixture, 30, ["good"]);
  expect(api.get(pods, "default/p")).toBeUndefined();
  expect(api.get(nodes, "good")!.spec.taints).toBeUndefined();
});

test("a node that comes back loses its taints", async () => {
  await using fixture = await runFixture(controllers());
  const { api, settle } = fixture;
  await addNode(fixture, "good");
  await addNode(fixture, "bad");
  await live(fixture, 60, ["good"]);
  const bad = api.get(nodes, "bad")!;
  const conditions = [
    { type: "Ready", status: "True", reason: "KubeletReady", lastHeartbeatTime: "2026-11-21T12:05:00Z" },
  ];
  await api.client.update(nodes, { ...bad, status: { conditions } }, { subresource: "status" });
  await settle();
  expect(api.get(nodes, "bad")!.spec.taints ?? []).toEqual([]);
});

test("when no node is alive nobody is sent away: the fault is more likely ours", async () => {
  await using fixture = await runFixture(controllers());
  const { api } = fixture;
  await addNode(fixture, "only");
  await addPod(fixture, "p", "only", 0);
  await live(fixture, 120, []);
  expect(api.get(nodes, "only")!.spec.taints!.map(({ effect }) => effect)).toEqual(["NoSchedule"]);
  expect(api.get(pods, "default/p")).toBeDefined();
});

test("a cordoned node is tainted, and no longer when it is not", async () => {
  await using fixture = await runFixture(controllers());
  const { api, settle } = fixture;
  await addNode(fixture, "a");
  const change = async (unschedulable: boolean) => {
    const node = api.get(nodes, "a")!;
    await api.client.update(nodes, { ...node, spec: { ...node.spec, unschedulable } });
    await settle();
    return (api.get(nodes, "a")!.spec.taints ?? []).map(({ key }) => key);
  };
  expect(await change(true)).toEqual(["node.kubernetes.io/unschedulable"]);
  expect(await change(false)).toEqual([]);
});

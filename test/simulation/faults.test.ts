import { describe, expect, it } from "vitest";
import { deployments } from "#api/apps/v1/deployment.ts";
import { type Node, nodes } from "#api/core/v1/node.ts";
import { type Pod, pods } from "#api/core/v1/pod.ts";
import { isPodReady } from "#api/core/v1/pod-conditions.ts";
import { services } from "#api/core/v1/service.ts";
import { endpointSlices } from "#api/discovery.k8s.io/v1/endpoint-slice.ts";
import { simulate, type World } from "#library/simulate.ts";
import type { WorldState } from "#simulation/invariants.ts";
import { activePods, allReady, serviceOf, web } from "./samples.ts";

// In all of these the cluster's invariants (simulation/invariants.ts) are checked after every write.

async function deployed(world: World, replicas: number): Promise<void> {
  await world.waitForNodesReady();
  await world.client.create(services, serviceOf("web"));
  await world.client.create(deployments, web({ replicas }));
  await world.until("all pods are ready", state => allReady(state, replicas));
}

const nodeOf = (state: WorldState, name: string): Node =>
  state.list(nodes).find(({ metadata }) => metadata.name === name)!;
const isReady = (node: Node) => node.status?.conditions?.find(({ type }) => type === "Ready")?.status;
const on = (list: readonly Pod[], node: string) => list.filter(({ spec }) => spec.nodeName === node);
const uids = (list: readonly Pod[]) => list.map(({ metadata }) => metadata.uid).sort();
const endpointUids = (state: WorldState) =>
  state
    .list(endpointSlices)
    .filter(({ metadata }) => metadata.labels?.["kubernetes.io/service-name"] === "web")
    .flatMap(({ endpoints }) => endpoints ?? [])
    .filter(({ conditions }) => conditions?.ready)
    .map(({ targetRef }) => targetRef?.uid)
    .sort();

describe("a kubelet that crashes", () => {
  it("finds its containers again and restarts none", async () => {
    await simulate({
      seed: 21,
      nodes: 3,
      async run(world) {
        await deployed(world, 6);
        const before = uids(activePods(world.state));
        const node = world.nodes[0]!;
        node.killKubelet();
        await world.sleep(30_000);
        expect(isReady(nodeOf(world.state, node.name))).toBe("True");
        node.startKubelet();
        await world.sleep(60_000);
        expect(uids(activePods(world.state))).toEqual(before);
        expect(activePods(world.state).map(({ status }) => status?.containerStatuses?.[0]?.restartCount)).toEqual(
          Array(6).fill(0),
        );
        expect(node.machine.calls.get("StartContainer")).toBe(on(activePods(world.state), node.name).length);
      },
    });
  });

  it("in the middle of a roll-out delays it and no more", async () => {
    await simulate({
      seed: 22,
      nodes: 3,
      async run(world) {
        await deployed(world, 6);
        const patch = { type: "strategic" as const, body: web({ replicas: 6, image: "web:2" }) };
        await world.client.patch(deployments, { namespace: "default", name: "web" }, patch);
        await world.until("the first new pod", state =>
          activePods(state).some(({ spec }) => spec.containers[0]!.image === "web:2"),
        );
        world.nodes[1]!.killKubelet();
        await world.sleep(20_000);
        world.nodes[1]!.startKubelet();
        await world.until("only new pods", state => {
          const all = state.list(pods).filter(({ metadata }) => metadata.labels?.["app"] === "web");
          return all.length === 6 && all.every(pod => isPodReady(pod) && pod.spec.containers[0]!.image === "web:2");
        });
        expect(endpointUids(world.state)).toEqual(uids(activePods(world.state)));
      },
    });
  });

  it("notices, when it is back, what ended meanwhile", async () => {
    await simulate({
      seed: 23,
      nodes: 1,
      async run(world) {
        await deployed(world, 1);
        const [node] = world.nodes;
        const [pod] = activePods(world.state);
        node!.killKubelet();
        await world.sleep(1_000);
        node!.machine.exit({ namespace: "default", name: pod!.metadata.name! }, "main", 3);
        await world.sleep(10_000);
        node!.startKubelet();
        const again = await world.until("a second run", state =>
          activePods(state).find(({ status }) => status?.containerStatuses?.[0]?.restartCount === 1),
        );
        expect(again.metadata.uid).toBe(pod!.metadata.uid);
        expect(again.status?.containerStatuses?.[0]?.lastState?.terminated?.exitCode).toBe(3);
      },
    });
  });
});

describe("a node that is lost", () => {
  it("is tainted, and after five minutes its pods run elsewhere", async () => {
    await simulate({
      seed: 31,
      nodes: 3,
      async run(world) {
        await deployed(world, 6);
        const lost = world.nodes[2]!;
        const there = on(activePods(world.state), lost.name);
        expect(there.length).toBeGreaterThan(0);
        lost.lose();
        const lostAtMs = world.clock.now();

        await world.until("it is unreachable", state => isReady(nodeOf(state, lost.name)) === "Unknown", 120_000);
        // 50 s without a heartbeat, of which up to 10 s had passed, looked for every 5 s.
        expect(world.clock.now() - lostAtMs).toBeGreaterThanOrEqual(40_000);
        expect(world.clock.now() - lostAtMs).toBeLessThanOrEqual(60_000);
        await world.until("it is tainted", state => {
          const taints = nodeOf(state, lost.name).spec.taints ?? [];
          return ["NoSchedule", "NoExecute"].every(effect =>
            taints.some(taint => taint.key === "node.kubernetes.io/unreachable" && taint.effect === effect),
          );
        });
        const unreachableAtMs = world.clock.now();
        await world.until("its pods serve no more", state =>
          there.every(({ metadata }) => !endpointUids(state).includes(metadata.uid)),
        );
        expect(world.clock.now() - unreachableAtMs).toBeLessThan(10_000);
        expect(allReady(world.state, 6)).toBe(false);

        await world.until("six pods elsewhere", state => allReady(state, 6));
        expect(world.clock.now() - unreachableAtMs).toBeGreaterThanOrEqual(299_000);
        expect(world.clock.now() - unreachableAtMs).toBeLessThan(310_000);
        expect(on(activePods(world.state), lost.name)).toEqual([]);
        await world.until("they serve", state => endpointUids(state).join() === uids(activePods(state)).join(), 1_000);
      },
    });
  });

  it("comes back empty, loses its taints and takes pods again", async () => {
    await simulate({
      seed: 32,
      nodes: 2,
      async run(world) {
        await deployed(world, 4);
        const lost = world.nodes[0]!;
        lost.lose();
        await world.until("six minutes", state => allReady(state, 4) && on(activePods(state), lost.name).length === 0);
        lost.startKubelet();
        await world.until("it is ready", state => isReady(nodeOf(state, lost.name)) === "True");
        await world.until("no taint is left", state => (nodeOf(state, lost.name).spec.taints ?? []).length === 0);
        await world.until("its old pods are gone", state => state.list(pods).length === 4);
        await world.client.patch(
          deployments,
          { namespace: "default", name: "web" },
          { type: "merge", body: { spec: { replicas: 8 } } },
        );
        await world.until("eight pods", state => allReady(state, 8));
        expect(on(activePods(world.state), lost.name)).toHaveLength(4);
      },
    });
  });
});

describe("a control plane that restarts", () => {
  it("changes nothing of what runs", async () => {
    await simulate({
      seed: 41,
      nodes: 2,
      async run(world) {
        await deployed(world, 4);
        const before = uids(activePods(world.state));
        await world.restartControllers();
        await world.sleep(30_000);
        await world.restartControlPlane();
        await world.sleep(120_000);
        expect(uids(activePods(world.state))).toEqual(before);
        expect(world.state.list(nodes).map(isReady)).toEqual(["True", "True"]);
      },
    });
  });

  it("goes on with a roll-out where it stood", async () => {
    await simulate({
      seed: 42,
      nodes: 3,
      async run(world) {
        await deployed(world, 9);
        const patch = { type: "strategic" as const, body: web({ replicas: 9, image: "web:2" }) };
        await world.client.patch(deployments, { namespace: "default", name: "web" }, patch);
        for (let times = 0; times < 3; times++) {
          await world.sleep(20 * world.random.float());
          await world.restartControllers();
        }
        await world.sleep(10);
        await world.restartControlPlane();
        await world.until("nine new pods", state => {
          return allReady(state, 9) && activePods(state).every(({ spec }) => spec.containers[0]!.image === "web:2");
        });
      },
    });
  });
});

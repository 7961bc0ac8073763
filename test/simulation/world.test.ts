import { describe, expect, it } from "vitest";
import { type Pod, pods } from "#api/core/v1/pod.ts";
import { type EndpointSlice, endpointSlices } from "#api/discovery.k8s.io/v1/endpoint-slice.ts";
import { isForbidden, isNotFound } from "#api/status.ts";
import { simulate, type World } from "#library/simulate.ts";

/** An endpoint that no controller made and that leads nowhere. */
const lie: EndpointSlice = {
  metadata: { name: "lie", namespace: "default" },
  addressType: "IPv4",
  ports: [],
  endpoints: [
    {
      addresses: ["10.244.0.9"],
      conditions: { ready: true },
      targetRef: { kind: "Pod", namespace: "default", name: "nobody", uid: "00000000-0000-4000-8000-000000000000" },
    },
  ],
};

describe("a world", () => {
  it("ends when an invariant is broken for too long", async () => {
    let lastedMs = 0;
    const run = async (world: World) => {
      await world.client.create(endpointSlices, lie);
      for (;;) {
        await world.sleep(1_000);
        lastedMs += 1_000;
      }
    };
    await expect(simulate({ seed: 1, run })).rejects.toThrow("every ready endpoint of a Service is a ready pod");
    expect(lastedMs).toBeLessThanOrEqual(5_000);
  });

  it("asks for the invariants it is given", async () => {
    const run = async (world: World) => {
      await world.client.create(endpointSlices, lie);
      await world.sleep(60_000);
    };
    await expect(simulate({ seed: 1, invariants: [], run })).resolves.toMatchObject({ result: undefined });
  });

  it("passes on what its story throws, and what it answers", async () => {
    const missing = simulate({ seed: 1, run: ({ client }) => client.get(pods, { namespace: "default", name: "no" }) });
    expect(isNotFound(await missing.catch((error: unknown) => error))).toBe(true);
    const { result } = await simulate({ seed: 1, nodes: 0, run: async world => world.random.float() });
    expect(result).toBe((await simulate({ seed: 1, nodes: 0, run: async world => world.random.float() })).result);
  });

  it("waits for what is stored, and not for ever", async () => {
    const never = simulate({
      seed: 1,
      nodes: 0,
      run: world => world.until("pods from nowhere", state => state.list(pods).length > 0, 30_000),
    });
    await expect(never).rejects.toThrow("pods from nowhere: not within 30 s");
  });

  it("says which nodes do not become ready", async () => {
    const dead = simulate({
      seed: 1,
      nodes: 2,
      async run(world) {
        world.nodes[1]!.killKubelet();
        await world.sleep(120_000);
        await world.waitForNodesReady();
      },
    });
    await expect(dead).rejects.toThrow("nodes that are not ready after 60 s: node-2");
  });

  it("gives others the rights of their groups", async () => {
    const { result } = await simulate({
      seed: 1,
      nodes: 0,
      run: ({ clientFor }) =>
        clientFor("jane")
          .list(pods)
          .catch((error: unknown) => error),
    });
    expect(isForbidden(result)).toBe(true);
  });

  it("has nodes with the machines that were asked for", async () => {
    const nodes = [
      { name: "big", cpus: 64, labels: { disk: "fast" } },
      { name: "small", cpus: 1 },
    ];
    const { result } = await simulate({
      seed: 1,
      nodes,
      async run(world) {
        await world.waitForNodesReady();
        const pod = await world.client.create(pods, {
          metadata: { name: "picky", namespace: "default" },
          spec: { nodeSelector: { disk: "fast" }, containers: [{ name: "main", image: "i" }] },
        } as Pod);
        return world.until("it is placed", state =>
          state.list(pods).find(({ metadata, spec }) => metadata.uid === pod.metadata.uid && spec.nodeName),
        );
      },
    });
    expect(result.spec.nodeName).toBe("big");
  });
});

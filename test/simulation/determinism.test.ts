import { describe, expect, it } from "vitest";
import { deployments } from "#api/apps/v1/deployment.ts";
import { services } from "#api/core/v1/service.ts";
import { simulate, type World } from "#library/simulate.ts";
import { allReady, serviceOf, web } from "./samples.ts";

/** A little of everything that happens to a cluster: a start, a rolling update, a crash, a lost node. */
async function story(world: World): Promise<void> {
  await world.waitForNodesReady();
  await world.client.create(services, serviceOf("web"));
  await world.client.create(deployments, web({ replicas: 6 }));
  await world.until("six pods are ready", state => allReady(state, 6));
  await world.client.patch(
    deployments,
    { namespace: "default", name: "web" },
    { type: "strategic", body: web({ replicas: 6, image: "web:2" }) },
  );
  await world.sleep(500 * world.random.float());
  world.nodes[0]!.killKubelet();
  await world.sleep(20_000);
  world.nodes[0]!.startKubelet();
  world.nodes[1]!.lose();
  await world.restartControllers();
  await world.sleep(600_000);
}

// Seconds where the machine has nothing else to do; its time limit is for those where it has.
describe("a simulated world", () => {
  it("does the same for the same seed, event by event", async () => {
    const first = await simulate({ seed: 11, nodes: 3, run: story });
    const second = await simulate({ seed: 11, nodes: 3, run: story });
    expect(first.log.length).toBeGreaterThan(400);
    expect(second.log).toEqual(first.log);
    expect(second.elapsedMs).toBe(first.elapsedMs);
  });

  it("does something else for another seed", async () => {
    const first = await simulate({ seed: 11, nodes: 3, run: story });
    const other = await simulate({ seed: 12, nodes: 3, run: story });
    expect(other.log).not.toEqual(first.log);
  });

  it("lets an hour pass in much less", async () => {
    const startMs = performance.now();
    const { elapsedMs } = await simulate({ seed: 1, nodes: 1, run: world => world.sleep(3_600_000) });
    expect(elapsedMs).toBeGreaterThanOrEqual(3_600_000);
    expect(performance.now() - startMs).toBeLessThan(10_000);
  });

  it("tells when everything waits for something that never comes", async () => {
    const forever = simulate({ seed: 1, nodes: 0, limitMs: 60_000, run: () => new Promise(() => {}) });
    await expect(forever).rejects.toThrow("virtual time");
  });
});

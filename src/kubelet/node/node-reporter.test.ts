import { expect, test } from "vitest";
import { type Node, nodes } from "#api/core/v1/node.ts";
import { silentLog } from "#base/log.ts";
import { seededRandom } from "#base/random.ts";
import type { Client } from "#client/client.ts";
import { noRecorder } from "#journey/span.ts";
import { VirtualClock } from "#simulation/clock.ts";
import { createSimulatedHost } from "#simulation/runtime/simulated-host.ts";
import { createSimulatedRuntime } from "#simulation/runtime/simulated-runtime.ts";
import { FakeApi } from "../fake-api.test-support.ts";
import { completeOptions } from "../options.ts";
import { NodeReporter } from "./node-reporter.ts";

test("a pod range that is seen before the registration is answered is given to the runtime at once", async () => {
  const clock = new VirtualClock();
  const random = seededRandom(1);
  const api = new FakeApi(clock);
  const stop = new AbortController();
  // The node is made, is given its range, and is watched; then its kubelet hears that it was made.
  const client: Client = Object.create(api, {
    create: {
      value: async (_: unknown, object: Node) => {
        const created = await api.create(nodes, object);
        reporter.observe(await api.put(nodes, { ...created, spec: { ...created.spec, podCIDR: "10.244.7.0/24" } }));
        return created;
      },
    },
  });
  const reporter: NodeReporter = new NodeReporter(
    {
      ...{ client, clock, random, log: silentLog, recorder: noRecorder },
      ...createSimulatedRuntime({ clock, random }),
      host: createSimulatedHost(),
      events: { event: () => undefined },
    },
    completeOptions({ nodeName: "node-7", nodeIps: ["192.0.2.7"], version: "0.1.0", rootFolder: "/var/lib/kubelet" }),
  );
  const running = reporter.run(stop.signal);
  await clock.advance(1_000);
  expect(reporter.node?.spec.podCIDR).toBe("10.244.7.0/24");
  const ready = reporter.node?.status?.conditions?.find(({ type }) => type === "Ready");
  expect(ready?.status).toBe("True");
  stop.abort();
  await clock.advance(1);
  await running;
});

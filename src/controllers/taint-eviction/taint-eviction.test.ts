import { expect, test } from "vitest";
import { type Node, nodes, type Taint } from "#api/core/v1/node.ts";
import { type Pod, pods } from "#api/core/v1/pod.ts";
import { runFixture } from "#testing/controllers-fixture.ts";
import { evictionInMs, taintEvictionController } from "./taint-eviction.ts";

test("pods leave a node that becomes tainted, each when its toleration is over", async () => {
  await using fixture = await runFixture([taintEvictionController]);
  const { api, settle, clock } = fixture;
  await api.client.create(nodes, { metadata: { name: "n1" }, spec: {} } as Node);
  const create = (name: string, tolerations: readonly object[]) =>
    api.client.create(pods, {
      metadata: { namespace: "default", name },
      spec: { nodeName: "n1", containers: [], tolerations },
      status: { phase: "Running" },
    });
  await create("intolerant", []);
  await create("patient", [{ key: "k", operator: "Exists", tolerationSeconds: 30 }]);
  await create("steadfast", [{ key: "k", operator: "Exists" }]);
  await settle();
  const timeAdded = new Date(clock.now()).toISOString();
  const taints: readonly Taint[] = [{ key: "k", effect: "NoExecute", timeAdded }];
  await api.client.update(nodes, { ...api.get(nodes, "n1")!, spec: { taints } });
  await settle();
  const names = () => api.list(pods).map(({ metadata }) => metadata.name);
  expect(names()).toEqual(["patient", "steadfast"]);
  await settle(29_000);
  expect(names()).toEqual(["patient", "steadfast"]);
  await settle(2000);
  expect(names()).toEqual(["steadfast"]);
});

const start = Date.parse("2026-01-01T00:00:00Z");
const taint = { key: "k", effect: "NoExecute" as const, timeAdded: "2026-01-01T00:00:00Z" };
test.each([
  ["no toleration", [], 0],
  ["tolerated for ever", [{ key: "k", operator: "Exists" }], undefined],
  [
    "the shortest counts",
    [
      { operator: "Exists", tolerationSeconds: 60 },
      { key: "k", operator: "Exists", tolerationSeconds: 20 },
    ],
    15_000,
  ],
  ["over", [{ operator: "Exists", tolerationSeconds: 3 }], 0],
])("a pod with a NoExecute taint on its node: %s", (_, tolerations, expected) => {
  const pod = { metadata: {}, spec: { containers: [], tolerations } } as Pod;
  expect(evictionInMs(pod, [taint], start + 5000)).toBe(expected);
});

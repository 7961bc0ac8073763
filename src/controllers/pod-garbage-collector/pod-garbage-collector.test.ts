import { expect, test } from "vitest";
import { type Node, nodes } from "#api/core/v1/node.ts";
import { type Pod, pods } from "#api/core/v1/pod.ts";
import { runFixture } from "#testing/controllers-fixture.ts";
import { podGarbageCollector } from "./pod-garbage-collector.ts";

const pod = (name: string, nodeName: string | undefined, phase: string): Pod =>
  ({ metadata: { namespace: "n", name }, spec: { nodeName, containers: [] }, status: { phase } }) as Pod;

test("pods of a node that is gone go after a quarantine; those of one that comes back stay", async () => {
  await using fixture = await runFixture([podGarbageCollector()]);
  const { api, settle } = fixture;
  const node: Node = { metadata: { name: "n1" }, spec: {} } as Node;
  await api.client.create(nodes, node);
  await api.client.create(pods, pod("a", "n1", "Running"));
  await api.client.create(pods, pod("early", "n2", "Running"));
  await settle(1000);
  await api.client.create(nodes, { ...node, metadata: { name: "n2" } });
  await api.client.delete(nodes, { name: "n1" });
  await settle(39_000);
  expect(api.list(pods)).toHaveLength(2);
  await settle(2_000);
  expect(api.list(pods).map(({ metadata }) => metadata.name)).toEqual(["early"]);
});

test("a pod that is being deleted and has no node goes at once", async () => {
  await using fixture = await runFixture([podGarbageCollector()], { gracefulPods: true });
  const { api, settle } = fixture;
  await api.client.create(pods, pod("a", undefined, "Pending"));
  await settle();
  await api.client.delete(pods, { namespace: "n", name: "a" });
  await settle();
  expect(api.list(pods)).toEqual([]);
});

test("of ended pods beyond the threshold the oldest go", async () => {
  await using fixture = await runFixture([podGarbageCollector({ terminatedPodThreshold: 2 })]);
  const { api, settle } = fixture;
  await api.client.create(nodes, { metadata: { name: "n1" }, spec: {} } as Node);
  for (const name of ["a", "b", "c", "d"]) {
    await api.client.create(pods, pod(name, "n1", name === "b" ? "Running" : "Succeeded"));
    await settle(1000);
  }
  expect(api.list(pods).map(({ metadata }) => metadata.name)).toEqual(["b", "c", "d"]);
});

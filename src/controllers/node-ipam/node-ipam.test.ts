import { expect, test } from "vitest";
import { type Node, nodes } from "#api/core/v1/node.ts";
import { runFixture } from "#testing/controllers-fixture.ts";
import { createCidrPool } from "./cidr-pool.ts";
import { nodeIpamController } from "./node-ipam.ts";

test("every node gets the first free subnet; one that is gone gives its back", async () => {
  await using fixture = await runFixture([nodeIpamController({ clusterCidr: "10.244.0.0/16" })], { watchLagMs: 50 });
  const { api, settle } = fixture;
  await settle(200);
  const node = (name: string, podCIDR?: string) =>
    ({ metadata: { name }, spec: { ...(podCIDR && { podCIDR }) } }) as Node;
  await api.client.create(nodes, node("b", "10.244.1.0/24"));
  for (const name of ["a", "c", "d"]) await api.client.create(nodes, node(name));
  await settle(3000);
  const cidrs = () => Object.fromEntries(api.list(nodes).map(each => [each.metadata.name, each.spec.podCIDR]));
  expect(Object.values(cidrs()).sort()).toEqual(["10.244.0.0/24", "10.244.1.0/24", "10.244.2.0/24", "10.244.3.0/24"]);
  expect(api.get(nodes, "a")!.spec.podCIDRs).toEqual([api.get(nodes, "a")!.spec.podCIDR]);
  await api.client.delete(nodes, { name: "b" });
  await settle(500);
  await api.client.create(nodes, node("e"));
  await settle(500);
  expect(cidrs()["e"]).toBe("10.244.1.0/24");
});

test("a pool knows its limits", () => {
  const pool = createCidrPool("10.0.0.0/30", 31);
  expect([pool.allocate("a"), pool.allocate("b"), pool.allocate("c")]).toEqual([
    "10.0.0.0/31",
    "10.0.0.2/31",
    undefined,
  ]);
  expect(pool.allocate("a")).toBe("10.0.0.0/31");
  expect(() => createCidrPool("10.0.0.0/24", 16)).toThrow("do not fit");
});

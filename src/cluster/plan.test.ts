import { expect, test } from "vitest";
import { defaultConfig } from "./config.ts";
import { type ClusterRecord, linkName, planCluster, requireNode, withNode, withoutNode } from "./plan.ts";

const worker = (name: string) => ({ name, role: "worker", labels: {}, taints: [] }) as const;

function record(): ClusterRecord {
  return { format: 1, config: defaultConfig, plan: planCluster(defaultConfig, []) };
}

test("a new node gets the next address and link; those of a removed one never come back", () => {
  const two = withNode(record(), worker("b"));
  expect(requireNode(two, "b")).toMatchObject({ address: "198.18.0.12", link: "n2", cgroup: "k8ts-k8ts/b" });
  const again = withNode(withoutNode(two, "b"), worker("b"));
  expect(again.plan.nodes.map(node => node.name)).toEqual(["node-1", "b"]);
  expect(requireNode(again, "b")).toMatchObject({ address: "198.18.0.13", link: "n3" });
});

test("a new cluster keeps clear of what others have, running or stopped", () => {
  const first = planCluster(defaultConfig, []);
  const second = planCluster({ ...defaultConfig, name: "second" }, [], [first]);
  expect([first.nodeSubnet, second.nodeSubnet]).toEqual(["198.18.0.0/24", "198.18.1.0/24"]);
  expect(second.routeProtocol).not.toBe(first.routeProtocol);
});

test("what the config file said stays as it was said", () => {
  expect(withNode(record(), worker("b")).config).toEqual(defaultConfig);
});

test("a cluster whose addresses are used up says so", () => {
  const { plan, ...rest } = record();
  const last = withNode({ ...rest, plan: { ...plan, nodesMade: 243 } }, worker("b"));
  expect(requireNode(last, "b").address).toBe("198.18.0.254");
  expect(() => withNode(withoutNode(last, "b"), worker("c"))).toThrow("no address of 198.18.0.0/24 is left");
});

test("an unknown node is answered with those that there are", () => {
  expect(() => requireNode(record(), "x")).toThrow('cluster "k8ts" has no node "x": it has node-1');
});

test("links of long cluster names are short and differ", () => {
  expect(linkName("dev")).toBe("k8s-dev");
  expect(linkName("a-long-cluster-name-1")).toHaveLength(15);
  expect(linkName("a-long-cluster-name-1")).not.toBe(linkName("a-long-cluster-name-2"));
});

import { expect, test } from "vitest";
import { defaultConfig } from "./config.ts";
import { startNode } from "./nodes.ts";
import { planCluster } from "./plan.ts";

test("a node of a stopped cluster is not started, and the answer says what is", async () => {
  const config = { ...defaultConfig, name: "never-made" };
  const record = { format: 1, config, plan: planCluster(config, []) } as const;
  const programs = { node: "/nowhere", folder: "/nowhere", compileCache: undefined };
  await expect(startNode(record, "node-1", programs)).rejects.toThrow(
    'cluster "never-made" is stopped: start it with k8ts start --name never-made',
  );
  await expect(startNode(record, "x", programs)).rejects.toThrow('has no node "x"');
});

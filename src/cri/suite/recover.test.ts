import { readFileSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { requireRoot } from "#testing/root.ts";
import type * as cri from "../protocol/messages.ts";
import { startTestNode, type TestNode } from "./test-node.ts";

let node: TestNode;

describe("a runtime that starts after one that was killed", { timeout: 30_000 }, () => {
  beforeAll(async () => {
    requireRoot();
    node = await startTestNode(`k8ts-recover-${process.pid}`);
  }, 30_000);
  afterAll(() => node[Symbol.asyncDispose](), 30_000);

  test("ends the process that keeps a half-made pod's pid namespace, of which no record tells", async () => {
    const { runtime } = node.runtime;
    const linux: cri.LinuxPodSandboxConfig = { securityContext: { namespaceOptions: { pid: "POD" } } };
    const { podSandboxId } = await runtime.runPodSandbox({ config: { metadata: { name: "shared" }, linux } }, {});
    await runtime.podSandboxStatus({ podSandboxId }, {}); // Its network is there, and its record complete.
    const file = `${node.folder}/s/sandboxes/${podSandboxId}/sandbox.json`;
    const { initPid: _, ...record } = JSON.parse(readFileSync(file, "utf8"));
    writeFileSync(file, JSON.stringify({ ...record, state: "making" }));
    await node.restart();
    expect((await node.helper.run(["pgrep", "-f", `k8ts-pod-init ${podSandboxId}`])).stdout).toBe("");
  });
});

import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { requireRoot } from "#testing/root.ts";
import type * as cri from "../protocol/messages.ts";
import { startTestNode, type TestNode } from "./test-node.ts";

let node: TestNode;

describe("what was cut off", { timeout: 30_000 }, () => {
  beforeAll(async () => {
    requireRoot();
    node = await startTestNode(`k8ts-cut-off-${process.pid}`);
  }, 30_000);
  afterAll(() => node[Symbol.asyncDispose](), 30_000);

  test("a restart ends the process that keeps a half-made pod's pid namespace, of which no record tells", async () => {
    const { runtime } = node.runtime;
    const linux: cri.LinuxPodSandboxConfig = { securityContext: { namespaceOptions: { pid: "POD" } } };
    const { podSandboxId } = await runtime.runPodSandbox({ config: { metadata: { name: "shared" }, linux } }, {});
    await runtime.podSandboxStatus({ podSandboxId }, {}); // Its network is there, and its record complete.
    const file = `${node.folder}/s/sandboxes/${podSandboxId}/sandbox.json`;
    const { initPid: _, ...record } = JSON.parse(readFileSync(file, "utf8"));
    writeFileSync(file, JSON.stringify({ ...record, state: "making" }));
    await node.restart();
    expect((await node.helper.run(["pgrep", "-f", `k8ts-pod-init ${podSandboxId}`])).stdout).toBe("");
    await node.runtime.runtime.removePodSandbox({ podSandboxId }, {});
  });
  test("a half-made container that could not be taken away at once goes with its pod", async () => {
    const { runtime } = node.runtime;
    const sandboxConfig: cri.PodSandboxConfig = { metadata: { name: "half-made" } };
    const { podSandboxId } = await runtime.runPodSandbox({ config: sandboxConfig }, {});
    node.loseHelper(words => words.includes("--cid") || words.includes("delete"), 50, 2);
    const config = { metadata: { name: "main" }, image: { image: "busybox:test" }, command: ["sleep", "100"] };
    const making = runtime.createContainer({ podSandboxId, sandboxConfig, config }, {});
    await expect(making).rejects.toThrow("the helper ended");
    expect((await runtime.listContainers({}, {})).containers).toEqual([]);
    await runtime.removePodSandbox({ podSandboxId }, {});
    for (const folder of ["s/containers", "root/containers", "s/sandboxes"])
      expect(readdirSync(`${node.folder}/${folder}`)).toEqual([]);
  });
});

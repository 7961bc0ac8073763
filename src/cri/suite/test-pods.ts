import { readFileSync } from "node:fs";
import { expect, vi } from "vitest";
import { requireRoot } from "#testing/root.ts";
import type * as cri from "../protocol/messages.ts";
import { remains, startTestNode, type TestNode } from "./test-node.ts";

/** A test node with what the tests do to its pods. Each member stands by itself. */
export class TestPods {
  readonly node: TestNode;
  readonly #name: string;

  private constructor(node: TestNode, name: string) {
    this.node = node;
    this.#name = name;
  }

  /** `name`: of the node, and of the group above its containers. */
  static async start(name: string): Promise<TestPods> {
    requireRoot();
    return new TestPods(await startTestNode(name), name);
  }

  /** Nothing of the node may be left. */
  readonly end = async (): Promise<void> => {
    const { folder } = this.node;
    await this.node[Symbol.asyncDispose]();
    // The kernel takes namespaces and groups apart a moment after their last user.
    await vi.waitFor(async () => expect(await remains(this.#name, folder)).toEqual([]));
  };

  readonly runtime = () => this.node.runtime.runtime;

  readonly podConfig = (pod: string, change: Partial<cri.PodSandboxConfig> = {}): cri.PodSandboxConfig => ({
    metadata: { name: pod, namespace: "default", uid: `uid-${pod}`, attempt: 0 },
    hostname: pod,
    labels: { app: pod },
    logDirectory: `${this.node.folder}/logs/${pod}`,
    dnsConfig: { servers: ["10.96.0.10"], searches: ["svc.cluster.local"], options: ["ndots:5"] },
    linux: { cgroupParent: `/kubepods/pod-${pod}` },
    ...change,
  });

  readonly runPod = async (pod: string, change?: Partial<cri.PodSandboxConfig>): Promise<RunningPod> => {
    const config = this.podConfig(pod, change);
    const { podSandboxId } = await this.runtime().runPodSandbox({ config }, {});
    return { config, podSandboxId: podSandboxId! };
  };

  readonly runContainer = async (
    pod: RunningPod,
    command: string,
    change: Partial<cri.ContainerConfig> = {},
  ): Promise<string> => {
    const config: cri.ContainerConfig = {
      metadata: { name: "main", attempt: 0 },
      image: { image: "busybox:test" },
      command: ["sh", "-c", command],
      logPath: "main/0.log",
      ...change,
    };
    const { containerId } = await this.runtime().createContainer({ ...pod, sandboxConfig: pod.config, config }, {});
    await this.runtime().startContainer({ containerId }, {});
    return containerId!;
  };

  readonly status = async (containerId: string): Promise<cri.ContainerStatus> =>
    (await this.runtime().containerStatus({ containerId }, {})).status!;

  /** Waits for it. */
  readonly exit = async (containerId: string): Promise<cri.ContainerStatus> => {
    await expect.poll(async () => (await this.status(containerId)).state).toBe("CONTAINER_EXITED");
    return this.status(containerId);
  };

  readonly run = async (containerId: string, command: string) => {
    const { exitCode, stdout, stderr } = await this.runtime().execSync({ containerId, cmd: ["sh", "-c", command] }, {});
    return { exitCode, stdout: Buffer.from(stdout!).toString(), stderr: Buffer.from(stderr!).toString() };
  };

  /** Without the times. */
  readonly log = (pod: string): string[] => {
    const lines = readFileSync(`${this.node.folder}/logs/${pod}/main/0.log`, "utf8").trim().split("\n");
    return lines.map(line => line.split(" ").slice(1).join(" "));
  };
}

export interface RunningPod {
  readonly config: cri.PodSandboxConfig;
  readonly podSandboxId: string;
}

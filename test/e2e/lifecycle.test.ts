import { spawn } from "node:child_process";
import { readFile, stat, writeFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fetchText, launcher, type TestCluster } from "./harness/cluster.ts";
import { eventually, sleep } from "./harness/eventually.ts";
import { output } from "./harness/run.ts";
import { Sandbox } from "./harness/sandbox.ts";

/** Making, cutting off and taking down clusters. */
describe("clusters come and go", () => {
  let sandbox: Sandbox;
  const config = () => sandbox.path("cluster.yaml");

  beforeAll(async () => {
    sandbox = await Sandbox.create();
    await writeFile(config(), "egress: none\nnodes:\n  - name: first\n  - name: second\n");
  });
  afterAll(() => sandbox?.close());

  /** Starts a command and kills it after `afterMs`: by turns alone, or with all it runs at that moment. */
  let cuts = 0;
  async function cutOff(args: readonly string[], cluster: TestCluster, afterMs: number): Promise<void> {
    const child = spawn(launcher, [...args, "--name", cluster.name], {
      env: { ...process.env, ...cluster.environment },
      stdio: "ignore",
      detached: true,
    });
    const ended = new Promise(resolve => child.once("close", resolve));
    await Promise.race([ended, sleep(afterMs)]);
    try {
      process.kill(cuts++ % 2 === 0 ? child.pid! : -child.pid!, "SIGKILL");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error; // It had ended already.
    }
    await ended;
  }

  async function expectUsable(cluster: TestCluster): Promise<void> {
    await cluster.up("--config", config());
    expect((await cluster.kubectl(["get", "nodes"])).match(/ Ready /g)).toHaveLength(2);
    await cluster.kubectl(["create", "configmap", `proof-${Math.round(performance.now())}`]);
  }

  it("up, cut off at any moment and run again, makes the cluster; down after any cut leaves nothing", async () => {
    const cluster = sandbox.cluster("cut");
    for (const afterMs of [150, 300, 450, 600, 800, 1_100, 1_500]) {
      await cutOff(["up", "--config", config()], cluster, afterMs);
      if (afterMs % 300 === 0) await expectUsable(cluster);
      await cluster.down();
      await sandbox.expectNothingLeft();
    }
    for (const afterMs of [200, 350, 500, 700, 900, 1_200])
      await cutOff(["up", "--config", config()], cluster, afterMs);
    await expectUsable(cluster);
    await cluster.down();
  }, 240_000);

  it("stop and down, cut off and run again", async () => {
    const cluster = sandbox.cluster("halt");
    await expectUsable(cluster);
    for (const afterMs of [180, 300]) {
      await cutOff(["stop"], cluster, afterMs);
      await cluster.k8ts(["stop"]);
      await cluster.k8ts(["start"]);
      await expectUsable(cluster);
    }
    for (const afterMs of [180, 260, 340]) await cutOff(["down"], cluster, afterMs);
    await cluster.down();
    await sandbox.expectNothingLeft();
  }, 240_000);

  it("two clusters side by side keep out of each other's way", async () => {
    const [one, two] = [sandbox.cluster("one"), sandbox.cluster("two")];
    await Promise.all([one, two].map(cluster => cluster.up("--config", config())));
    for (const [cluster, replicas] of [
      [one, 1],
      [two, 2],
    ] as const) {
      await cluster.kubectl(["create", "deployment", "hello", "--image=hello:1.0", `--replicas=${replicas}`]);
      await cluster.kubectl(["expose", "deployment", "hello", "--type=NodePort", "--port=80"]);
    }
    for (const [cluster, replicas] of [
      [one, 1],
      [two, 2],
    ] as const) {
      await cluster.kubectl(["rollout", "status", "deployment/hello", "--timeout=30s"]);
      expect(await cluster.pods("app=hello")).toHaveLength(replicas);
      const port = (await cluster.get("service", "hello")).spec.ports[0].nodePort;
      const { plan } = await cluster.record();
      for (const { address } of plan.nodes)
        await eventually(async () => expect(await fetchText(`http://${address}:${port}/`)).toContain("Hello, world!"));
    }
    const listed = await output([launcher, "ls"], { environment: one.environment });
    for (const cluster of [one, two]) expect(listed).toContain(cluster.name);
    await one.down();
    expect(await readFile(two.kubeconfig, "utf8")).not.toContain(one.name);
    expect(await two.pods("app=hello")).toHaveLength(2);
    const { plan } = await two.record();
    const port = (await two.get("service", "hello")).spec.ports[0].nodePort;
    expect(await fetchText(`http://${plan.nodes[1]!.address}:${port}/`)).toContain("Hello, world!");
    await two.down();
    await sandbox.expectNothingLeft();
  });

  it("keys are for root alone", async () => {
    const cluster = sandbox.cluster("keys");
    await cluster.up("--config", config());
    const files = (
      await output([
        "find",
        `/var/lib/k8ts/${cluster.name}`,
        "-type",
        "f",
        "(",
        "-name",
        "*.key",
        "-o",
        "-name",
        "*.kubeconfig",
        ")",
      ])
    ).trim();
    expect(files).not.toBe("");
    for (const file of files.split("\n")) expect((await stat(file)).mode & 0o777, file).toBe(0o600);
    expect((await stat(cluster.kubeconfig)).mode & 0o777).toBe(0o600);
    await cluster.down();
  });

  it("two commands at once on one cluster: one waits its turn or says who is at work", async () => {
    const cluster = sandbox.cluster("race");
    const both = await Promise.all(
      [1, 2].map(() => cluster.tryK8ts(["up", "--config", config()], { timeoutMs: 60_000 })),
    );
    const codes = both.map(each => each.exitCode);
    expect(codes).toContain(0);
    for (const { exitCode, stderr } of both) if (exitCode !== 0) expect(stderr).toContain("another k8ts command");
    await expectUsable(cluster);
    await cluster.down();
  });

  it("down of what is not there is no error", async () => {
    expect(await sandbox.cluster("never").k8ts(["down"])).toContain("There is no cluster");
  });
});

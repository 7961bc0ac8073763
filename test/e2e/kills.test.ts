import { readdir, readFile, writeFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { example, fetchText, type Json, type TestCluster } from "./harness/cluster.ts";
import { conmonPid, podContainerPids } from "./harness/containers.ts";
import { eventually, sleep } from "./harness/eventually.ts";
import { Sandbox } from "./harness/sandbox.ts";

/** `kill -9` of each part, in rest and under a rollout: nothing is lost, nothing is doubled, everything goes on. */
describe("kill -9", () => {
  let sandbox: Sandbox;
  let cluster: TestCluster;
  let address: string;
  const hello = "app=hello-server";

  beforeAll(async () => {
    sandbox = await Sandbox.create();
    cluster = sandbox.cluster("kills");
    await writeFile(sandbox.path("cluster.yaml"), "egress: none\nnodes:\n  - name: node-1\n  - name: node-2\n");
    await cluster.up("--config", sandbox.path("cluster.yaml"));
    address = (await cluster.record()).plan.nodes[0]!.address;
    await cluster.kubectl(["apply", "-f", example("hello-server.yaml")]);
    await expectHealthy();
  });
  afterAll(() => sandbox?.close());

  const isReady = (pod: Json) =>
    pod.status.conditions?.some((each: Json) => each.type === "Ready" && each.status === "True");
  const identities = (pods: readonly Json[]) =>
    pods
      .map(
        pod =>
          `${pod.metadata.name} ${pod.metadata.uid} ${pod.status.podIP} ${pod.status.containerStatuses[0].containerID}`,
      )
      .sort();

  /** Three Ready pods, each with exactly one living container. */
  async function expectHealthy(withinMs = 40_000): Promise<readonly Json[]> {
    return eventually(
      async () => {
        const pods = await cluster.pods(hello);
        expect(pods.map(pod => pod.metadata.deletionTimestamp)).toEqual([undefined, undefined, undefined]);
        expect(pods.filter(isReady)).toHaveLength(3);
        for (const pod of pods) expect(await podContainerPids(pod.metadata.uid), pod.metadata.name).toHaveLength(1);
        return pods;
      },
      { withinMs },
    );
  }

  /** The pid that a pid file of the cluster names. */
  async function pidOf(file: string): Promise<number> {
    return Number((await readFile(`/run/k8ts/${cluster.name}/${file}`, "utf8")).split(" ")[0]);
  }

  async function childrenOf(parent: number): Promise<readonly number[]> {
    const text = await readFile(`/proc/${parent}/task/${parent}/children`, "utf8");
    return text.trim().split(" ").filter(Boolean).map(Number);
  }

  async function helperPid(node: string): Promise<number> {
    for (const pid of await childrenOf(await pidOf(`agent-${node}.process`)))
      if ((await readFile(`/proc/${pid}/cmdline`, "utf8")).includes("k8ts-helper")) return pid;
    throw new Error(`the agent of ${node} has no helper`);
  }

  /** Kills and waits until another process has taken its place. */
  async function killNamed(file: string): Promise<void> {
    const pid = await eventually(() => pidOf(file));
    process.kill(pid, "SIGKILL");
    await eventually(async () => expect(await pidOf(file)).not.toBe(pid));
  }

  it("the server: it comes back by itself with every object, no pod notices", async () => {
    const before = await expectHealthy();
    const created = Array.from({ length: 20 }, (_, index) => `kept-${index}`);
    for (const name of created.slice(0, 10)) await cluster.kubectl(["create", "configmap", name]);
    await killNamed("server.process");
    for (const name of created.slice(10))
      await eventually(async () => void (await cluster.kubectl(["create", "configmap", name])), { withinMs: 20_000 });
    const kept = (await cluster.kubectl(["get", "configmaps", "-o", "name"])).split("\n");
    for (const name of created) expect(kept).toContain(`configmap/${name}`);
    expect(identities(await expectHealthy())).toEqual(identities(before));
    expect(await fetchText(`http://${address}:30599/healthz`)).toBe("ok\n");
  });

  it("an agent: its pods and their containers are the same afterwards", async () => {
    const before = await expectHealthy();
    for (const node of ["node-1", "node-2"]) await killNamed(`agent-${node}.process`);
    for (let i = 0; i < 10; i++) expect(await fetchText(`http://${address}:30599/healthz`)).toBe("ok\n");
    await sleep(2_000);
    expect(identities(await expectHealthy())).toEqual(identities(before));
    const [pod] = before;
    await eventually(async () =>
      expect(await cluster.kubectl(["exec", pod.metadata.name, "--", "echo", "hi"])).toBe("hi\n"),
    );
  });

  it("the helper: commands go on", async () => {
    const before = await expectHealthy();
    for (const node of ["node-1", "node-2"]) process.kill(await helperPid(node), "SIGKILL");
    await cluster.kubectl(["scale", "deployment/hello-server", "--replicas=5"]);
    await eventually(async () => expect((await cluster.pods(hello)).filter(isReady)).toHaveLength(5));
    await cluster.kubectl(["scale", "deployment/hello-server", "--replicas=3"]);
    await eventually(async () => expect(await cluster.pods(hello)).toHaveLength(3));
    expect(before).toHaveLength(3);
    await expectHealthy();
  });

  it("conmon: the container that lost it is replaced, once", async () => {
    const before = await expectHealthy();
    const [victim] = before;
    process.kill(await conmonPid(victim.status.containerStatuses[0].containerID), "SIGKILL");
    const after = await eventually(async () => {
      const pods = await expectHealthy();
      const found = pods.find(pod => pod.metadata.uid === victim.metadata.uid);
      expect(found.status.containerStatuses[0].restartCount).toBe(victim.status.containerStatuses[0].restartCount + 1);
      return pods;
    });
    const others = (pods: readonly Json[]) => identities(pods.filter(pod => pod.metadata.uid !== victim.metadata.uid));
    expect(others(after)).toEqual(others(before));
  });

  it("a supervisor: the next up puts all under supervision again, with one server and one agent a node", async () => {
    const before = await expectHealthy();
    process.kill(await pidOf("server.supervisor"), "SIGKILL");
    process.kill(await pidOf("agent-node-1.supervisor"), "SIGKILL");
    await cluster.up("--config", sandbox.path("cluster.yaml"));
    expect(identities(await expectHealthy())).toEqual(identities(before));
    const status = JSON.parse(await cluster.k8ts(["status", "--output", "json"]));
    expect(status.nodes.map((node: Json) => node.agent)).toEqual(["running", "running"]);
    expect(await programs("server.js")).toHaveLength(1);
    expect(await programs("agent.js")).toHaveLength(2);
  });

  it("anything at any moment of a rollout: it ends as if nothing had happened", async () => {
    const server = () => pidOf("server.process");
    const agents = ["node-1", "node-2"].map(node => () => pidOf(`agent-${node}.process`));
    const helpers = ["node-1", "node-2"].map(node => () => helperPid(node));
    const rounds = [
      [agents[0]!],
      [helpers[1]!],
      [server],
      [agents[1]!],
      [helpers[0]!],
      [server, ...helpers, ...agents],
    ];
    for (const [round, targets] of rounds.entries()) {
      await eventually(
        async () => void (await cluster.kubectl(["set", "env", "deployment/hello-server", `ROUND=${round}`])),
      );
      await sleep(round * 130);
      const pids = await Promise.all(targets.map(target => eventually(target)));
      for (const pid of pids) process.kill(pid, "SIGKILL");
      await eventually(
        async () => {
          const { spec, status, metadata } = await cluster.get("deployment", "hello-server");
          expect(status.observedGeneration).toBe(metadata.generation);
          expect(status.updatedReplicas).toBe(spec.replicas);
          expect(status.replicas).toBe(spec.replicas);
          expect(status.availableReplicas).toBe(spec.replicas);
        },
        { withinMs: 60_000 },
      );
    }
    // An old pod told to end before its program listened for that goes when its grace period of 30 s is over.
    const pods = await expectHealthy(100_000);
    for (const pod of pods)
      expect(pod.spec.containers[0].env.find((each: Json) => each.name === "ROUND").value).toBe("5");
    const addresses = pods.map(pod => pod.status.podIP);
    expect(new Set(addresses).size).toBe(3);
    // No sandbox of a pod that is gone is left on a node.
    const uids = new Set(pods.map(pod => pod.metadata.uid));
    const isLeft = ({ config }: Json) => config.labels.app === "hello-server" && !uids.has(config.metadata.uid);
    await eventually(
      async () => expect((await Promise.all(["node-1", "node-2"].map(sandboxesOf))).flat().filter(isLeft)).toEqual([]),
      { withinMs: 60_000 },
    );
  }, 400_000);

  /** The records of the sandboxes that a node holds. */
  async function sandboxesOf(node: string): Promise<readonly Json[]> {
    const folder = `/run/k8ts/${cluster.name}/${node}/cri/sandboxes`;
    const files = (await readdir(folder)).map(id => readFile(`${folder}/${id}/sandbox.json`, "utf8"));
    return (await Promise.all(files)).map(text => JSON.parse(text));
  }

  /** Pids of this cluster's processes that run `entry`. */
  async function programs(entry: string): Promise<readonly string[]> {
    const pids = (await readdir("/proc")).filter(name => /^\d+$/.test(name));
    const lines = await Promise.all(pids.map(pid => readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "")));
    return lines.filter(
      line => line.includes(`/${entry}\0`) && line.includes(`/k8ts/${cluster.name}/`) && !line.startsWith("/bin/sh"),
    );
  }
});

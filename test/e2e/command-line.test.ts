import { writeFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { busyboxLayer } from "#cri/linux/images/test-images.ts";
import { type DockerRegistry, pushImage, startDockerRegistry } from "../interop/docker-registry.ts";
import { type Json, launcher, type TestCluster } from "./harness/cluster.ts";
import { dockerArchive } from "./harness/images.ts";
import { output } from "./harness/run.ts";
import { Sandbox } from "./harness/sandbox.ts";

/** Nodes that have no way out, and that come and go. */
describe("registries, and nodes added and removed", () => {
  let sandbox: Sandbox;
  let cluster: TestCluster;
  let registry: DockerRegistry;

  beforeAll(async () => {
    sandbox = await Sandbox.create();
    cluster = sandbox.cluster("line");
    registry = await startDockerRegistry();
    await pushImage(registry.name, "team/box", "v1", [await busyboxLayer(["sh", "sleep"])], {
      Cmd: ["/bin/sleep", "9999"],
    });
    await writeFile(sandbox.path("config.yaml"), "egress: none\nnodes:\n  - name: first\n  - name: second\n");
    await cluster.up("--config", sandbox.path("config.yaml"));
  });
  afterAll(async () => {
    await registry?.[Symbol.asyncDispose]();
    await sandbox?.close();
  });

  const podOn = (name: string, image: string, extra: Json = {}) => ({
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name },
    spec: { terminationGracePeriodSeconds: 0, containers: [{ name: "main", image }], ...extra },
  });

  it("a pod's image comes from a registry on the machine's loopback, which the node itself cannot reach", async () => {
    await cluster.apply(podOn("pulled", `${registry.name}/team/box:v1`));
    await cluster.until(["pod", "pulled"], pod => expect(pod.status.phase).toBe("Running"));
    const events = await cluster.kubectl(["events", "--for", "pod/pulled"]);
    expect(events).toContain(`Successfully pulled image "${registry.name}/team/box:v1" in `);
  });

  it("pull policy Always asks the registry even for an image that is here; IfNotPresent takes it", async () => {
    const image = `${registry.name}/only/here:v1`;
    await dockerArchive(sandbox.path("here.tar"), image);
    await cluster.k8ts(["image", "load", sandbox.path("here.tar")]);
    const pod = (name: string, imagePullPolicy: string) =>
      podOn(name, image, { restartPolicy: "Never", containers: [{ name: "main", image, imagePullPolicy }] });
    await cluster.apply(pod("always", "Always"), pod("present", "IfNotPresent"));
    await cluster.until(["pod", "present"], ({ status }) => expect(status.phase).toBe("Succeeded"));
    await cluster.until(["pod", "always"], ({ status }) => {
      const { reason, message } = status.containerStatuses[0].state.waiting;
      expect(reason).toMatch(/ErrImagePull|ImagePullBackOff/);
      expect(message).toContain(`${image}: not found`);
    });
  });

  it("image pull fetches for every node; what cannot be fetched is one line", async () => {
    const text = await cluster.k8ts(["image", "pull", `${registry.name}/team/box:v1`]);
    expect(text).toMatch(new RegExp(`^pulled ${registry.name}/team/box:v1 \\([0-9a-f]{12}\\)\n$`));
    expect(await cluster.k8ts(["image", "ls"])).toContain(`${registry.name}/team/box:v1`);
    const failed = await cluster.tryK8ts(["image", "pull", `${registry.name}/team/box:v2`]);
    expect(failed).toMatchObject({
      exitCode: 1,
      stderr: `k8ts: ${registry.name}/team/box:v2 could not be pulled: ${registry.name}/team/box:v2: not found\n`,
    });
  });

  it("node add: Ready, labelled, tainted; pods on it answer under their Service", async () => {
    const added = ["node", "add", "third", "--label", "disk=ssd", "--taint", "only=web:NoSchedule"];
    expect(await cluster.k8ts(added)).toMatch(/Node "third" \(198\.1[89]\.\d+\.13\) is Ready after/);
    const node = await cluster.get("node", "third");
    expect(node.metadata.labels.disk).toBe("ssd");
    expect(node.spec.taints).toEqual([{ key: "only", value: "web", effect: "NoSchedule" }]);

    const web = podOn("web", "hello:1.0", {
      nodeSelector: { disk: "ssd" },
      tolerations: [{ key: "only", operator: "Exists" }],
    });
    await cluster.apply({ ...web, metadata: { name: "web", labels: { run: "web" } } });
    await cluster.kubectl(["expose", "pod", "web", "--port", "80"]);
    await cluster.kubectl(["wait", "pod/web", "--for=condition=Ready", "--timeout=20s"]);
    await cluster.apply(podOn("asker", "hello:1.0", { nodeName: "first" }));
    await cluster.kubectl(["wait", "pod/asker", "--for=condition=Ready", "--timeout=20s"]);
    await cluster.until(["endpointslices", "-l", "kubernetes.io/service-name=web"], list =>
      expect(list.items[0].endpoints).toHaveLength(1),
    );
    expect(await cluster.kubectl(["exec", "asker", "--", "wget", "-qO-", "http://web/"])).toContain("Hello, world!");
    expect(await cluster.k8ts(added)).toContain("is Ready"); // Again: nothing to do.
    expect((await cluster.tryK8ts(["node", "add", "third"])).stderr).toContain("with other settings");
  });

  it("added nodes are there after stop and start; up with the same config file still agrees", async () => {
    await cluster.k8ts(["stop"]);
    await cluster.k8ts(["start"]);
    expect((await cluster.get("nodes")).items.map((node: Json) => node.metadata.name)).toEqual([
      "first",
      "second",
      "third",
    ]);
    await cluster.up("--config", sandbox.path("config.yaml"));
  });

  it("node rm: its Node, pods and state go; its address is not given again", async () => {
    expect(await cluster.k8ts(["node", "rm", "second"])).toBe('Node "second" is gone.\n');
    expect((await cluster.tryKubectl(["get", "node", "second"])).stderr).toContain('nodes "second" not found');
    expect(JSON.stringify(await cluster.record().then(({ plan }) => plan.nodes))).not.toContain("second");
    expect((await cluster.tryK8ts(["logs", "second"])).stderr).toContain("there are server, first, third");
    expect((await cluster.tryK8ts(["node", "rm", "first"])).stderr).toContain("is the control-plane node");
    expect(await cluster.k8ts(["node", "add", "second"])).toMatch(/\(198\.1[89]\.\d+\.14\) is Ready/);
  });

  it("completion knows this cluster's nodes", async () => {
    const line = [launcher, "complete", "--", "node", "stop", "--name", cluster.name, "t"];
    expect(await output(line)).toBe("third\n");
  });
});

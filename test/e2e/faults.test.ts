import { readdir, readFile, writeFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fetchText, type Json, type TestCluster } from "./harness/cluster.ts";
import { containerPid } from "./harness/containers.ts";
import { eventually } from "./harness/eventually.ts";
import { run } from "./harness/run.ts";
import { Sandbox } from "./harness/sandbox.ts";

/** Pods that go wrong, on one node. */
describe("pods that go wrong", () => {
  let sandbox: Sandbox;
  let cluster: TestCluster;
  let address: string;

  beforeAll(async () => {
    sandbox = await Sandbox.create();
    cluster = sandbox.cluster("faults");
    await writeFile(sandbox.path("cluster.yaml"), "egress: none\n");
    await cluster.up("--config", sandbox.path("cluster.yaml"));
    address = (await cluster.record()).plan.nodes[0]!.address;
  });
  afterAll(() => sandbox?.close());

  const pod = (name: string, container: Json, spec: Json = {}): Json => ({
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, labels: { app: name } },
    spec: { ...spec, containers: [{ name: "main", image: "hello:1.0", ...container }] },
  });
  const shell = (script: string) => ({ command: ["sh", "-c", script] });
  const first = (object: Json) => object.status.containerStatuses[0];
  const isReady = (object: Json) =>
    object.status.conditions.find((each: Json) => each.type === "Ready").status === "True";
  const reasons = async (name: string) =>
    (await cluster.get("events", "--field-selector", `involvedObject.name=${name}`)).items.map(
      (each: Json) => each.reason,
    );

  it("an image that does not exist: ErrImagePull, then ImagePullBackOff, with the reason", async () => {
    await cluster.apply(
      pod("no-image", { image: "example.com/missing:1" }),
      pod("never", { image: "missing:2", imagePullPolicy: "Never" }),
    );
    const seen = new Set<string>();
    await eventually(async () => {
      const waiting = first(await cluster.get("pod", "no-image")).state.waiting;
      seen.add(waiting.reason);
      expect(waiting.message).toContain("example.com/missing:1");
      expect(seen).toContain("ImagePullBackOff");
    });
    await cluster.until(["pod", "never"], object => {
      expect(first(object).state.waiting.reason).toBe("ErrImageNeverPull");
      expect(object.status.phase).toBe("Pending");
    });
    const found = await reasons("no-image");
    expect(found).toContain("Pulling");
    expect(found).toContain("BackOff");
    const events = (await cluster.get("events", "--field-selector", "involvedObject.name=no-image")).items;
    const messages = events.map((event: Json) => event.message);
    expect(messages).toContain("Error: ErrImagePull");
    expect(
      messages.some((message: string) => message.startsWith('Failed to pull image "example.com/missing:1": ')),
    ).toBe(true);
    await cluster.kubectl(["delete", "pod", "no-image", "never", "--grace-period=1"]);
  });

  it("a container that crashes: CrashLoopBackOff with growing pauses, its exit code and its last words", async () => {
    await cluster.apply(
      pod("crash", { ...shell("echo going down; exit 3"), terminationMessagePolicy: "FallbackToLogsOnError" }),
    );
    const crashed = await cluster.until(["pod", "crash"], object => {
      expect(first(object).state.waiting?.reason).toBe("CrashLoopBackOff");
      expect(first(object).restartCount).toBeGreaterThanOrEqual(1);
    });
    expect(first(crashed).state.waiting.message).toMatch(
      new RegExp(`^back-off \\d+s restarting failed container=main pod=crash_default\\(${crashed.metadata.uid}\\)$`),
    );
    expect(first(crashed).lastState.terminated).toMatchObject({
      exitCode: 3,
      reason: "Error",
      message: "going down\n",
    });
    expect(await cluster.kubectl(["logs", "crash", "--previous"])).toBe("going down\n");
    expect(await cluster.kubectl(["get", "pod", "crash"])).toMatch(/crash +0\/1 +CrashLoopBackOff +[1-9]/);
    expect(await reasons("crash")).toContain("BackOff");
    await cluster.kubectl(["delete", "pod", "crash"]);
  });

  it("one that ends: restartPolicy Never gives Failed or Succeeded with its code", async () => {
    await cluster.apply(
      pod("fails", shell("exit 9"), { restartPolicy: "Never" }),
      pod("ends", shell("exit 0"), { restartPolicy: "OnFailure" }),
    );
    const failed = await cluster.until(["pod", "fails"], object => expect(object.status.phase).toBe("Failed"));
    expect(first(failed).state.terminated).toMatchObject({ exitCode: 9, reason: "Error" });
    const ended = await cluster.until(["pod", "ends"], object => expect(object.status.phase).toBe("Succeeded"));
    expect(first(ended).state.terminated).toMatchObject({ exitCode: 0, reason: "Completed" });
    await cluster.kubectl(["delete", "pod", "fails", "ends"]);
  });

  it("one that ignores SIGTERM is killed when its grace period ends", async () => {
    await cluster.apply(pod("stubborn", shell("trap '' TERM; while :; do sleep 0.1; done")));
    await cluster.kubectl(["wait", "--for=condition=Ready", "pod/stubborn", "--timeout=20s"]);
    const { uid } = (await cluster.get("pod", "stubborn")).metadata;
    await using watch = cluster.startKubectl([
      "get",
      "pod",
      "stubborn",
      "--watch",
      "--output-watch-events",
      "-o",
      "json",
    ]);
    await eventually(() => expect(watch.text()).toContain(uid));
    const began = performance.now();
    await cluster.kubectl(["delete", "pod", "stubborn", "--grace-period=2"]);
    const tookMs = performance.now() - began;
    expect(tookMs).toBeGreaterThan(2_000);
    expect(tookMs).toBeLessThan(6_000);
    await eventually(() => expect(watch.text()).toMatch(/"exitCode": ?137/));
  });

  it("a host port in use: the scheduler says so; a kubelet that is given such a pod refuses it", async () => {
    const container = { ports: [{ containerPort: 80, hostPort: 8088 }] };
    await cluster.apply(pod("port-one", container));
    await cluster.kubectl(["wait", "--for=condition=Ready", "pod/port-one", "--timeout=20s"]);
    await eventually(async () => expect(await fetchText(`http://${address}:8088/healthz`)).toBe("ok\n"));
    await cluster.apply(pod("port-two", container), pod("port-three", container, { nodeName: "node-1" }));
    await cluster.until(["pod", "port-two"], object => {
      const scheduled = object.status.conditions.find((each: Json) => each.type === "PodScheduled");
      expect(scheduled).toMatchObject({ status: "False", reason: "Unschedulable" });
      expect(scheduled.message).toContain(
        "0/1 nodes are available: 1 node(s) didn't have free ports for the requested pod ports.",
      );
    });
    await cluster.until(["pod", "port-three"], object => {
      expect(object.status).toMatchObject({ phase: "Failed", reason: "NodePorts" });
    });
    await cluster.kubectl(["delete", "pod", "port-one"]);
    // The port is free again: the waiting pod gets it without anybody's help.
    await cluster.kubectl(["wait", "--for=condition=Ready", "pod/port-two", "--timeout=20s"]);
    await cluster.kubectl(["delete", "pod", "port-two", "port-three"]);
  });

  it("liveness: a container that calls itself unhealthy is restarted", async () => {
    const probe = { httpGet: { path: "/healthz", port: 80 }, periodSeconds: 1, failureThreshold: 2 };
    await cluster.apply(pod("sick", { livenessProbe: probe }));
    await cluster.kubectl(["wait", "--for=condition=Ready", "pod/sick", "--timeout=20s"]);
    await cluster.kubectl(["exec", "sick", "--", "wget", "-qO-", "http://127.0.0.1/cgi-bin/unhealthy"]);
    const healed = await cluster.until(["pod", "sick"], object => {
      expect(first(object).restartCount).toBe(1);
      expect(first(object).ready).toBe(true);
    });
    expect(first(healed).lastState.terminated).toBeDefined();
    const found = await reasons("sick");
    expect(found).toContain("Unhealthy");
    expect(found).toContain("Killing");
    await cluster.kubectl(["delete", "pod", "sick"]);
  });

  it("readiness: a pod that is not ready gets no traffic, and gets it again", async () => {
    const probe = { httpGet: { path: "/healthz", port: 80 }, periodSeconds: 1, failureThreshold: 1 };
    await cluster.apply(pod("moody", { readinessProbe: probe }));
    await cluster.kubectl(["expose", "pod", "moody", "--port=80"]);
    await cluster.kubectl(["wait", "--for=condition=Ready", "pod/moody", "--timeout=20s"]);
    const endpoints = async () => {
      const [slice] = (await cluster.get("endpointslices", "-l", "kubernetes.io/service-name=moody")).items;
      return slice.endpoints.map((endpoint: Json) => endpoint.conditions.ready);
    };
    await eventually(async () => expect(await endpoints()).toEqual([true]));
    await cluster.kubectl(["exec", "moody", "--", "mv", "/www/healthz", "/www/hidden"]);
    const unready = await cluster.until(["pod", "moody"], object => expect(isReady(object)).toBe(false));
    expect(first(unready).restartCount).toBe(0);
    await eventually(async () => expect(await endpoints()).toEqual([false]));
    const { clusterIP } = (await cluster.get("service", "moody")).spec;
    const node = ["nsenter", `--net=/run/k8ts/${cluster.name}/pin/node-1.net`];
    await eventually(async () =>
      expect((await run([...node, "curl", "-sS", "-m", "1", `http://${clusterIP}/`])).stderr).toMatch(
        /refused|Failed to connect/,
      ),
    );
    await cluster.kubectl(["exec", "moody", "--", "mv", "/www/hidden", "/www/healthz"]);
    await eventually(async () =>
      expect((await run([...node, "curl", "-sS", "-m", "1", `http://${clusterIP}/healthz`])).stdout).toBe("ok\n"),
    );
    await cluster.kubectl(["delete", "pod,service", "moody"]);
  });

  it("a container over its memory limit is killed: OOMKilled", async () => {
    const container = {
      ...shell("sleep 0.5; x=$(yes | head -c 60000000); echo survived"),
      resources: { limits: { memory: "24Mi" } },
    };
    await cluster.apply(pod("greedy", container, { restartPolicy: "Never" }));
    const ended = await cluster.until(["pod", "greedy"], object =>
      expect(first(object).state.terminated).toBeDefined(),
    );
    expect(first(ended).state.terminated).toMatchObject({ exitCode: 137, reason: "OOMKilled" });
    await cluster.kubectl(["delete", "pod", "greedy"]);
  });

  it("a command that is not in the image: the container cannot be started, and says why", async () => {
    await cluster.apply(pod("typo", { command: ["/no/such/program"] }));
    await cluster.until(["pod", "typo"], object => {
      const { state, lastState } = first(object);
      const told = `${state.waiting?.message} ${state.terminated?.message} ${lastState?.terminated?.message}`;
      expect(told).toContain("no such file or directory");
    });
    await cluster.kubectl(["delete", "pod", "typo", "--grace-period=1"]);
  });

  it("a pod that fits nowhere stays Pending, with the reason", async () => {
    await cluster.apply(pod("huge", { resources: { requests: { cpu: "500" } } }));
    await cluster.until(["pod", "huge"], object => {
      const scheduled = object.status.conditions.find((each: Json) => each.type === "PodScheduled");
      expect(scheduled.message).toContain("0/1 nodes are available: 1 Insufficient cpu.");
    });
    await cluster.kubectl(["delete", "pod", "huge"]);
  });

  it("a killed process of a pod is restarted in the same sandbox, with the same address", async () => {
    await cluster.apply(pod("reborn", {}));
    await cluster.kubectl(["wait", "--for=condition=Ready", "pod/reborn", "--timeout=20s"]);
    const before = await cluster.get("pod", "reborn");
    process.kill(await containerPid(first(before).containerID), "SIGKILL");
    const after = await cluster.until(["pod", "reborn"], object => {
      expect(first(object).restartCount).toBe(1);
      expect(first(object).ready).toBe(true);
    });
    expect(first(after).lastState.terminated.exitCode).toBe(137);
    expect(after.status.podIP).toBe(before.status.podIP);
    await cluster.kubectl(["delete", "pod", "reborn"]);
  });

  it("a pod of which something was mounted once more, by a command that nobody waited for, goes without a trace", async () => {
    await cluster.apply(pod("pinned", {}));
    await cluster.kubectl(["wait", "--for=condition=Ready", "pod/pinned", "--timeout=20s"]);
    const { uid } = (await cluster.get("pod", "pinned")).metadata;
    const folder = `/run/k8ts/${cluster.name}/node-1/cri/sandboxes`;
    const recordOf = (id: string) => readFile(`${folder}/${id}/sandbox.json`, "utf8");
    const ids = await readdir(folder);
    const records = await Promise.all(ids.map(recordOf));
    const id = ids.find((_, at) => JSON.parse(records[at]!).config.metadata.uid === uid)!;
    const inNode = ["nsenter", `--mount=/run/k8ts/${cluster.name}/pin/node-1.mnt`];
    await run([...inNode, "mount", "--bind", "/proc/self/ns/uts", `${folder}/${id}/uts`]);
    const containers = `/run/k8ts/${cluster.name}/node-1/cri/containers`;
    const container = first(await cluster.get("pod", "pinned")).containerID.split("//")[1];
    await run([...inNode, "mount", "-t", "tmpfs", "late", `${containers}/${container}/rootfs`]);
    await cluster.kubectl(["delete", "pod", "pinned", "--grace-period=1"]);
    await eventually(async () => {
      expect(await readdir(folder)).not.toContain(id);
      expect(await readdir(containers)).not.toContain(container);
    });
  });
});

import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { configMaps } from "#api/core/v1/config-map.ts";
import { type Node, nodes } from "#api/core/v1/node.ts";
import { pods } from "#api/core/v1/pod.ts";
import { KubeletFixture, podOf } from "#testing/kubelet-fixture.ts";

let fixture: KubeletFixture;
let { clock, api, world, host, spans, healthy, pod, main, condition, eventsOf } = {} as KubeletFixture;

beforeEach(async () => {
  fixture = await KubeletFixture.create();
  ({ clock, api, world, host, spans, healthy, pod, main, condition, eventsOf } = fixture);
});

afterEach(() => fixture.stop());

describe("the node", () => {
  test("registers and is ready at once", () => {
    const node = api.find(nodes, undefined, "node-1") as Node;
    expect(node.metadata.labels).toMatchObject({
      "kubernetes.io/hostname": "node-1",
      "kubernetes.io/os": "linux",
      "kubernetes.io/arch": "amd64",
    });
    expect(node.status?.conditions?.find(({ type }) => type === "Ready")).toMatchObject({
      status: "True",
      reason: "KubeletReady",
      message: "kubelet is posting ready status",
    });
    expect(node.status?.nodeInfo?.kubeletVersion).toBe("v1.37.2+k8ts.0.1.0");
    expect(node.status?.nodeInfo?.containerRuntimeVersion).toBe("simulated://1.0.0");
    expect(node.status?.capacity).toMatchObject({ cpu: "4", memory: "8Gi", pods: "110" });
    expect(node.status?.allocatable).toMatchObject({ cpu: "4", memory: "8092Mi" });
    expect(eventsOf("node-1")).toContain("Normal NodeReady: Node node-1 status is now: NodeReady");
    expect(eventsOf("node-1")).toContain(
      "Normal NodeHasSufficientMemory: Node node-1 status is now: NodeHasSufficientMemory",
    );
  });

  test("renews its lease every ten seconds and reports an unchanged status only every five minutes", async () => {
    const writes = () => api.writes.filter(write => write.startsWith("patch nodes")).length;
    const before = writes();
    const leases = () => api.writes.filter(write => write.includes("leases")).length;
    const leasesBefore = leases();
    await clock.advance(62_000);
    expect(leases() - leasesBefore).toBeGreaterThanOrEqual(5);
    expect(writes()).toBe(before);
    await clock.advance(300_000);
    expect(writes()).toBe(before + 1);
  });
});

describe("a pod", () => {
  test("runs and is ready", async () => {
    await api.put(pods, podOf("web"));
    await clock.advance(10);
    expect(pod("web")?.status).toMatchObject({
      phase: "Running",
      podIP: "10.244.1.2",
      hostIP: "192.0.2.1",
      qosClass: "BestEffort",
      observedGeneration: 1,
    });
    expect(pod("web")?.status?.conditions?.map(({ type, status }) => `${type}=${status}`)).toEqual([
      "PodReadyToStartContainers=True",
      "Initialized=True",
      "Ready=True",
      "ContainersReady=True",
      "PodScheduled=True",
    ]);
    expect(main("web")).toMatchObject({ ready: true, started: true, restartCount: 0, image: "web:1" });
    expect(eventsOf("web").map(event => event.split(":")[0])).toEqual([
      "Normal Pulling",
      "Normal Pulled",
      "Normal Created",
      "Normal Started",
    ]);
    const names = spans
      .since(0)
      .filter(span => span.subject?.name === "web")
      .map(span => span.name);
    expect(names).toEqual(expect.arrayContaining(["sync pod", "RunPodSandbox", "CreateContainer", "StartContainer"]));
    expect(spans.since(0).find(span => span.name === "RunPodSandbox")?.cause?.revisions).toHaveLength(1);
  });

  /** The network of a pod comes up beside all else: its addresses are told this much later, or not at all. */
  function networkTakes(ms: number, failure: () => Error | undefined = () => undefined): void {
    const status = world.runtime.podSandboxStatus.bind(world.runtime);
    world.runtime.podSandboxStatus = async (request, call) => {
      await clock.sleep(ms);
      const error = failure();
      if (error !== undefined) throw error;
      return status(request, call);
    };
  }

  test("has its container made while its network comes up, and started after that", async () => {
    networkTakes(1_000);
    await api.put(pods, podOf("web"));
    await clock.advance(900);
    expect(world.calls.get("CreateContainer")).toBe(1);
    expect(world.calls.get("StartContainer")).toBeUndefined();
    await clock.advance(5_000);
    expect(condition("web", "Ready")).toBe("True");
    const hosts = await host.files.read("/var/lib/kubelet/pods/uid-web/etc-hosts");
    expect(new TextDecoder().decode(hosts)).toContain("10.244.1.2\tweb");
  });

  test("waits for an address that its environment wants", async () => {
    networkTakes(1_000);
    const env = [{ name: "IP", valueFrom: { fieldRef: { apiVersion: "v1", fieldPath: "status.podIP" } } }];
    await api.put(pods, podOf("web", { containers: [{ name: "main", image: "web:1", env }] }));
    await clock.advance(900);
    expect(world.calls.get("CreateContainer")).toBeUndefined();
    await clock.advance(5_000);
    expect(condition("web", "Ready")).toBe("True");
  });

  test("that gets no network says so, starts nothing, and is tried again", async () => {
    let isFull = true;
    networkTakes(10, () => (isFull ? new Error("no address is left") : undefined));
    await api.put(pods, podOf("web"));
    await clock.advance(5_000);
    expect(eventsOf("web")).toContain(
      "Warning FailedCreatePodSandBox: Failed to create pod sandbox: no address is left",
    );
    expect(world.calls.get("StartContainer")).toBeUndefined();
    isFull = false;
    await clock.advance(120_000);
    expect(condition("web", "Ready")).toBe("True");
  });

  test("that ends well succeeds, and is not deleted", async () => {
    await api.put(pods, podOf("job", { image: "once:1", restartPolicy: "Never" }));
    await clock.advance(6_000);
    expect(pod("job")?.status?.phase).toBe("Succeeded");
    expect(main("job")?.state?.terminated).toMatchObject({ exitCode: 0, reason: "Completed" });
    expect(condition("job", "Ready")).toBe("False");
    await clock.advance(120_000);
    expect(pod("job")).toBeDefined();
    await api.delete(pods, { namespace: "default", name: "job" });
    await clock.advance(100);
    expect(pod("job")).toBeUndefined();
    expect((await world.runtime.listContainers({}, {})).containers).toEqual([]);
  });

  test("that crashes is started again at once, then after 10 s, then after 20 s", async () => {
    await api.put(pods, podOf("bad", { image: "crash:1", restartPolicy: "Always" }));
    await clock.advance(1_000);
    expect(main("bad")).toMatchObject({
      restartCount: 1,
      state: {
        waiting: {
          reason: "CrashLoopBackOff",
          message: "back-off 10s restarting failed container=main pod=bad_default(uid-bad)",
        },
      },
      lastState: { terminated: { exitCode: 3, reason: "Error" } },
    });
    await clock.advance(10_000);
    expect(main("bad")?.restartCount).toBe(2);
    await clock.advance(15_000);
    expect(main("bad")?.restartCount).toBe(2);
    await clock.advance(6_000);
    expect(main("bad")?.restartCount).toBe(3);
    expect(eventsOf("bad")).toContain(
      "Warning BackOff: Back-off restarting failed container main in pod bad_default(uid-bad)",
    );
  });

  test("leaves its log's end as its last words when it asks for that", async () => {
    const terminationMessagePolicy = "FallbackToLogsOnError" as const;
    const containers = [
      { name: "main", image: "crash:1", imagePullPolicy: "IfNotPresent" as const, terminationMessagePolicy },
    ];
    await api.put(pods, podOf("words", { containers, restartPolicy: "Never" }));
    await clock.advance(1_000);
    expect(pod("words")?.status?.phase).toBe("Failed");
    expect(main("words")?.state?.terminated).toMatchObject({ exitCode: 3, reason: "Error", message: "boom\n" });
  });

  test("runs its init containers first, and keeps its sidecar until the rest is done", async () => {
    const once = { image: "once:1", imagePullPolicy: "IfNotPresent" as const };
    const initContainers = [
      { name: "side", image: "web:1", imagePullPolicy: "IfNotPresent" as const, restartPolicy: "Always" },
      { name: "init", ...once },
    ];
    await api.put(
      pods,
      podOf("staged", { initContainers, containers: [{ name: "main", ...once }], restartPolicy: "Never" }),
    );
    await clock.advance(4_000);
    expect(pod("staged")?.status?.phase).toBe("Pending");
    expect(main("staged")?.state?.waiting?.reason).toBe("PodInitializing");
    expect(condition("staged", "Initialized")).toBe("False");
    await clock.advance(4_000);
    expect(pod("staged")?.status?.phase).toBe("Running");
    expect(condition("staged", "Initialized")).toBe("True");
    expect(pod("staged")?.status?.initContainerStatuses?.map(({ ready }) => ready)).toEqual([true, true]);
    await clock.advance(4_000);
    expect(pod("staged")?.status?.phase).toBe("Succeeded");
    expect(pod("staged")?.status?.initContainerStatuses?.[0]?.state?.terminated).toBeDefined();
  });

  test("whose image is missing waits with back-off", async () => {
    await api.put(pods, podOf("pull", { image: "absent:1" }));
    await clock.advance(1_000);
    expect(main("pull")?.state?.waiting).toEqual({
      reason: "ImagePullBackOff",
      message: 'Back-off pulling image "absent:1": ErrImagePull: not there',
    });
    expect(pod("pull")?.status?.phase).toBe("Pending");
    const pulls = () => eventsOf("pull").filter(event => event.startsWith("Normal Pulling")).length;
    expect(pulls()).toBe(1);
    await clock.advance(10_000);
    expect(pulls()).toBe(2);
    await clock.advance(11_000);
    expect(pulls()).toBe(2);
    await clock.advance(10_000);
    expect(pulls()).toBe(3);
    expect(eventsOf("pull")).toContain("Warning Failed: Error: ErrImagePull");
    expect(eventsOf("pull")).toContain("Warning Failed: Error: ImagePullBackOff");
  });

  test("whose postStart hook fails is told so, and its Event says no more", async () => {
    const withHook = (path: string) => ({
      containers: [
        {
          ...{ name: "main", image: "web:1", imagePullPolicy: "IfNotPresent" as const },
          lifecycle: { postStart: { httpGet: { path, port: path === "/answered" ? 80 : "unknown" } } },
        },
      ],
    });
    healthy.ready = false;
    await api.put(pods, podOf("answered", withHook("/answered")));
    await api.put(pods, podOf("hooked", withHook("/")));
    await clock.advance(500);
    expect(main("answered")?.state?.running).toBeDefined();
    expect(eventsOf("hooked")).toContain("Warning FailedPostStartHook: PostStartHook failed");
    expect(eventsOf("hooked")).toContain("Normal Killing: FailedPostStartHook");
  });

  test("whose image is no image's name says so", async () => {
    await api.put(pods, podOf("misnamed", { image: "Web:1" }));
    await clock.advance(500);
    expect(main("misnamed")?.state?.waiting?.reason).toBe("InvalidImageName");
    expect(eventsOf("misnamed")).toContain("Warning Failed: Error: InvalidImageName");
  });

  test("is ready only while its readiness probe succeeds", async () => {
    healthy.ready = false;
    const readinessProbe = { httpGet: { port: 80, path: "/" }, periodSeconds: 1, failureThreshold: 2 };
    await api.put(
      pods,
      podOf("probed", {
        containers: [{ name: "main", image: "web:1", imagePullPolicy: "IfNotPresent", readinessProbe }],
      }),
    );
    await clock.advance(500);
    expect(pod("probed")?.status?.phase).toBe("Running");
    expect(condition("probed", "Ready")).toBe("False");
    healthy.ready = true;
    await clock.advance(1_000);
    expect(condition("probed", "Ready")).toBe("True");
    healthy.ready = false;
    await clock.advance(2_000);
    expect(condition("probed", "Ready")).toBe("False");
    expect(eventsOf("probed")).toContain(
      "Warning Unhealthy: Readiness probe failed: HTTP probe failed with statuscode: 503",
    );
  });

  test("is started anew when its liveness probe gives up", async () => {
    const livenessProbe = { httpGet: { port: 80, path: "/" }, periodSeconds: 1, failureThreshold: 2 };
    await api.put(
      pods,
      podOf("alive", {
        containers: [{ name: "main", image: "web:1", imagePullPolicy: "IfNotPresent", livenessProbe }],
      }),
    );
    await clock.advance(500);
    healthy.ready = false;
    await clock.advance(2_100);
    healthy.ready = true;
    await clock.advance(500);
    expect(main("alive")).toMatchObject({ restartCount: 1, state: { running: {} } });
    expect(eventsOf("alive")).toContain("Normal Killing: Container main failed liveness probe, will be restarted");
  });

  test("waits for a config map and then sees its changes", async () => {
    const containers = [
      {
        name: "main",
        image: "web:1",
        imagePullPolicy: "IfNotPresent" as const,
        volumeMounts: [{ name: "v", mountPath: "/v" }],
      },
    ];
    await api.put(pods, podOf("mounts", { containers, volumes: [{ name: "v", configMap: { name: "settings" } }] }));
    await clock.advance(200);
    expect(main("mounts")?.state?.waiting?.reason).toBe("ContainerCreating");
    expect(eventsOf("mounts")).toContain(
      'Warning FailedMount: MountVolume.SetUp failed for volume "v" : configmap "settings" not found',
    );
    await api.put(configMaps, { metadata: { name: "settings", namespace: "default" }, data: { key: "one" } });
    await clock.advance(100);
    expect(condition("mounts", "Ready")).toBe("True");
    const file = "/var/lib/kubelet/pods/uid-mounts/volumes/kubernetes.io~configmap/v/key";
    expect(new TextDecoder().decode(await host.files.read(file))).toBe("one");
    await api.put(configMaps, { metadata: { name: "settings", namespace: "default" }, data: { key: "two" } });
    await clock.advance(100);
    expect(new TextDecoder().decode(await host.files.read(file))).toBe("two");
  });

  test("that does not fit is rejected", async () => {
    const resources = { requests: { cpu: "9" } };
    await api.put(pods, podOf("big", { containers: [{ name: "main", image: "web:1", resources }] }));
    await clock.advance(10);
    expect(pod("big")?.status).toMatchObject({
      phase: "Failed",
      reason: "OutOfcpu",
      message: "Pod was rejected: Node didn't have enough resource: cpu, requested: 9000, used: 0, capacity: 4000",
    });
  });
});

describe("a pod whose sandbox is gone", () => {
  test("starts anew in another, and keeps no more of the old ones than its last run", async () => {
    await api.put(pods, podOf("moved"));
    await clock.advance(1_000);
    const held = async () => {
      const { items = [] } = await world.runtime.listPodSandbox({}, {});
      const { containers = [] } = await world.runtime.listContainers({}, {});
      return [items.map(({ metadata }) => metadata?.attempt).sort(), containers.length];
    };
    const lose = async () => {
      const { items = [] } = await world.runtime.listPodSandbox({}, {});
      const ready = items.find(({ state }) => state === "SANDBOX_READY");
      await world.runtime.stopPodSandbox({ podSandboxId: ready?.id ?? "" }, {});
      await clock.advance(60_000);
    };
    expect(await held()).toEqual([[0], 1]);
    await lose();
    expect(await held()).toEqual([[0, 1], 2]);
    await lose();
    expect(await held()).toEqual([[1, 2], 2]);
    expect(main("moved")?.state?.running).toBeDefined();
  });
});

describe("a new kubelet", () => {
  test("restarts nothing, and removes what has no pod any more", async () => {
    const readinessProbe = { httpGet: { port: 80, path: "/" }, initialDelaySeconds: 1 };
    await api.put(
      pods,
      podOf("stays", {
        containers: [{ name: "main", image: "web:1", imagePullPolicy: "IfNotPresent", readinessProbe }],
      }),
    );
    await api.put(pods, podOf("leaves"));
    await clock.advance(2_000);
    expect(condition("stays", "Ready")).toBe("True");
    const readySince = pod("stays")?.status?.conditions?.find(({ type }) => type === "Ready")?.lastTransitionTime;
    const before = main("stays")?.containerID;
    await fixture.stop();
    await api.delete(pods, { namespace: "default", name: "leaves" }, { gracePeriodSeconds: 0 });
    fixture.start();
    await clock.advance(1_000);
    expect(main("stays")).toMatchObject({ containerID: before, restartCount: 0, state: { running: {} } });
    expect(pod("stays")?.status?.conditions?.find(({ type }) => type === "Ready")).toMatchObject({
      status: "True",
      lastTransitionTime: readySince,
    });
    const sandboxes = (await world.runtime.listPodSandbox({}, {})).items;
    expect(sandboxes?.map(({ metadata }) => metadata?.name)).toEqual(["stays"]);
  });
});

describe("its HTTP API", () => {
  const ask = async (path: string, query = "") => {
    const chunks: Uint8Array[] = [];
    const signal = new AbortController().signal;
    const answer = await fixture.kubelet.handler({
      ...{ method: "GET", path, query, headers: {}, signal },
      connection: { remoteAddress: "test", protocol: "direct", identity: { name: "admin", groups: [] } },
      readBody: async () => new Uint8Array(),
    });
    if (typeof answer.body === "function") {
      const write = (bytes: Uint8Array) => chunks.push(bytes) > 0;
      await answer.body({ write, drained: async () => {}, pendingBytes: 0, signal });
    } else if (answer.body) chunks.push(answer.body);
    return { status: answer.status, text: Buffer.concat(chunks).toString() };
  };

  test("gives logs", async () => {
    await api.put(pods, podOf("talks", { image: "once:1" }));
    await clock.advance(10);
    expect(await ask("/containerLogs/default/talks/main")).toEqual({ status: 200, text: "hello\n" });
    expect((await ask("/containerLogs/default/talks/main", "limitBytes=3")).text).toBe("hel");
    expect((await ask("/containerLogs/default/talks/other")).status).toBe(404);
    expect((await ask("/pods")).text).toContain('"talks"');
    expect(JSON.parse((await ask("/journey", "since=0")).text).spans.length).toBeGreaterThan(3);
  });

  test("turns away who says not who they are", async () => {
    const answer = await fixture.kubelet.handler({
      ...{ method: "GET", path: "/pods", query: "", headers: {}, signal: new AbortController().signal },
      connection: { remoteAddress: "test", protocol: "HTTP/2.0" },
      readBody: async () => new Uint8Array(),
    });
    expect(answer.status).toBe(401);
  });
});

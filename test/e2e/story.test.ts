import { mkdir, readFile, writeFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { example, fetchText, type Json, launcher, type TestCluster } from "./harness/cluster.ts";
import { eventually, sleep } from "./harness/eventually.ts";
import { output, run } from "./harness/run.ts";
import { Sandbox } from "./harness/sandbox.ts";

/** What a person does on the first day, in the order of the README, on three nodes. */
describe("the story on three nodes", () => {
  let sandbox: Sandbox;
  let cluster: TestCluster;
  let addresses: readonly string[];
  const hello = "app=hello-server";

  beforeAll(async () => {
    sandbox = await Sandbox.create();
    cluster = sandbox.cluster("story");
  });
  afterAll(() => sandbox?.close());

  const helloPods = () => cluster.pods(hello);
  const firstPod = async () => (await expectHelloReady())[0].metadata.name as string;
  const names = (pods: readonly Json[]) => pods.map(pod => pod.metadata.name).sort();
  const isReady = (pod: Json) =>
    pod.status.conditions?.some((each: Json) => each.type === "Ready" && each.status === "True");
  const restarts = (pod: Json) => pod.status.containerStatuses[0].restartCount as number;

  async function expectHelloReady(count = 3, withinMs = 30_000): Promise<readonly Json[]> {
    return eventually(
      async () => {
        const pods = (await helloPods()).filter(pod => pod.metadata.deletionTimestamp === undefined);
        expect(pods.filter(isReady)).toHaveLength(count);
        expect(pods).toHaveLength(count);
        return pods;
      },
      { withinMs },
    );
  }

  it("up --config makes three nodes, tells its steps and selects the context", async () => {
    const text = await cluster.up("--config", example("three-nodes.yaml"));
    for (const step of ["certificates", "network", "API server", "3 nodes Ready", "cluster DNS"])
      expect(text).toContain(step);
    expect(text).toMatch(/is usable after \d+\.\d\d s/);
    const { plan } = await cluster.record();
    addresses = plan.nodes.map(node => node.address);
    const context = await output(["kubectl", "config", "current-context"], { environment: cluster.environment });
    expect(context.trim()).toBe(`k8ts-${cluster.name}`);
  });

  it("get nodes shows them Ready, with roles, labels and addresses", async () => {
    const nodes = (await cluster.get("nodes")).items;
    expect(nodes.map((node: Json) => node.metadata.name)).toEqual(["node-1", "node-2", "node-3"]);
    expect(nodes.every(isReady)).toBe(true);
    expect(nodes[0].metadata.labels["node-role.kubernetes.io/control-plane"]).toBe("");
    expect(nodes[1].metadata.labels["example.com/disk"]).toBe("fast");
    const wide = await cluster.kubectl(["get", "nodes", "-o", "wide"]);
    expect(wide).toMatch(/node-1 +Ready +control-plane .*v1\.37\.2\+k8ts/);
    for (const address of addresses) expect(wide).toContain(address);
  });

  it("apply brings the example up, and rollout status waits for it", async () => {
    await cluster.kubectl(["apply", "-f", example("hello-server.yaml")]);
    const text = await cluster.kubectl(["rollout", "status", "deployment/hello-server", "--timeout=30s"]);
    expect(text).toContain('deployment "hello-server" successfully rolled out');
    const pods = await expectHelloReady();
    expect(new Set(pods.map(pod => pod.spec.nodeName)).size).toBe(3);
    expect(await cluster.kubectl(["get", "pods", "-o", "wide"])).toMatch(/hello-server-\S+ +1\/1 +Running +0 /);
  });

  it("the kernel holds pods and containers to their limits", async () => {
    const { containerCgroup } = await import("./harness/containers.ts");
    const [pod] = await expectHelloReady();
    const container = await containerCgroup(pod.status.containerStatuses[0].containerID);
    expect(container.path).toContain(
      `/node-${/\d$/.exec(pod.spec.nodeName)}/kubepods/burstable/pod${pod.metadata.uid}/`,
    );
    for (const group of [container, container.parent()]) {
      expect(await group.memoryLimitBytes()).toBe(64 * 1024 * 1024);
      expect(await group.cpuShareOfOne()).toBe(0.5);
    }
  });

  it("every node's address and localhost answer on the NodePort", async () => {
    for (const host of [...addresses, "localhost"]) {
      const text = await eventually(async () => {
        const answer = await fetchText(`http://${host}:30599/`);
        expect(answer, host).toContain("Hello, world! Let's learn Kubernetes!");
        return answer;
      });
      expect(text).toMatch(/pod: +hello-server-/);
      expect(text).toMatch(/node: +node-[123]/);
    }
  });

  it("the Service spreads requests over all pods", async () => {
    const answers = await Promise.all(Array.from({ length: 40 }, () => fetchText(`http://${addresses[1]}:30599/`)));
    const pods = new Set(answers.map(answer => /pod: +(\S+)/.exec(answer)?.[1]));
    expect([...pods].sort()).toEqual(names(await helloPods()));
  });

  it("trace tells the journey from the request to containers and proxy rules", async () => {
    const steps = [
      /apiserver: create deployments hello-server, .*kubectl|apiserver: (create|patch) deployments hello-server/,
      /deployment-controller: reconcile/,
      /replicaset-controller: reconcile/,
      /scheduler: schedule .*3 of 3 nodes fit/,
      /kubelet@node-[123]: RunPodSandbox/,
      /cni@node-[123]: CNI ADD/,
      /oci@node-[123]: runc create/,
      /kubelet@node-[123]: .*probe/,
      /endpointslice-controller: reconcile/,
      /kube-proxy@node-[123]: /,
    ];
    await eventually(async () => {
      const text = await cluster.k8ts(["trace", "deployment/hello-server"]);
      for (const step of steps) expect(text).toMatch(step);
    });
    const answer = JSON.parse(await cluster.k8ts(["trace", "deployment/hello-server", "--output", "json"]));
    expect(JSON.stringify(answer)).toContain("hello-server");
  });

  it("the README's first commands: create deployment, expose, curl", async () => {
    await cluster.kubectl(["create", "deployment", "hello", "--image=hello:1.0", "--replicas=3"]);
    await cluster.kubectl(["expose", "deployment", "hello", "--type=NodePort", "--port=80"]);
    await cluster.kubectl(["wait", "--for=condition=Available", "deployment/hello", "--timeout=30s"]);
    const port = (await cluster.get("service", "hello")).spec.ports[0].nodePort;
    for (const address of addresses)
      await eventually(async () => expect(await fetchText(`http://${address}:${port}/`)).toContain("Hello, world!"));
    await cluster.kubectl(["delete", "deployment,service", "hello"]);
  });

  it("describe tells of pods, nodes and the deployment", async () => {
    const pod = await cluster.kubectl(["describe", "pod", await firstPod()]);
    for (const part of [
      "Controlled By:  ReplicaSet/hello-server-",
      "Startup:",
      "Readiness:",
      "Liveness:",
      "Scheduled",
      "Started",
    ])
      expect(pod).toContain(part);
    expect(await cluster.kubectl(["describe", "node", "node-2"])).toMatch(/Allocated resources:[\s\S]*cpu +50m/);
    expect(await cluster.kubectl(["describe", "deployment", "hello-server"])).toContain("ScalingReplicaSet");
    expect(await cluster.kubectl(["describe", "service", "hello-server"])).toMatch(/Endpoints: +10\.244\./);
  });

  it("DNS answers in pods: services, headless services, pods' names on other nodes", async () => {
    await cluster.apply({
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "headless" },
      spec: { clusterIP: "None", selector: { app: "hello-server" }, ports: [{ port: 80 }] },
    });
    const pods = await helloPods();
    const [first] = pods;
    const clusterIp = (await cluster.get("service", "hello-server")).spec.clusterIP;
    const lookUp = (name: string) => cluster.kubectl(["exec", first.metadata.name, "--", "nslookup", "-type=a", name]);
    expect(await lookUp("hello-server.default.svc.cluster.local")).toContain(clusterIp);
    await eventually(async () => {
      const answer = await lookUp("headless.default.svc.cluster.local");
      for (const pod of pods) expect(answer).toContain(pod.status.podIP);
    });
    const other = pods.find(pod => pod.spec.nodeName !== first.spec.nodeName);
    const podName = `${other.status.podIP.replaceAll(".", "-")}.default.pod.cluster.local`;
    expect(await lookUp(podName)).toContain(other.status.podIP);
    const page = await cluster.kubectl(["exec", first.metadata.name, "--", "wget", "-qO-", "http://hello-server/"]);
    expect(page).toContain("Hello, world!");
    const direct = ["exec", first.metadata.name, "--", "wget", "-qO-", `http://${other.status.podIP}/healthz`];
    expect(await cluster.kubectl(direct)).toBe("ok\n");
    await cluster.kubectl(["delete", "service", "headless"]);
  });

  it("logs -f follows what a container writes", async () => {
    await cluster.kubectl([
      ...["run", "ticker", "--image=hello:1.0", "--restart=Never", "--"],
      ...["sh", "-c", "for i in 1 2 3 4 5 6; do echo tick $i; sleep 0.3; done"],
    ]);
    await cluster.kubectl(["wait", "--for=jsonpath={.status.phase}=Running", "pod/ticker", "--timeout=20s"]);
    expect(await cluster.kubectl(["logs", "-f", "ticker"])).toBe([1, 2, 3, 4, 5, 6].map(i => `tick ${i}\n`).join(""));
    expect(await cluster.kubectl(["logs", "ticker", "--tail=1"])).toBe("tick 6\n");
    expect(await cluster.kubectl(["logs", "ticker", "--timestamps", "--tail=1"])).toMatch(/^\d{4}-\S+Z tick 6\n$/);
    await cluster.kubectl(["wait", "--for=jsonpath={.status.phase}=Succeeded", "pod/ticker", "--timeout=20s"]);
    await cluster.kubectl(["delete", "pod", "ticker"]);
  });

  it("exec runs commands, passes streams and exit codes, and gives a terminal", async () => {
    const pod = await firstPod();
    expect(await cluster.kubectl(["exec", pod, "--", "cat", "/etc/hostname"])).toBe(`${pod}\n`);
    expect(await cluster.kubectl(["exec", "-i", pod, "--", "cat"], { input: "over stdin\n" })).toBe("over stdin\n");
    const failed = await cluster.tryKubectl(["exec", pod, "--", "sh", "-c", "echo out; echo err >&2; exit 7"]);
    expect(failed).toMatchObject({ exitCode: 7, stdout: "out\n" });
    expect(failed.stderr).toContain("err\n");
    const screen = await cluster.terminal(["exec", "-it", pod, "--", "sh"], "tty; echo $((6*7)); exit\n");
    expect(screen).toMatch(/\b42\b/);
  });

  it("attach shows what a running container writes from now on", async () => {
    await cluster.kubectl([
      "run",
      "clock",
      "--image=hello:1.0",
      "--",
      "sh",
      "-c",
      "while :; do echo now; sleep 0.2; done",
    ]);
    await cluster.kubectl(["wait", "--for=condition=Ready", "pod/clock", "--timeout=20s"]);
    await using attached = cluster.startKubectl(["attach", "clock"]);
    await eventually(() => expect(attached.text()).toContain("now\nnow\n"));
    await cluster.kubectl(["delete", "pod", "clock", "--grace-period=0", "--force"]);
  });

  it("port-forward carries several requests, to a pod and to a service", async () => {
    for (const target of [`pod/${await firstPod()}`, "service/hello-server"]) {
      await using forward = cluster.startKubectl(["port-forward", target, ":80"]);
      const port = await eventually(() => {
        const found = /127\.0\.0\.1:(\d+) -> 80/.exec(forward.text());
        expect(found, forward.text()).not.toBeNull();
        return found![1];
      });
      const answers = await Promise.all([1, 2, 3].map(() => fetchText(`http://127.0.0.1:${port}/healthz`)));
      expect(answers).toEqual(["ok\n", "ok\n", "ok\n"]);
    }
  });

  it("cp copies files both ways", async () => {
    const pod = await firstPod();
    const bytes = Buffer.alloc(300_000, "k8ts copies this. ");
    await writeFile(sandbox.path("there.bin"), bytes);
    await cluster.kubectl(["cp", sandbox.path("there.bin"), `${pod}:/tmp/there.bin`]);
    await cluster.kubectl(["cp", `${pod}:/tmp/there.bin`, sandbox.path("back.bin")]);
    expect(Buffer.compare(await readFile(sandbox.path("back.bin")), bytes)).toBe(0);
  });

  it("scale changes the number of pods, and the Service follows", async () => {
    await cluster.kubectl(["scale", "deployment/hello-server", "--replicas=5"]);
    await expectHelloReady(5);
    await cluster.kubectl(["scale", "deployment/hello-server", "--replicas=3"]);
    const pods = await expectHelloReady(3);
    await eventually(async () => {
      const slices = (await cluster.get("endpointslices", "-l", "kubernetes.io/service-name=hello-server")).items;
      const found = slices.flatMap((slice: Json) => slice.endpoints.map((endpoint: Json) => endpoint.addresses[0]));
      expect(found.sort()).toEqual(pods.map(pod => pod.status.podIP).sort());
    });
  });

  it("rollout restart, history and undo, without an answer lost", async () => {
    const before = names(await expectHelloReady());
    let isDone = false;
    const lost: string[] = [];
    const asking = (async () => {
      while (!isDone) {
        const answer = await run(["curl", "-sS", "-m", "2", `http://${addresses[0]}:30599/healthz`]);
        if (answer.stdout !== "ok\n") lost.push(answer.stderr || answer.stdout);
        await sleep(20);
      }
    })();
    await cluster.kubectl(["rollout", "restart", "deployment/hello-server"]);
    await cluster.kubectl(["rollout", "status", "deployment/hello-server", "--timeout=60s"]);
    const after = names(await expectHelloReady());
    expect(after.filter(name => before.includes(name))).toEqual([]);
    await cluster.kubectl(["set", "env", "deployment/hello-server", "COLOUR=green"]);
    await cluster.kubectl(["rollout", "status", "deployment/hello-server", "--timeout=60s"]);
    isDone = true;
    await asking;
    expect(await cluster.kubectl(["exec", await firstPod(), "--", "sh", "-c", "echo $COLOUR"])).toBe("green\n");
    expect(await cluster.kubectl(["rollout", "history", "deployment/hello-server"])).toMatch(/^3 /m);
    await cluster.kubectl(["rollout", "undo", "deployment/hello-server"]);
    await cluster.kubectl(["rollout", "status", "deployment/hello-server", "--timeout=60s"]);
    const [pod] = await expectHelloReady();
    expect(await cluster.kubectl(["exec", pod.metadata.name, "--", "sh", "-c", "echo $COLOUR"])).toBe("\n");
    expect(lost).toEqual([]);
  });

  it("drain moves pods away within the disruption budget; uncordon lets them back", async () => {
    await expectHelloReady();
    let fewest = 3;
    let isDone = false;
    const watching = (async () => {
      while (!isDone) {
        fewest = Math.min(fewest, (await helloPods()).filter(isReady).length);
        await sleep(50);
      }
    })();
    const text = await cluster.kubectl(["drain", "node-3", "--ignore-daemonsets", "--timeout=60s"]);
    isDone = true;
    await watching;
    expect(text).toContain("node/node-3 drained");
    expect(fewest).toBeGreaterThanOrEqual(2);
    expect(await cluster.kubectl(["get", "node", "node-3"])).toContain("Ready,SchedulingDisabled");
    const pods = await expectHelloReady();
    expect(pods.map(pod => pod.spec.nodeName)).not.toContain("node-3");
    await cluster.kubectl(["uncordon", "node-3"]);
    expect((await cluster.get("node", "node-3")).spec.unschedulable).toBeUndefined();
  });

  it("a budget that allows no disruption refuses evictions with upstream's answer", async () => {
    await cluster.kubectl(["patch", "pdb", "hello-server", "--type=merge", "-p", '{"spec":{"minAvailable":3}}']);
    await cluster.until(["pdb", "hello-server"], pdb => expect(pdb.status.disruptionsAllowed).toBe(0));
    const [pod] = await helloPods();
    const drained = await cluster.tryKubectl(["drain", pod.spec.nodeName, "--timeout=2s"]);
    expect(drained.exitCode).not.toBe(0);
    expect(drained.stderr + drained.stdout).toContain(
      "Cannot evict pod as it would violate the pod's disruption budget.",
    );
    await cluster.kubectl(["uncordon", pod.spec.nodeName]);
    await cluster.kubectl(["patch", "pdb", "hello-server", "--type=merge", "-p", '{"spec":{"minAvailable":2}}']);
    expect(await helloPods()).toHaveLength(3);
  });

  it("events tells what happened", async () => {
    const text = await cluster.kubectl(["events", "--for", `pod/${await firstPod()}`]);
    for (const reason of ["Scheduled", "Pulled", "Created", "Started"]) expect(text).toContain(reason);
    expect(await cluster.kubectl(["get", "events"])).toContain("ScalingReplicaSet");
  });

  it("edit changes an object with the user's editor", async () => {
    const editor = sandbox.path("editor");
    await writeFile(editor, '#!/bin/sh\nsed -i "s/revisionHistoryLimit: 10/revisionHistoryLimit: 4/" "$1"\n', {
      mode: 0o755,
    });
    const environment = { ...cluster.environment, EDITOR: editor, KUBE_EDITOR: editor };
    const text = await cluster.kubectl(["edit", "deployment", "hello-server"], { environment });
    expect(text).toContain("edited");
    expect((await cluster.get("deployment", "hello-server")).spec.revisionHistoryLimit).toBe(4);
  });

  it("auth can-i and whoami answer for others and for oneself", async () => {
    expect(await cluster.kubectl(["auth", "can-i", "create", "deployments"])).toBe("yes\n");
    const other = ["auth", "can-i", "delete", "nodes", "--as=system:serviceaccount:default:default"];
    expect(await cluster.tryKubectl(other)).toMatchObject({ exitCode: 1, stdout: "no\n" });
    await cluster.kubectl(["create", "rolebinding", "see", "--clusterrole=view", "--serviceaccount=default:default"]);
    const get = ["auth", "can-i", "get", "pods", "--as=system:serviceaccount:default:default"];
    await eventually(async () => expect((await cluster.tryKubectl(get)).stdout).toBe("yes\n"));
    expect(await cluster.kubectl(["auth", "whoami"])).toContain("kubernetes-admin");
  });

  it("apply --server-side takes fields, tells of conflicts and forces", async () => {
    const text = (colour: string) =>
      JSON.stringify({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "shared" }, data: { colour } });
    const apply = (manager: string, colour: string, ...more: readonly string[]) =>
      cluster.tryKubectl(["apply", "--server-side", `--field-manager=${manager}`, ...more, "-f", "-"], {
        input: text(colour),
      });
    expect(await apply("alice", "red")).toMatchObject({ exitCode: 0, stdout: "configmap/shared serverside-applied\n" });
    const conflict = await apply("bob", "blue");
    expect(conflict.exitCode).not.toBe(0);
    expect(conflict.stderr).toContain('Apply failed with 1 conflict: conflict with "alice": .data.colour');
    expect((await apply("bob", "blue", "--force-conflicts")).exitCode).toBe(0);
    expect((await cluster.get("configmap", "shared")).data.colour).toBe("blue");
  });

  it("wait waits for what is not yet there", async () => {
    const waiting = cluster.kubectl(["wait", "--for=create", "configmap/late", "--timeout=20s"]);
    await sleep(300);
    await cluster.kubectl(["create", "configmap", "late", "--from-literal=a=b"]);
    expect(await waiting).toContain("configmap/late condition met");
    const deleted = cluster.kubectl(["wait", "--for=delete", "configmap/late", "--timeout=20s"]);
    await cluster.kubectl(["delete", "configmap", "late"]);
    await deleted;
  });

  it("status, ls, kubeconfig and logs tell of the cluster", async () => {
    const status = JSON.parse(await cluster.k8ts(["status", "--output", "json"]));
    expect(status).toMatchObject({ name: cluster.name, controlPlane: "ready" });
    expect(status.nodes.map((node: Json) => [node.agent, node.ready])).toEqual(Array(3).fill(["running", true]));
    expect(await output([launcher, "ls"], { environment: cluster.environment })).toMatch(
      new RegExp(`${cluster.name} +ready +3 `),
    );
    const own = sandbox.path("own.kubeconfig");
    await writeFile(own, await cluster.k8ts(["kubeconfig"]), { mode: 0o600 });
    expect(await output(["kubectl", "--kubeconfig", own, "get", "nodes", "-o", "name"])).toContain("node/node-1");
    expect(await cluster.k8ts(["logs", "server"])).toContain('"message":"serving"');
    expect(await cluster.k8ts(["logs", "node-2"])).toContain('"message":"started"');
  });

  it("images come from docker archives and OCI layouts, and go again", async () => {
    const { dockerArchive, ociLayout } = await import("./harness/images.ts");
    await mkdir(sandbox.path("layout"));
    await dockerArchive(sandbox.path("one.tar"), "example.com/one:1");
    await ociLayout(sandbox.path("layout"), "example.com/two:1");
    for (const [file, image] of [
      ["one.tar", "example.com/one:1"],
      ["layout", "example.com/two:1"],
    ] as const) {
      expect(await cluster.k8ts(["image", "load", sandbox.path(file)])).toContain(image);
      expect(await cluster.k8ts(["image", "ls"])).toContain(image);
      const pod = image.slice(12, 15);
      await cluster.kubectl(["run", pod, `--image=${image}`, "--image-pull-policy=Never", "--restart=Never"]);
      await cluster.kubectl(["wait", "--for=jsonpath={.status.phase}=Succeeded", `pod/${pod}`, "--timeout=20s"]);
      expect(await cluster.kubectl(["logs", pod])).toBe(`this is ${image}\n`);
      await cluster.kubectl(["delete", "pod", pod]);
      await cluster.k8ts(["image", "rm", image]);
      expect(await cluster.k8ts(["image", "ls"])).not.toContain(image);
    }
  });

  it("stop --control-plane: kubectl is refused, answers go on, a killed container is restarted by its kubelet", async () => {
    const before = await expectHelloReady();
    const { killContainer } = await import("./harness/containers.ts");
    await cluster.k8ts(["stop", "--control-plane"]);
    const refused = await cluster.tryKubectl(["get", "nodes"]);
    expect(refused.exitCode).not.toBe(0);
    expect(refused.stderr).toMatch(/connection.* refused/);
    expect(JSON.parse(await cluster.k8ts(["status", "--output", "json"])).controlPlane).toBe("stopped");
    for (const host of [...addresses, "localhost"])
      expect(await fetchText(`http://${host}:30599/`), host).toContain("Hello, world!");
    const victim = before[0];
    const ip = victim.status.podIP;
    await killContainer(victim.status.containerStatuses[0].containerID);
    const { plan } = await cluster.record();
    const inNode = ["nsenter", `--net=/run/k8ts/${cluster.name}/pin/${victim.spec.nodeName}.net`];
    expect(plan.nodes.map(node => node.name)).toContain(victim.spec.nodeName);
    await eventually(async () =>
      expect((await run([...inNode, "curl", "-sS", "-m", "1", `http://${ip}/healthz`])).stdout).toBe("ok\n"),
    );
    await cluster.k8ts(["start"]);
    const after = await eventually(async () => {
      const pods = await expectHelloReady();
      expect(restarts(pods.find(pod => pod.metadata.uid === victim.metadata.uid))).toBe(1);
      return pods;
    });
    expect(names(after)).toEqual(names(before));
    for (const pod of after) {
      const earlier = before.find(each => each.metadata.uid === pod.metadata.uid);
      expect(pod.status.podIP).toBe(earlier.status.podIP);
      if (pod.metadata.uid !== victim.metadata.uid)
        expect(pod.status.containerStatuses[0].containerID).toBe(earlier.status.containerStatuses[0].containerID);
    }
  });

  it("node stop: NotReady, its pods are evicted when their tolerations end; node start brings it back", async () => {
    await cluster.kubectl([
      ...["patch", "deployment", "hello-server", "--type=merge", "-p"],
      JSON.stringify({
        spec: {
          template: {
            spec: {
              tolerations: ["not-ready", "unreachable"].map(each => ({
                ...{ key: `node.kubernetes.io/${each}`, operator: "Exists", effect: "NoExecute", tolerationSeconds: 2 },
              })),
            },
          },
        },
      }),
    ]);
    await cluster.kubectl(["rollout", "status", "deployment/hello-server", "--timeout=60s"]);
    await cluster.k8ts(["node", "stop", "node-3"]);
    await cluster.kubectl(["wait", "--for=condition=Ready=Unknown", "node/node-3", "--timeout=90s"]);
    expect(await cluster.kubectl(["get", "node", "node-3"])).toContain("NotReady");
    await eventually(
      async () => {
        const pods = (await helloPods()).filter(pod => pod.metadata.deletionTimestamp === undefined);
        expect(pods.filter(isReady)).toHaveLength(3);
        expect(pods.map(pod => pod.spec.nodeName)).not.toContain("node-3");
      },
      { withinMs: 60_000 },
    );
    for (const host of [addresses[0], addresses[1]])
      expect(await fetchText(`http://${host}:30599/`)).toContain("Hello, world!");
    await cluster.k8ts(["node", "start", "node-3"]);
    await cluster.kubectl(["wait", "--for=condition=Ready", "node/node-3", "--timeout=60s"]);
    // What was being deleted while nobody could say so is gone now.
    await expectHelloReady(3, 60_000);
  }, 240_000);

  it("up again changes nothing", async () => {
    const before = await expectHelloReady();
    await cluster.up("--config", example("three-nodes.yaml"));
    const after = await expectHelloReady();
    expect(after.map(pod => [pod.metadata.uid, pod.status.podIP, restarts(pod)])).toEqual(
      before.map(pod => [pod.metadata.uid, pod.status.podIP, restarts(pod)]),
    );
  });

  it("stop && start of the whole: same nodes and addresses, the pods come back by themselves", async () => {
    const before = await expectHelloReady();
    await cluster.k8ts(["stop"]);
    expect(await fetchText(`http://${addresses[0]}:30599/`, 500)).not.toContain("Hello");
    await cluster.k8ts(["start"], { timeoutMs: 120_000 });
    const nodes = (await cluster.get("nodes")).items;
    expect(nodes.map((node: Json) => node.status.addresses[0].address)).toEqual(addresses);
    const after = await expectHelloReady(3, 60_000);
    expect(names(after)).toEqual(names(before));
    for (const host of [...addresses, "localhost"])
      await eventually(async () => expect(await fetchText(`http://${host}:30599/`), host).toContain("Hello, world!"));
  });

  it("down leaves nothing: no process, namespace, interface, route, mount, table, cgroup, file, kubeconfig entry", async () => {
    await cluster.down();
    await sandbox.expectNothingLeft();
  });
});

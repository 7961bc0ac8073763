import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type * as cri from "../protocol/messages.ts";
import { TestPods } from "./test-pods.ts";

const name = `k8ts-runtime-${process.pid}`;
let fixture: TestPods;
let { node, runtime, podConfig, runPod, runContainer, status, exit, run, log } = {} as TestPods;

describe("the Linux runtime", () => {
  beforeAll(async () => {
    fixture = await TestPods.start(name);
    ({ node, runtime, podConfig, runPod, runContainer, status, exit, run, log } = fixture);
  });
  afterAll(() => fixture.end());

  test("a pod lives: address, name, DNS, environment, log, exit code; then nothing is left of it", async () => {
    const pod = await runPod("life");
    const { status: sandbox } = await runtime().podSandboxStatus({ podSandboxId: pod.podSandboxId }, {});
    expect(sandbox).toMatchObject({
      state: "SANDBOX_READY",
      network: { ip: expect.stringMatching(/^10\.99\.0\.\d+$/) },
    });
    const id = await runContainer(pod, "hostname; cat /etc/resolv.conf; echo $FROM $GIVEN; echo oops >&2; exit 3", {
      envs: [{ key: "GIVEN", value: Buffer.from("pod") }],
    });
    const ended = await exit(id);
    expect(ended).toMatchObject({ exitCode: 3, reason: "Error" });
    expect(ended.finishedAt).toBeGreaterThanOrEqual(ended.startedAt!);
    expect(log("life")).toEqual([
      "stdout F life",
      "stdout F search svc.cluster.local",
      "stdout F nameserver 10.96.0.10",
      "stdout F options ndots:5",
      "stdout F image pod",
      "stderr F oops",
    ]);
    await runtime().stopPodSandbox({ podSandboxId: pod.podSandboxId }, {});
    await runtime().stopPodSandbox({ podSandboxId: pod.podSandboxId }, {});
    const stopped = await runtime().podSandboxStatus({ podSandboxId: pod.podSandboxId }, {});
    expect(stopped.status!.state).toBe("SANDBOX_NOTREADY");
    await runtime().removePodSandbox({ podSandboxId: pod.podSandboxId }, {});
    await runtime().removePodSandbox({ podSandboxId: pod.podSandboxId }, {});
    expect((await runtime().listContainers({ filter: { id } }, {})).containers).toEqual([]);
  });

  test("containers of a pod share network, name and memory; each has its processes", async () => {
    const pod = await runPod("shared");
    const first = await runContainer(pod, "echo hello >/dev/shm/word; while :; do nc -l -p 8080 -e echo served; done");
    const second = await runContainer(pod, "sleep 100", {
      metadata: { name: "second", attempt: 0 },
      logPath: "second.log",
    });
    expect(await run(second, "cat /dev/shm/word; hostname; nc 127.0.0.1 8080 </dev/null")).toMatchObject({
      stdout: "hello\nshared\nserved\n",
    });
    expect((await run(first, "ps")).stdout).toContain("nc -l");
    expect((await run(second, "ps")).stdout).not.toContain("nc -l");
    await runtime().removePodSandbox(pod, {});
  });

  test("a pod that shares its processes: they see and may signal one another, and end with it", async () => {
    const shared = { namespaceOptions: { pid: "POD" as const } };
    const pod = await runPod("processes", {
      linux: { cgroupParent: "/kubepods/pod-processes", securityContext: shared },
    });
    const change = { linux: { securityContext: shared } };
    const first = await runContainer(pod, "sleep 1234", { ...change, command: ["sleep", "1234"] });
    const second = await runContainer(pod, "", {
      ...change,
      command: ["sleep", "5678"],
      metadata: { name: "second", attempt: 0 },
    });
    expect((await run(second, "ps")).stdout).toContain("sleep 1234");
    const pid = /(\d+) .*sleep 1234/.exec((await run(second, "ps")).stdout)![1];
    await run(second, `kill -9 ${pid}`);
    expect(await exit(first)).toMatchObject({ exitCode: 137 });
    expect(await status(second)).toMatchObject({ state: "CONTAINER_RUNNING" });
    await node.restart();
    expect((await run(second, "echo here")).stdout).toBe("here\n");
    await runtime().removePodSandbox(pod, {});
  });

  test("stop: the signal, then the grace, then the kill", async () => {
    const pod = await runPod("stop");
    const polite = await runContainer(pod, "trap 'exit 7' TERM; touch /trapped; while :; do sleep 0.05; done");
    await run(polite, "until [ -e /trapped ]; do sleep 0.05; done");
    await runtime().stopContainer({ containerId: polite, timeout: 10 }, {});
    expect(await status(polite)).toMatchObject({ state: "CONTAINER_EXITED", exitCode: 7 });
    const deaf = await runContainer(pod, "trap '' TERM; touch /trapped; while :; do sleep 0.05; done", {
      metadata: { name: "deaf", attempt: 0 },
    });
    await run(deaf, "until [ -e /trapped ]; do sleep 0.05; done");
    const start = performance.now();
    await runtime().stopContainer({ containerId: deaf, timeout: 1 }, {});
    expect(performance.now() - start).toBeGreaterThan(990);
    expect(await status(deaf)).toMatchObject({ state: "CONTAINER_EXITED", exitCode: 137 });
    await runtime().removePodSandbox(pod, {});
  });

  test("users, capabilities, read-only roots, limits and mounts", async () => {
    const pod = await runPod("secure");
    const id = await runContainer(pod, "sleep 100", {
      mounts: [{ hostPath: `${node.folder}/data`, containerPath: "/data" }],
      workingDir: "/made/here",
      linux: {
        resources: { memoryLimitInBytes: 32 << 20, oomScoreAdj: -997 },
        securityContext: {
          runAsUser: { value: 1001 },
          supplementalGroups: [77],
          capabilities: { dropCapabilities: ["ALL"] },
          noNewPrivs: true,
          seccomp: { profileType: "RuntimeDefault" },
          namespaceOptions: { pid: "CONTAINER" },
        },
      },
    });
    expect((await run(id, "id")).stdout).toBe("uid=1001(web) gid=1002(web) groups=77,1002(web),1500(logs)\n");
    expect((await run(id, "cat /proc/self/status | head -60")).stdout).toMatch(
      /CapBnd:\s0000000000000000[\s\S]*NoNewPrivs:\s1[\s\S]*Seccomp:\s2/,
    );
    expect((await run(id, "touch /data/x")).exitCode).toBe(1);
    expect((await run(id, "pwd")).stdout).toBe("/made/here\n");
    expect((await status(id)).user).toEqual({ linux: { uid: 1001, gid: 1002, supplementalGroups: [1002, 1500, 77] } });
    await runtime().updateContainerResources({ containerId: id, linux: { memoryLimitInBytes: 48 << 20 } }, {});
    const { stats } = await runtime().containerStats({ containerId: id }, {});
    expect(stats!.memory!.availableBytes!.value! + stats!.memory!.workingSetBytes!.value!).toBe(48 << 20);
    await runtime().removePodSandbox(pod, {});
  });

  test("a container over its memory limit is OOMKilled", async () => {
    const pod = await runPod("oom");
    const id = await runContainer(pod, "head -c 64m /dev/zero | tail", {
      command: ["tail", "/dev/zero"],
      linux: { resources: { memoryLimitInBytes: 16 << 20 } },
    });
    expect(await exit(id)).toMatchObject({ exitCode: 137, reason: "OOMKilled" });
    await runtime().removePodSandbox(pod, {});
  });

  test("an exec that takes too long is killed; one of what is not there never began", async () => {
    const pod = await runPod("slow");
    const id = await runContainer(pod, "sleep 100");
    await expect(runtime().execSync({ containerId: id, cmd: ["sleep", "50"], timeout: 1 }, {})).rejects.toMatchObject({
      code: "DeadlineExceeded",
    });
    expect((await run(id, "ps")).stdout).not.toContain("sleep 50");
    const never = runtime().execSync({ containerId: id, cmd: ["nosuch"] }, {});
    await expect(never).rejects.toThrow(/^failed to exec in container: .*"nosuch": executable file not found/);
    await runtime().removePodSandbox(pod, {});
  });

  test("events tell of each step; the journey has each act's time and cause", async () => {
    const abort = new AbortController();
    const events: string[] = [];
    const reading = (async () => {
      for await (const event of runtime().getContainerEvents({}, { signal: abort.signal }))
        events.push(event.containerEventType!);
    })();
    node.spans.length = 0;
    const cause = { requestId: "0af7651916cd43dd8448eb211c80319c", revisions: [4], more: 0 };
    const { podSandboxId } = await runtime().runPodSandbox({ config: podConfig("events") }, { cause });
    const id = await runContainer({ podSandboxId: podSandboxId!, config: podConfig("events") }, "true");
    await exit(id);
    await runtime().removePodSandbox({ podSandboxId }, {});
    // It may have ended before it was known to have started.
    const steps = [
      "CONTAINER_CREATED_EVENT",
      "CONTAINER_DELETED_EVENT",
      "CONTAINER_STARTED_EVENT",
      "CONTAINER_STOPPED_EVENT",
    ];
    await expect.poll(() => events.toSorted()).toEqual(steps);
    expect([events.at(0), events.at(-1)]).toEqual(["CONTAINER_CREATED_EVENT", "CONTAINER_DELETED_EVENT"]);
    abort.abort();
    await reading;
    expect(node.spans.map(span => span.name).sort()).toEqual(
      ["CNI ADD", "CreateContainer", "RunPodSandbox", "StopPodSandbox", "runc create", "runc start"].sort(),
    );
    expect(node.spans.find(span => span.name === "CNI ADD")!.cause).toEqual(cause);
  });

  test("what cannot be is refused", async () => {
    const pod = await runPod("refuse");
    const create = (config: cri.ContainerConfig) => runtime().createContainer({ ...pod, config }, {});
    await expect(create({ image: { image: "nobody/knows" } })).rejects.toMatchObject({ code: "NotFound" });
    await expect(create({ image: { image: "busybox:test" }, command: ["/none"] })).rejects.toMatchObject({
      code: "Unknown",
    });
    await expect(runtime().containerStatus({ containerId: "none" }, {})).rejects.toMatchObject({ code: "NotFound" });
    await expect(runPod("sysctl", { linux: { sysctls: { "kernel.panic": "1" } } })).rejects.toMatchObject({
      code: "InvalidArgument",
    });
    expect((await runtime().listContainers({ filter: { podSandboxId: pod.podSandboxId } }, {})).containers).toEqual([]);
    await runtime().removePodSandbox(pod, {});
  });
});

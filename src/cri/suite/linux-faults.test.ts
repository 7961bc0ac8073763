import { existsSync, readdirSync, readFileSync, unlinkSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { signalProcess } from "../linux/processes.ts";
import type * as cri from "../protocol/messages.ts";
import { TestPods } from "./test-pods.ts";

const name = `k8ts-faults-${process.pid}`;
let fixture: TestPods;
let { node, runtime, runPod, runContainer, status, exit, run, log } = {} as TestPods;

describe("the Linux runtime, cut off at its work", () => {
  beforeAll(async () => {
    fixture = await TestPods.start(name);
    ({ node, runtime, runPod, runContainer, status, exit, run, log } = fixture);
  });
  afterAll(() => fixture.end());

  test("after a restart: the same containers; exits meanwhile are known, a lost conmon is found out", async () => {
    const pod = await runPod("restart");
    const stays = await runContainer(pod, "sleep 100");
    const ends = await runContainer(pod, "sleep 0.3; exit 5", { metadata: { name: "ends", attempt: 0 } });
    const lost = await runContainer(pod, "sleep 100", { metadata: { name: "lost", attempt: 0 } });
    const before = await status(stays);
    const conmon = JSON.parse(readFileSync(`${node.folder}/s/containers/${lost}/container.json`, "utf8")).conmonPid;
    signalProcess(conmon, "SIGKILL");
    await node.restart();
    const conditions = (await runtime().status({}, {})).status!.conditions!;
    expect(conditions.filter(each => !each.status)).toEqual([]); // The network too, before anybody says its range again.
    expect(await status(stays)).toEqual(before);
    expect(await exit(ends)).toMatchObject({ exitCode: 5 });
    expect(await exit(lost)).toMatchObject({ exitCode: 137, reason: "ContainerStatusUnknown" });
    expect((await runtime().podSandboxStatus(pod, {})).status!.network!.ip).toMatch(/^10\.99/);
    expect((await run(stays, "echo here")).stdout).toBe("here\n");
    await runtime().removePodSandbox(pod, {});
  });

  test("a stop that was cut off after it let go of the namespaces is ended by the next one", async () => {
    const { podSandboxId } = await runPod("cut-off");
    const ip = (await runtime().podSandboxStatus({ podSandboxId }, {})).status!.network!.ip!;
    const addresses = `${node.folder}/s/ipam/k8ts`;
    expect(readdirSync(addresses)).toContain(ip);
    const pins = ["net", "ipc", "uts"].map(kind => `${node.folder}/s/sandboxes/${podSandboxId}/${kind}`);
    await node.helper.run(["umount", ...pins]);
    await runtime().stopPodSandbox({ podSandboxId }, {});
    expect((await runtime().podSandboxStatus({ podSandboxId }, {})).status!.state).toBe("SANDBOX_NOTREADY");
    expect(readdirSync(addresses)).not.toContain(ip);
    await runtime().removePodSandbox({ podSandboxId }, {});
  });

  test("what a killed process was only half way through giving back is given back", async () => {
    const { podSandboxId } = await runPod("half-stopped");
    const ip = (await runtime().podSandboxStatus({ podSandboxId }, {})).status!.network!.ip!;
    const folder = `${node.folder}/s/sandboxes/${podSandboxId}`;
    const record = JSON.parse(readFileSync(`${folder}/sandbox.json`, "utf8"));
    writeFileSync(`${folder}/sandbox.json`, JSON.stringify({ ...record, state: "stopped" }));
    await node.restart();
    expect(readdirSync(`${node.folder}/s/ipam/k8ts`)).not.toContain(ip);
    expect(JSON.parse(readFileSync(`${folder}/sandbox.json`, "utf8"))).toMatchObject({ isTornDown: true });
    await runtime().removePodSandbox({ podSandboxId }, {});
    expect(existsSync(folder)).toBe(false);
  });

  test.each([0, 10, 20, 30, 45, 60, 80])("the helper dies %i ms after it was to make a container", async afterMs => {
    const pod = await runPod("half-made");
    node.loseHelper(words => words.includes("--cid"), afterMs);
    await expect(runContainer(pod, "sleep 100")).rejects.toThrow("the helper ended");
    // What had not begun yet when the rest was killed finds nothing to work on, and ends by itself.
    const left = async () => {
      const { stdout: mounts } = await node.helper.run(["grep", `${node.folder}/s/containers`, "/proc/mounts"]);
      const { stdout: processes } = await node.helper.run(["pgrep", "-f", `^[^ ]*conmon.*${node.folder}`]);
      const { stdout: groups } = await node.helper.run([
        "find",
        "/sys/fs/cgroup",
        "-path",
        `*/${name}/*/pod-half-made/*`,
        "-type",
        "d",
      ]);
      const files = ["containers", "runc", "exits"].flatMap(folder => readdirSync(`${node.folder}/s/${folder}`));
      return [mounts, processes, groups, ...files, ...readdirSync(`${node.folder}/root/containers`)].filter(Boolean);
    };
    await expect.poll(left).toEqual([]);
    await new Promise(resolve => setTimeout(resolve, 150));
    expect(await left()).toEqual([]);
    await runtime().removePodSandbox(pod, {});
  });

  test.each([0, 5, 10, 20])(
    "the helper dies %i ms after it was to start a container: it is started, once",
    async afterMs => {
      const pod = await runPod(`half-started-${afterMs}`);
      node.loseHelper(words => words.includes("start"), afterMs);
      const id = await runContainer(pod, "echo started; sleep 100");
      await expect.poll(() => log(`half-started-${afterMs}`)).toEqual(["stdout F started"]);
      expect(await status(id)).toMatchObject({ state: "CONTAINER_RUNNING" });
      await runtime().removePodSandbox(pod, {});
    },
  );

  test("a container that cannot be started has ended for that reason", async () => {
    const pod = await runPod("unstartable");
    const config = {
      metadata: { name: "main", attempt: 0 },
      image: { image: "busybox:test" },
      command: ["sleep", "100"],
    };
    const made = await runtime().createContainer({ ...pod, sandboxConfig: pod.config, config }, {});
    const fifo = `${node.folder}/s/runc/${made.containerId}/exec.fifo`;
    unlinkSync(fifo); // By which the container would be told to go on.
    await expect(runtime().startContainer(made, {})).rejects.toThrow("cannot start");
    expect(await status(made.containerId!)).toMatchObject({
      state: "CONTAINER_EXITED",
      exitCode: 128,
      reason: "StartError",
      message: expect.stringContaining("cannot start"),
    });
    await runtime().removePodSandbox(pod, {});
  });

  test("a restart ends the process that keeps a half-made pod's pid namespace, of which no record tells", async () => {
    const linux: cri.LinuxPodSandboxConfig = { securityContext: { namespaceOptions: { pid: "POD" } } };
    const { podSandboxId } = await runtime().runPodSandbox({ config: { metadata: { name: "shared" }, linux } }, {});
    await runtime().podSandboxStatus({ podSandboxId }, {}); // Its network is there, and its record complete.
    const file = `${node.folder}/s/sandboxes/${podSandboxId}/sandbox.json`;
    const { initPid: _, ...record } = JSON.parse(readFileSync(file, "utf8"));
    writeFileSync(file, JSON.stringify({ ...record, state: "making" }));
    await node.restart();
    expect((await node.helper.run(["pgrep", "-f", `k8ts-pod-init ${podSandboxId}`])).stdout).toBe("");
    await runtime().removePodSandbox({ podSandboxId }, {});
  });

  test("a half-made container that could not be taken away at once goes with its pod", async () => {
    const sandboxConfig: cri.PodSandboxConfig = { metadata: { name: "half-made" } };
    const { podSandboxId } = await runtime().runPodSandbox({ config: sandboxConfig }, {});
    node.loseHelper(words => words.includes("--cid") || words.includes("delete"), 50, 2);
    const config = { metadata: { name: "main" }, image: { image: "busybox:test" }, command: ["sleep", "100"] };
    const making = runtime().createContainer({ podSandboxId, sandboxConfig, config }, {});
    await expect(making).rejects.toThrow("the helper ended");
    expect((await runtime().listContainers({}, {})).containers).toEqual([]);
    await runtime().removePodSandbox({ podSandboxId }, {});
    for (const folder of ["s/containers", "root/containers", "s/sandboxes"])
      expect(readdirSync(`${node.folder}/${folder}`)).toEqual([]);
  });
});

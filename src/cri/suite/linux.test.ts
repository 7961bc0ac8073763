import { existsSync, readdirSync, readFileSync, unlinkSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { requireRoot } from "#testing/root.ts";
import { createHeaderCodec } from "#wire/streams/host/header-codec.ts";
import { SpdyConnection, type SpdyStream } from "#wire/streams/spdy/connection.ts";
import { signalProcess } from "../linux/processes.ts";
import type * as cri from "../protocol/messages.ts";
import { remains, startTestNode, type TestNode } from "./test-node.ts";

const name = `k8ts-test-${process.pid}`;
let node: TestNode;

describe("the Linux runtime", () => {
  beforeAll(async () => {
    requireRoot();
    node = await startTestNode(name);
  });
  afterAll(async () => {
    const { folder } = node;
    await node[Symbol.asyncDispose]();
    // The kernel takes namespaces and groups apart a moment after their last user.
    for (let tries = 0; tries < 50 && (await remains(name, folder)).length > 0; tries++) {
      await new Promise(resolve => setTimeout(resolve, 100));
    }
    expect(await remains(name, folder)).toEqual([]);
  });

  const runtime = () => node.runtime.runtime;

  function podConfig(pod: string, change: Partial<cri.PodSandboxConfig> = {}): cri.PodSandboxConfig {
    return {
      metadata: { name: pod, namespace: "default", uid: `uid-${pod}`, attempt: 0 },
      hostname: pod,
      labels: { app: pod },
      logDirectory: `${node.folder}/logs/${pod}`,
      dnsConfig: { servers: ["10.96.0.10"], searches: ["svc.cluster.local"], options: ["ndots:5"] },
      linux: { cgroupParent: `/kubepods/pod-${pod}` },
      ...change,
    };
  }

  async function runPod(pod: string, change?: Partial<cri.PodSandboxConfig>) {
    const config = podConfig(pod, change);
    const { podSandboxId } = await runtime().runPodSandbox({ config }, {});
    return { config, podSandboxId: podSandboxId! };
  }

  async function runContainer(
    pod: Awaited<ReturnType<typeof runPod>>,
    command: string,
    change: Partial<cri.ContainerConfig> = {},
  ) {
    const config: cri.ContainerConfig = {
      metadata: { name: "main", attempt: 0 },
      image: { image: "busybox:test" },
      command: ["sh", "-c", command],
      logPath: "main/0.log",
      ...change,
    };
    const { containerId } = await runtime().createContainer({ ...pod, sandboxConfig: pod.config, config }, {});
    await runtime().startContainer({ containerId }, {});
    return containerId!;
  }

  async function status(containerId: string) {
    return (await runtime().containerStatus({ containerId }, {})).status!;
  }

  async function exit(containerId: string) {
    await expect.poll(async () => (await status(containerId)).state).toBe("CONTAINER_EXITED");
    return status(containerId);
  }

  async function run(containerId: string, command: string) {
    const { exitCode, stdout, stderr } = await runtime().execSync({ containerId, cmd: ["sh", "-c", command] }, {});
    return { exitCode, stdout: Buffer.from(stdout!).toString(), stderr: Buffer.from(stderr!).toString() };
  }

  function log(pod: string): string[] {
    const lines = readFileSync(`${node.folder}/logs/${pod}/main/0.log`, "utf8").trim().split("\n");
    return lines.map(line => line.split(" ").slice(1).join(" "));
  }

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

  describe("streams", () => {
    /** The streaming server listens where this test runs: in production both are in the node's namespace. */
    async function webSocket(
      url: string,
    ): Promise<{ socket: WebSocket; received: Map<number, string>; closed: Promise<void> }> {
      const socket = new WebSocket(url.replace("http:", "ws:"), ["v5.channel.k8s.io"]);
      const received = new Map<number, string>();
      socket.on("message", (data: Buffer) =>
        received.set(data[0]!, (received.get(data[0]!) ?? "") + data.subarray(1).toString()),
      );
      const closed = new Promise<void>(resolve => socket.once("close", () => resolve()));
      await new Promise((resolve, reject) => socket.once("open", resolve).once("error", reject));
      return { socket, received, closed };
    }

    test("exec over a WebSocket: stdin to its end, both outputs, the exit code", async () => {
      const pod = await runPod("exec");
      const id = await runContainer(pod, "sleep 100");
      const cmd = ["sh", "-c", "cat; echo done; echo bad >/dev/stderr; exit 4"];
      const { url } = await runtime().exec({ containerId: id, cmd, stdin: true, stdout: true, stderr: true }, {});
      const { socket, received, closed } = await webSocket(url!);
      socket.send(Buffer.from("\0hello\n"));
      socket.send(Buffer.from([255, 0]));
      await closed;
      expect([received.get(1), received.get(2)]).toEqual(["hello\ndone\n", "bad\n"]);
      expect(JSON.parse(received.get(3)!)).toMatchObject({
        status: "Failure",
        reason: "NonZeroExitCode",
        details: { causes: [{ reason: "ExitCode", message: "4" }] },
      });
      const again = new WebSocket(url!.replace("http:", "ws:"));
      await expect(new Promise((resolve, reject) => again.once("open", resolve).once("error", reject))).rejects.toThrow(
        "404",
      );
      await runtime().removePodSandbox(pod, {});
    });

    test("exec with a terminal: its size, its changes, interactive use", async () => {
      const pod = await runPod("tty");
      const id = await runContainer(pod, "sleep 100");
      const { url } = await runtime().exec({ containerId: id, cmd: ["sh"], stdin: true, stdout: true, tty: true }, {});
      const { socket, received, closed } = await webSocket(url!);
      // A size that comes after the command's start reaches it by a signal, which what is typed may overtake: asked again.
      const shows = (text: string) => {
        const ask = () => {
          socket.send(Buffer.from("\0tty; stty size\n"));
          return received.get(1);
        };
        return expect.poll(ask, { interval: 100 }).toContain(text);
      };
      socket.send(Buffer.from('\x04{"Width":100,"Height":30}'));
      await shows("30 100");
      expect(received.get(1)).toContain("/dev/pts/");
      socket.send(Buffer.from('\x04{"Width":80,"Height":24}'));
      await shows("24 80");
      socket.send(Buffer.from("\0exit 0\n"));
      await closed;
      expect(JSON.parse(received.get(3)!)).toEqual({ metadata: {}, status: "Success" });
      await runtime().removePodSandbox(pod, {});
    });

    test("attach: what the container writes, and its end", async () => {
      const pod = await runPod("attach");
      const id = await runContainer(pod, "read line; echo got $line", { stdin: true, stdinOnce: true });
      const { url } = await runtime().attach({ containerId: id, stdin: true, stdout: true, stderr: true }, {});
      const { socket, received, closed } = await webSocket(url!);
      socket.send(Buffer.from("\0word\n"));
      await closed;
      expect(received.get(1)).toBe("got word\n");
      expect(JSON.parse(received.get(3)!).status).toBe("Success");
      await runtime().removePodSandbox(pod, {});
    });

    async function spdy(url: string, protocol: string) {
      const { hostname, port, pathname } = new URL(url);
      const socket = connect(Number(port), hostname);
      socket.write(
        `POST ${pathname} HTTP/1.1\r\nhost: x\r\nconnection: Upgrade\r\nupgrade: SPDY/3.1\r\nx-stream-protocol-version: ${protocol}\r\ncontent-length: 0\r\n\r\n`,
      );
      const head = await new Promise<Buffer>(resolve => socket.once("data", resolve));
      expect(head.toString()).toMatch(/^HTTP\/1\.1 101 /);
      return new SpdyConnection({ transport: socket, codec: createHeaderCodec() });
    }

    function text(stream: SpdyStream): Promise<string> {
      const pieces: Uint8Array[] = [];
      return new Promise(resolve => {
        stream.read(bytes => {
          if (bytes === undefined) resolve(Buffer.concat(pieces).toString());
          else pieces.push(bytes);
        });
      });
    }

    test("exec over SPDY", async () => {
      const pod = await runPod("spdy");
      const id = await runContainer(pod, "sleep 100");
      const { url } = await runtime().exec(
        { containerId: id, cmd: ["wc", "-c"], stdin: true, stdout: true, stderr: true },
        {},
      );
      const connection = await spdy(url!, "v4.channel.k8s.io");
      const [error, stdin, stdout] = await Promise.all(
        ["error", "stdin", "stdout", "stderr"].map(streamtype => connection.open({ streamtype })),
      );
      stdin!.write(Buffer.alloc(300_000, "x"));
      stdin!.end();
      expect((await text(stdout!)).trim()).toBe("300000");
      expect(JSON.parse(await text(error!))).toEqual({ metadata: {}, status: "Success" });
      connection.end();
      await runtime().removePodSandbox(pod, {});
    });

    test("port-forward over SPDY: a served port, and one where nobody listens", async () => {
      const pod = await runPod("forward");
      await runContainer(pod, "nc -l -p 8080 -e sh -c 'read x; echo you said $x'; sleep 100");
      const { url } = await runtime().portForward({ podSandboxId: pod.podSandboxId, port: [8080] }, {});
      const connection = await spdy(url!, "portforward.k8s.io");
      const open = async (port: string, requestid: string) => {
        const error = await connection.open({ streamtype: "error", port, requestid });
        return { error, data: await connection.open({ streamtype: "data", port, requestid }) };
      };
      const served = await open("8080", "0");
      served.data.write(Buffer.from("hello\n"));
      expect(await text(served.data)).toBe("you said hello\n");
      expect(await text(served.error)).toBe("");
      const refused = await open("9", "1");
      expect(await text(refused.error)).toContain("Connection refused");
      connection.end();
      await runtime().removePodSandbox(pod, {});
    });
  });
});

import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { createHeaderCodec } from "#wire/streams/host/header-codec.ts";
import { SpdyConnection, type SpdyStream } from "#wire/streams/spdy/connection.ts";
import { TestPods } from "./test-pods.ts";

const name = `k8ts-streams-${process.pid}`;
let fixture: TestPods;
let { runtime, runPod, runContainer } = {} as TestPods;

describe("the Linux runtime's streams", () => {
  beforeAll(async () => {
    fixture = await TestPods.start(name);
    ({ runtime, runPod, runContainer } = fixture);
  });
  afterAll(() => fixture.end());

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

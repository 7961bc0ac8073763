import { type IncomingMessage, request } from "node:http";
import { Duplex } from "node:stream";
import { expect, test } from "vitest";
import { WebSocket } from "ws";
import { type HttpServer, listenHttp } from "#base/host/http-server.ts";
import type { ByteDuplex, HttpHandler } from "#base/http.ts";
import { silentLog } from "#base/log.ts";
import { type CommandSession, parseTerminalSize } from "./command-session.ts";
import { createHeaderCodec } from "./host/header-codec.ts";
import { serveCommand, servePortForward } from "./host/serve.ts";
import { SpdyConnection, type SpdyStream } from "./spdy/connection.ts";
import { headerDictionary } from "./spdy/dictionary.ts";
import { decodeHeaderBlock, encodeFrame, encodeHeaderBlock, FrameReader, type SpdyHeaders } from "./spdy/frames.ts";
import { expectedStreams } from "./spdy-command.ts";
import { exitStatus } from "./status.ts";

test("the dictionary is SPDY/3's", () => {
  const bytes = headerDictionary();
  let [a, b] = [1, 0];
  for (const byte of bytes) {
    a = (a + byte) % 65521;
    b = (b + a) % 65521;
  }
  expect(bytes.length).toBe(1423);
  expect(((b << 16) | a) >>> 0).toBe(0xe3c6a7c2);
});

test("frames survive any cut of the bytes", () => {
  const frames = [
    { type: "synStream", stream: 1, fin: false, headers: Buffer.from("h") },
    { type: "data", stream: 1, fin: true, bytes: Buffer.from("hello") },
    { type: "ping", id: 3 },
    { type: "reset", stream: 1, status: 5 },
    { type: "goAway", lastStream: 1, status: 0 },
  ] as const;
  const bytes = Buffer.concat(frames.map(encodeFrame));
  for (const size of [1, 7, bytes.length]) {
    const reader = new FrameReader();
    const read = [];
    for (let at = 0; at < bytes.length; at += size) {
      reader.push(bytes.subarray(at, at + size));
      for (let frame = reader.next(); frame !== undefined; frame = reader.next()) read.push(frame);
    }
    expect(read.map(frame => frame.type)).toEqual(frames.map(frame => frame.type));
    expect(read[1]).toEqual(frames[1]);
  }
  expect(encodeFrame(frames[2])).toEqual(Buffer.from("8003000600000004" + "00000003", "hex"));
});

test("wrong frames are refused", () => {
  const reader = new FrameReader();
  reader.push(Buffer.from("8002000600000004" + "00000003", "hex"));
  expect(() => reader.next()).toThrow("SPDY/3");
  expect(() => decodeHeaderBlock(Buffer.from("00000001000000ff", "hex"))).toThrow("cut short");
});

test("header blocks pass the codec one after another", async () => {
  const [here, there] = [createHeaderCodec(), createHeaderCodec()];
  const blocks: SpdyHeaders[] = [{ streamtype: "error" }, { streamtype: "stdin", port: "80" }, {}];
  for (const headers of blocks) {
    const block = await here.encode(encodeHeaderBlock(headers));
    expect(decodeHeaderBlock(await there.decode(block))).toEqual(headers);
  }
  here.close();
  there.close();
});

test("which streams a client opens", () => {
  const all = { stdin: true, stdout: true, stderr: true, tty: false };
  expect(expectedStreams(all, "v4.channel.k8s.io")).toEqual(["error", "stdin", "stdout", "stderr"]);
  expect(expectedStreams({ ...all, tty: true }, "v4.channel.k8s.io")).toEqual(["error", "stdin", "stdout", "resize"]);
  expect(expectedStreams({ ...all, tty: true }, "v2.channel.k8s.io")).toEqual(["error", "stdin", "stdout"]);
});

test("terminal sizes", () => {
  expect(parseTerminalSize('{"Width":80,"Height":24}')).toEqual({ width: 80, height: 24 });
  expect(parseTerminalSize('{"Width":0,"Height":24}')).toBeUndefined();
  expect(parseTerminalSize("nothing")).toBeUndefined();
});

async function serving<T>(handler: HttpHandler, use: (port: number) => Promise<T>): Promise<T> {
  const server: HttpServer = await listenHttp({ handler, host: "127.0.0.1", port: 0, log: silentLog });
  try {
    return await use(server.port);
  } finally {
    await server.close();
  }
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

const options = { stdin: true, stdout: true, stderr: true, tty: false };

/** Answers each piece of input, and ends with the number of pieces as exit code. */
function echo(session: CommandSession): void {
  let pieces = 0;
  session.readStdin(bytes => {
    if (bytes === undefined) return session.finish(exitStatus(pieces));
    pieces++;
    session.write("stdout", Buffer.concat([Buffer.from("you said "), bytes]));
  });
}

test.each(["v5.channel.k8s.io", "v4.channel.k8s.io"])("a command over a WebSocket, %s", async protocol => {
  await serving(
    async request => serveCommand(request, options, echo),
    async port => {
      const socket = new WebSocket(`ws://127.0.0.1:${port}/exec`, ["unknown", protocol]);
      const messages: string[] = [];
      socket.on("message", (data: Buffer) => messages.push(data.toString()));
      await new Promise(resolve => socket.once("open", resolve));
      expect(socket.protocol).toBe(protocol);
      socket.send(Buffer.from("\0hello"));
      if (protocol.startsWith("v4")) {
        await expect.poll(() => messages).toContain("\x01you said hello");
        socket.terminate();
        return;
      }
      socket.send(Buffer.from([255, 0]));
      await new Promise(resolve => socket.once("close", resolve));
      expect(messages[1]).toBe("\x01you said hello");
      expect(JSON.parse(messages[2]!.slice(1))).toMatchObject({ reason: "NonZeroExitCode" });
      expect(messages[2]![0]).toBe("\x03");
    },
  );
});

test.each([
  [exitStatus(0), []],
  [exitStatus(2), ["\x03command terminated with non-zero exit code: command terminated with exit code 2"]],
])("before v4 success says nothing on the error channel, failure a sentence", async (status, said) => {
  await serving(
    async request => serveCommand(request, options, session => session.finish(status)),
    async port => {
      const socket = new WebSocket(`ws://127.0.0.1:${port}/exec`, ["channel.k8s.io"]);
      const messages: string[] = [];
      socket.on("message", (data: Buffer) => messages.push(data.toString()));
      await new Promise(resolve => socket.once("close", resolve));
      expect(messages).toEqual(["\x01", ...said]);
    },
  );
});

test("a WebSocket with only unknown subprotocols, and a plain request, are refused", async () => {
  await serving(
    async request => serveCommand(request, options, echo),
    async port => {
      const socket = new WebSocket(`ws://127.0.0.1:${port}/exec`, ["unknown"]);
      await expect(new Promise((_, reject) => socket.once("error", reject))).rejects.toThrow("400");
      expect((await fetch(`http://127.0.0.1:${port}/exec`)).status).toBe(400);
    },
  );
});

/** The name has a "/", which is no token of RFC 6455: Go's client sends it all the same, `ws` refuses to. */
async function tunnelClient(port: number, protocol: string): Promise<WebSocket> {
  const headers = {
    connection: "Upgrade",
    upgrade: "websocket",
    "sec-websocket-version": "13",
    "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
    "sec-websocket-protocol": protocol,
  };
  const [response, socket, head] = await new Promise<[IncomingMessage, Duplex, Buffer]>((resolve, reject) => {
    const sent = request({ host: "127.0.0.1", port, path: "/portforward", headers });
    sent
      .once("upgrade", (...answer) => resolve(answer))
      .once("error", reject)
      .end();
  });
  expect(response.headers).toMatchObject({
    "sec-websocket-accept": "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
    "sec-websocket-protocol": protocol,
  });
  // biome-ignore lint/suspicious/noExplicitAny: what `ws` calls on itself after a handshake has no types.
  const webSocket = new (WebSocket as any)(null, undefined, {});
  webSocket._isServer = false;
  webSocket.setSocket(socket, head, { maxPayload: 1 << 20, allowSynchronousEvents: true });
  return webSocket;
}

test("port-forward through a WebSocket tunnel, as kubectl does it", async () => {
  const handler: HttpHandler = async request =>
    servePortForward(request, connection => {
      connection.data.read(bytes => {
        if (bytes === undefined) return;
        connection.data.write(Buffer.from(`${connection.port}: ${Buffer.from(bytes)}`));
        connection.fail("the end");
        connection.finish();
      });
    });
  await serving(handler, async port => {
    const socket = await tunnelClient(port, "SPDY/3.1+portforward.k8s.io");
    const transport = new Duplex({
      read() {},
      write: (chunk, _, done) => socket.send(chunk, done),
    });
    socket.on("message", (data: Buffer) => transport.push(data));
    const connection = new SpdyConnection({ transport: transport as ByteDuplex, codec: createHeaderCodec() });
    const error = await connection.open({ streamtype: "error", port: "8080", requestid: "0" });
    const data = await connection.open({ streamtype: "data", port: "8080", requestid: "0" });
    data.write(Buffer.from("hello"));
    expect(await text(data)).toBe("8080: hello");
    expect(await text(error)).toBe("the end");
    socket.terminate();
  });
});

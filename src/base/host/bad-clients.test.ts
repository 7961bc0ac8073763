import { connect as connectHttp2, constants } from "node:http2";
import { connect as connectTcp, type Socket } from "node:net";
import { connect as connectTls, type TLSSocket } from "node:tls";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { serveHttps, type TestHttps } from "#testing/https.ts";
import { BodyTooLargeError, type HttpHandler, type HttpResponse, SlowReaderError } from "../http.ts";
import { createLog } from "../log.ts";

/** Clients that do what clients should not: none of them may end the server, or hold what others need. */

let server: TestHttps;
const logged: string[] = [];
const text = (status: number, body: string): HttpResponse => ({
  status,
  headers: {},
  body: new TextEncoder().encode(body),
});

const handler: HttpHandler = async request => {
  switch (request.path) {
    case "/body":
      try {
        return text(200, String((await request.readBody(1000)).length));
      } catch (error) {
        if (error instanceof BodyTooLargeError) return text(413, "too large");
        throw error;
      }
    case "/refuse":
      return text(403, "no");
    case "/bad-header":
      return { status: 200, headers: { "x-bad": "line\nbreak 😀" } };
    case "/throws":
      throw new Error("a bug");
    case "/stream-throws":
      return { status: 200, headers: {}, body: () => Promise.reject(new Error("a bug in a stream")) };
    case "/slow-reader":
      return {
        status: 200,
        headers: {},
        async body(sink) {
          while (sink.pendingBytes < 4 << 20) sink.write(new Uint8Array(64 * 1024));
          throw new SlowReaderError("not read");
        },
      };
    default:
      return text(200, request.connection.peerRejected ?? "hello");
  }
};

beforeAll(async () => {
  const log = createLog(
    line => logged.push(line),
    () => 0,
  );
  server = await serveHttps(handler, log);
});
afterAll(() => server[Symbol.asyncDispose]());

async function http1(): Promise<{ socket: TLSSocket; received: () => string; closed: Promise<void> }> {
  const socket = connectTls({ ...server.credentials(), ALPNProtocols: ["http/1.1"] });
  onTestFinished(() => void socket.destroy());
  let all = "";
  socket.on("data", bytes => {
    all += bytes.toString("latin1");
  });
  socket.on("error", () => undefined);
  const closed = new Promise<void>(resolve => socket.once("close", () => resolve()));
  await new Promise<void>(resolve => socket.once("secureConnect", () => resolve()));
  return { socket, received: () => all, closed };
}

function http2() {
  const session = connectHttp2(server.url, server.credentials());
  session.on("error", () => undefined);
  onTestFinished(() => session.destroy());
  const send = (path: string, headers: Record<string, string> = {}) =>
    session.request({ ":path": path, ...headers }, { endStream: false });
  return { session, send };
}

type Stream = ReturnType<ReturnType<typeof http2>["send"]>;

async function answerOf(stream: Stream): Promise<{ status: number | undefined; body: string; code: number }> {
  let status: number | undefined;
  let body = "";
  stream.on("response", headers => {
    status = headers[":status"];
  });
  stream.on("data", bytes => {
    body += bytes;
  });
  stream.on("error", () => undefined);
  await new Promise<void>(resolve => stream.once("close", () => resolve()));
  return { status, body, code: stream.rstCode };
}

async function stillServes(): Promise<void> {
  const { session, send } = http2();
  const stream = send("/");
  stream.end();
  expect(await answerOf(stream)).toMatchObject({ status: 200, body: "hello" });
  session.destroy();
}

test("HTTP/2: a body that never ends is told to stop once it was answered", async () => {
  const { send } = http2();
  const endless = send("/refuse", { ":method": "POST" });
  const pump = setInterval(() => endless.destroyed || endless.write(Buffer.alloc(1000)), 5);
  const answer = await answerOf(endless);
  clearInterval(pump);
  expect(answer).toEqual({ status: 403, body: "no", code: constants.NGHTTP2_NO_ERROR });
});

test("HTTP/2: a body that is too long is answered 413 before it has ended", async () => {
  const { send } = http2();
  const long = send("/body", { ":method": "POST" });
  long.write(Buffer.alloc(5000));
  expect(await answerOf(long)).toEqual({ status: 413, body: "too large", code: constants.NGHTTP2_NO_ERROR });
});

test("HTTP/1.1: a body that is too long is answered 413, then the connection ends", async () => {
  const { socket, received, closed } = await http1();
  socket.write("POST /body HTTP/1.1\r\nhost: x\r\ncontent-length: 1000000\r\n\r\n");
  socket.write(Buffer.alloc(5000));
  await closed;
  expect(received()).toMatch(/^HTTP\/1.1 413 /);
  expect(received()).toContain("too large");
});

test("HTTP/1.1: a body that never ends is cut off once it was answered", async () => {
  const { socket, received, closed } = await http1();
  socket.write("POST /refuse HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n");
  const pump = setInterval(() => socket.write("5\r\nabcde\r\n"), 20);
  await closed;
  clearInterval(pump);
  expect(received()).toMatch(/^HTTP\/1.1 403 /);
  expect(received().toLowerCase()).toContain("connection: close");
});

test("HTTP/1.1: a body that came whole leaves the connection open for the next request", async () => {
  const { socket, received } = await http1();
  socket.write("POST /refuse HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\n\r\nabcde");
  await expect.poll(received).toContain("no");
  socket.write("POST /body HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\n\r\nabcde");
  await expect.poll(received).toMatch(/HTTP\/1.1 200 [\s\S]*\r\n\r\n5$/);
});

test("an upgrade to something nobody speaks is ignored", async () => {
  const { socket, received } = await http1();
  socket.write("GET / HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: h2c\r\n\r\n");
  await expect.poll(received).toMatch(/^HTTP\/1.1 200 [\s\S]*hello$/);
});

test.each(["/bad-header", "/throws", "/stream-throws"])("a bug behind %s ends one request", async path => {
  const { send } = http2();
  const stream = send(path);
  stream.end();
  await answerOf(stream);
  const { socket, received, closed } = await http1();
  socket.write(`GET ${path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`);
  await closed;
  expect(received()).not.toContain("break");
  await stillServes();
});

test("a client that does not read is let go with what was queued for it", async () => {
  const { send } = http2();
  const stream = send("/slow-reader");
  stream.end();
  stream.pause();
  const { code } = await answerOf(stream);
  expect(code).toBe(constants.NGHTTP2_INTERNAL_ERROR);
  expect(logged.join("")).not.toContain("/slow-reader");
});

test("clients that vanish at any point, and bytes that are no protocol, end nothing", async () => {
  const openings = [
    "",
    "G",
    "GET / HTTP/1.1\r\n",
    "POST /body HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\nabc",
    "GET / HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n",
    "GET /slow-reader HTTP/1.1\r\nhost: x\r\n\r\n",
    "CONNECT a:1 HTTP/1.1\r\n\r\n",
    "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    `GET / HTTP/1.1\r\nx: ${"a".repeat(100_000)}`,
    "\0\x01\x02\xff".repeat(1000),
  ];
  for (const opening of openings) {
    const { socket } = await http1();
    if (opening !== "") await new Promise(resolve => socket.write(opening, resolve));
    socket.destroy();
  }
  const h2Bytes = [
    "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\x04\xff\0\0\0\0\x01",
    "not HTTP/2",
  ];
  for (const bytes of h2Bytes) {
    const socket = connectTls({ ...server.credentials(), ALPNProtocols: ["h2"] });
    socket.on("error", () => undefined);
    await new Promise<void>(resolve => socket.once("secureConnect", () => resolve()));
    await new Promise(resolve => socket.write(Buffer.from(bytes, "latin1"), resolve));
    socket.destroy();
  }
  for (const bytes of ["", "\x16\x03\x01", "GET / HTTP/1.1\r\n\r\n"]) {
    const plain: Socket = connectTcp(server.port, "127.0.0.1");
    plain.on("error", () => undefined);
    await new Promise<void>(resolve => plain.once("connect", () => resolve()));
    plain.write(Buffer.from(bytes, "latin1"));
    plain.resetAndDestroy();
  }
  const { session, send } = http2();
  for (const path of ["/body", "/slow-reader", "/"]) send(path, { ":method": "POST" }).on("error", () => undefined);
  session.destroy();
  await stillServes();
});

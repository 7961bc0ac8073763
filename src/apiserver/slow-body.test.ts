import { connect as connectHttp2 } from "node:http2";
import { connect as connectTls } from "node:tls";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestServer, type TestServer } from "#testing/api-server.ts";
import { clientCertificate, serveHttps, type TestCredentials, type TestHttps } from "#testing/https.ts";

/** A request whose body never ends is answered when its time is over, and holds nothing after that. */

let api: TestServer;
let https: TestHttps;
let admin: TestCredentials;
const path = "/api/v1/namespaces/default/configmaps";

beforeAll(async () => {
  api = await startTestServer({ requestTimeoutMs: 300 });
  https = await serveHttps(api.handle);
  admin = https.credentials(await clientCertificate(https.ca, "admin", ["system:masters"]));
});
afterAll(async () => {
  await https[Symbol.asyncDispose]();
  await api[Symbol.asyncDispose]();
});

test("over HTTP/2 the stream is closed, the connection goes on", async () => {
  const session = connectHttp2(https.url, admin);
  const stream = session.request({ ":method": "POST", ":path": path, "content-type": "application/json" });
  stream.on("error", () => undefined);
  stream.write('{"metadata":');
  stream.resume();
  let status = 0;
  stream.once("response", headers => {
    status = headers[":status"] ?? 0;
  });
  await new Promise<void>(resolve => stream.once("close", () => resolve()));
  expect(status).toBe(504);
  const next = session.request({ ":path": "/version" });
  const answered = await new Promise(resolve => next.once("response", headers => resolve(headers[":status"])));
  expect(answered).toBe(200);
  session.destroy();
});

test("over HTTP/1.1 the connection is closed", async () => {
  const socket = connectTls({ ...admin, ALPNProtocols: ["http/1.1"] });
  let received = "";
  socket.on("data", bytes => {
    received += bytes;
  });
  socket.on("error", () => undefined);
  socket.write(
    `POST ${path} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 1000000\r\n\r\n{`,
  );
  await new Promise<void>(resolve => socket.once("close", () => resolve()));
  expect(received).toMatch(/^HTTP\/1.1 504 /);
});

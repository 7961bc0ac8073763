import { connect as connectHttp2 } from "node:http2";
import { connect as connectTls } from "node:tls";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createCa, issueCertificate, type KeyedCertificate } from "#base/host/certificates.ts";
import { type HttpServer, listenHttps } from "#base/host/http-server.ts";
import { silentLog } from "#base/log.ts";
import { startTestServer, type TestServer } from "#testing/api-server.ts";

/** A request whose body never ends is answered when its time is over, and holds nothing after that. */

let api: TestServer;
let https: HttpServer;
let ca: string;
let admin: KeyedCertificate;
const path = "/api/v1/namespaces/default/configmaps";

beforeAll(async () => {
  api = await startTestServer({ requestTimeoutMs: 300 });
  const authority = await createCa("slow");
  ca = authority.certificate;
  const own = await issueCertificate(authority, { commonName: "s", usage: "server", ipAddresses: ["127.0.0.1"] });
  admin = await issueCertificate(authority, { commonName: "a", organizations: ["system:masters"], usage: "client" });
  https = await listenHttps({ handler: api.handle, host: "127.0.0.1", port: 0, ...own, clientCa: ca, log: silentLog });
});
afterAll(async () => {
  await https.close();
  await api[Symbol.asyncDispose]();
});

test("over HTTP/2 the stream is closed, the connection goes on", async () => {
  const session = connectHttp2(`https://127.0.0.1:${https.port}`, { ca, cert: admin.certificate, key: admin.key });
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
  const socket = connectTls({
    host: "127.0.0.1",
    port: https.port,
    ca,
    cert: admin.certificate,
    key: admin.key,
    ALPNProtocols: ["http/1.1"],
  });
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

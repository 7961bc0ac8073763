import { type ClientHttp2Session, connect } from "node:http2";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestServer, type TestServer } from "#testing/api-server.ts";
import { clientCertificate, serveHttps, type TestHttps } from "#testing/https.ts";

/** One HTTP/2 connection of one client, as client-go uses it, against the whole API server with real objects. */

let api: TestServer;
let https: TestHttps;
let session: ClientHttp2Session;
const configMaps = "/api/v1/namespaces/default/configmaps";
const objects = 15;
const dataBytes = 1_000_000;

beforeAll(async () => {
  api = await startTestServer();
  https = await serveHttps(api.handle);
  for (let index = 0; index < objects; index++) {
    const body = { metadata: { name: `big-${index}` }, data: { a: String(index % 10).repeat(dataBytes) } };
    expect((await api.send(`POST ${configMaps}`, { body })).status).toBe(201);
  }
  const admin = await clientCertificate(https.ca, "admin", ["system:masters"]);
  session = connect(https.url, { ...https.credentials(admin), settings: { initialWindowSize: 4 << 20 } });
  await new Promise<void>(resolve => session.once("connect", () => resolve()));
});
afterAll(async () => {
  session.destroy();
  await https[Symbol.asyncDispose]();
  await api[Symbol.asyncDispose]();
});

async function list(): Promise<number> {
  const stream = session.request({ ":path": configMaps });
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return JSON.parse(Buffer.concat(chunks).toString()).items.length;
}

function cancelledWatch(): Promise<void> {
  return new Promise(resolve => {
    const stream = session.request({
      ":path": `${configMaps}?watch=1&resourceVersion=0&fieldSelector=metadata.name=none`,
    });
    stream.once("response", () => stream.close(8 /* CANCEL */));
    stream.on("error", () => undefined);
    stream.once("close", () => resolve());
  });
}

test("eight LISTs of 15 MB at once, among 5,000 watches that are opened and cancelled", async () => {
  const lists = Promise.all(Array.from({ length: 8 }, list));
  for (let done = 0; done < 5_000; done += 250) await Promise.all(Array.from({ length: 250 }, cancelledWatch));
  expect(await lists).toEqual(Array(8).fill(objects));
  expect(session.destroyed).toBe(false);
  expect(await list()).toBe(objects);
});

test("200 watches that nobody reads keep a part of what they would say, and others are served", async () => {
  const watches = 200;
  const before = process.memoryUsage().rss;
  const streams = Array.from({ length: watches }, () => {
    const stream = session.request({ ":path": `${configMaps}?watch=1` });
    stream.on("error", () => undefined);
    stream.pause();
    return stream;
  });
  const begun = streams.map(stream => new Promise(resolve => stream.once("response", resolve)));
  await Promise.all(begun);
  let last = 0;
  await expect
    .poll(
      () => {
        const grown = process.memoryUsage().rss - last;
        last += grown;
        return grown;
      },
      { interval: 200 },
    )
    .toBeLessThan(1024 * 1024);
  // The client is in this process too, and buffers some of it.
  expect(process.memoryUsage().rss - before).toBeLessThan((watches * objects * dataBytes) / 2);
  expect((await api.send("GET /version")).status).toBe(200);
  for (const stream of streams) stream.close(8);
});

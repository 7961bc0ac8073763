import { afterAll, beforeAll, expect, test } from "vitest";
import { type ConfigMap, configMaps } from "#api/core/v1/config-map.ts";
import { expired } from "#api/status.ts";
import { systemClock } from "#base/host/system-clock.ts";
import type { HttpHandler } from "#base/http.ts";
import type { WatchEvent } from "#client/client.ts";
import { createClient } from "#client/create-client.ts";
import { createDirectHttpClient } from "#client/direct.ts";
import { startTestServer, type TestServer } from "#testing/api-server.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server[Symbol.asyncDispose]());

const identity = { name: "admin", groups: ["system:masters"] };
const direct = () => createDirectHttpClient(server.handle, identity);
const client = () => createClient({ http: direct(), clock: systemClock(), userAgent: "test" });

async function take(events: AsyncIterable<WatchEvent<ConfigMap>>, count: number): Promise<WatchEvent<ConfigMap>[]> {
  const taken: WatchEvent<ConfigMap>[] = [];
  for await (const event of events) {
    taken.push(event);
    if (taken.length === count) break;
  }
  return taken;
}

test("callers of this process are handed the server's own frozen object, by writes, reads and watches alike", async () => {
  const metadata = { name: "shared", namespace: "default" };
  const created = await client().create(configMaps, { metadata, data: { a: "1" } });
  expect(Object.isFrozen(created.metadata.managedFields)).toBe(true);
  expect(await client().get(configMaps, metadata)).toBe(created);
  const options = { namespace: "default", fieldSelector: "metadata.name=shared", sendInitialEvents: true };
  const [added, bookmark] = await take(
    client().watch(configMaps, { ...options, signal: new AbortController().signal }),
    2,
  );
  expect(added).toEqual({ type: "ADDED", object: created });
  expect((added as { object: ConfigMap }).object).toBe(created);
  expect(bookmark).toMatchObject({ type: "BOOKMARK", initialEventsEnd: true });

  const updated = await client().update(configMaps, { ...created, data: { a: "2" } });
  const since = { namespace: "default", resourceVersion: created.metadata.resourceVersion };
  const events = client().watch(configMaps, { ...since, signal: new AbortController().signal });
  const [modified] = await take(events, 1);
  expect((modified as { object: ConfigMap }).object).toBe(updated);
});

test("what a writer is handed is what is stored, byte for byte", async () => {
  const object = {
    metadata: { name: "same", namespace: "default", labels: {} },
    data: { z: "1", a: "" },
    binaryData: {},
  };
  const created = await client().create(configMaps, object);
  const stored = await server.send("GET /api/v1/namespaces/default/configmaps/same");
  expect({ apiVersion: "v1", kind: "ConfigMap", ...JSON.parse(JSON.stringify(created)) }).toEqual(stored.json);
});

test("a watch that cannot go on says why, as over a connection", async () => {
  const handler: HttpHandler = async () => ({
    status: 200,
    headers: {},
    values: async sink => void sink.write([{ type: "ERROR", status: expired("too old").status }]),
  });
  const refused = createClient({
    http: createDirectHttpClient(handler, identity),
    clock: systemClock(),
    userAgent: "test",
  });
  const events = refused.watch(configMaps, { resourceVersion: "1", signal: new AbortController().signal });
  await expect(take(events, 1)).rejects.toMatchObject({ code: 410 });
});

test("a caller who does not take values reads bytes", async () => {
  const response = await direct().request({ method: "GET", target: "/api/v1/namespaces/default/configmaps/shared" });
  expect(response.value).toBeUndefined();
  expect(JSON.parse(new TextDecoder().decode(await response.readAll())).kind).toBe("ConfigMap");
});

test("tables and parts of objects are never values", async () => {
  for (const accept of [
    "application/json;as=Table;v=v1;g=meta.k8s.io",
    "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io",
  ]) {
    const target = "/api/v1/namespaces/default/configmaps/shared";
    const response = await direct().request({ method: "GET", target, headers: { accept }, takesValues: true });
    expect(response.value).toBeUndefined();
    expect((await response.readAll()).length).toBeGreaterThan(0);
  }
});

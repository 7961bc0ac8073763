import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestServer, type TestServer } from "#testing/api-server.ts";

const configMap = (name: string, data: Record<string, string> = { a: "1" }) => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name },
  data,
});

describe("API server", () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer();
    await server.send("POST /api/v1/namespaces", { body: { metadata: { name: "tests" } } });
  });
  afterAll(() => server[Symbol.asyncDispose]());

  const path = "/api/v1/namespaces/tests/configmaps";

  it("has the system namespaces and Service kubernetes before it is ready", async () => {
    const namespaces = await server.send("GET /api/v1/namespaces");
    expect(namespaces.json.items.map((item: { metadata: { name: string } }) => item.metadata.name)).toEqual([
      "default",
      "kube-node-lease",
      "kube-public",
      "kube-system",
      "tests",
    ]);
    const service = await server.send("GET /api/v1/namespaces/default/services/kubernetes");
    expect(service.json.spec.clusterIP).toBe("10.96.0.1");
    const slice = await server.send("GET /apis/discovery.k8s.io/v1/namespaces/default/endpointslices/kubernetes");
    expect(slice.json.endpoints[0].addresses).toEqual(["198.18.0.2"]);
  });

  it("creates and reads an object", async () => {
    const made = await server.send(`POST ${path}`, { body: configMap("one") });
    expect(made.status).toBe(201);
    expect(made.headers["audit-id"]).toMatch(/^[0-9a-f-]{36}$/);
    expect(made.headers["cache-control"]).toBe("no-cache, private");
    expect(made.json).toMatchObject({ kind: "ConfigMap", apiVersion: "v1", data: { a: "1" } });
    expect(made.json.metadata).toMatchObject({ name: "one", namespace: "tests" });
    expect(Object.keys(made.json)).toEqual(["kind", "apiVersion", "metadata", "data"]);
    const read = await server.send(`GET ${path}/one`);
    expect(read.text).toBe(made.text);
  });
});

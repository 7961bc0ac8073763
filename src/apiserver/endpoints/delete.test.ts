import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestServer, type TestServer } from "#testing/api-server.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
  await server.send("POST /api/v1/namespaces", { body: { metadata: { name: "tests" } } });
});
afterAll(() => server[Symbol.asyncDispose]());

const path = "/api/v1/namespaces/tests/configmaps";
const create = async (name: string, metadata: object = {}) =>
  (await server.send(`POST ${path}`, { body: { metadata: { name, ...metadata } } })).json;

describe("delete", () => {
  it("answers with a Status that names the object", async () => {
    const { metadata } = await create("plain");
    const answer = await server.send(`DELETE ${path}/plain`);
    expect([answer.status, answer.json]).toEqual([
      200,
      {
        kind: "Status",
        apiVersion: "v1",
        metadata: {},
        status: "Success",
        details: { name: "plain", kind: "configmaps", uid: metadata.uid },
      },
    ]);
    expect((await server.send(`GET ${path}/plain`)).status).toBe(404);
  });

  it("waits for finalizers; the last one that goes takes the object along", async () => {
    await create("held", { finalizers: ["example.com/hold"] });
    const marked = await server.send(`DELETE ${path}/held`);
    expect(marked.json.metadata).toMatchObject({ deletionGracePeriodSeconds: 0, finalizers: ["example.com/hold"] });
    expect(marked.json.metadata.deletionTimestamp).toBeDefined();
    const again = await server.send(`DELETE ${path}/held`);
    expect(again.json.metadata.resourceVersion).toBe(marked.json.metadata.resourceVersion);
    const headers = { "content-type": "application/merge-patch+json" };
    const more = await server.send(`PATCH ${path}/held`, {
      body: { metadata: { finalizers: ["example.com/hold", "example.com/more"] } },
      headers,
    });
    expect(more.status).toBe(422);
    await server.send(`PATCH ${path}/held`, { body: { metadata: { finalizers: null } }, headers });
    expect((await server.send(`GET ${path}/held`)).status).toBe(404);
  });

  it("leaves the propagation policy as a finalizer", async () => {
    await create("parent");
    const answer = await server.send(`DELETE ${path}/parent`, { body: { propagationPolicy: "Foreground" } });
    expect(answer.json.metadata.finalizers).toEqual(["foregroundDeletion"]);
    await create("orphaning");
    const orphan = await server.send(`DELETE ${path}/orphaning?orphanDependents=true`);
    expect(orphan.json.metadata.finalizers).toEqual(["orphan"]);
  });

  it("orphans what a replication controller made, unless somebody says otherwise", async () => {
    const controllers = "/api/v1/namespaces/tests/replicationcontrollers";
    const template = { metadata: { labels: { app: "web" } }, spec: { containers: [{ name: "c", image: "one" }] } };
    const made = await server.send(`POST ${controllers}`, {
      body: { metadata: { name: "silent" }, spec: { template } },
    });
    expect(made.json).toMatchObject({ metadata: { labels: { app: "web" } }, spec: { selector: { app: "web" } } });
    const silent = await server.send(`DELETE ${controllers}/silent`);
    expect(silent.json.metadata.finalizers).toEqual(["orphan"]);
    await server.send(`POST ${controllers}`, { body: { metadata: { name: "said" }, spec: { template } } });
    await server.send(`DELETE ${controllers}/said`, { body: { propagationPolicy: "Background" } });
    expect((await server.send(`GET ${controllers}/said`)).status).toBe(404);
  });

  it("keeps to preconditions", async () => {
    const { metadata } = await create("sure");
    const uid = await server.send(`DELETE ${path}/sure`, { body: { preconditions: { uid: "other" } } });
    expect([uid.status, uid.json.message]).toEqual([
      409,
      `Operation cannot be fulfilled on ConfigMap "sure": the UID in the precondition (other) does not match the UID in record (${metadata.uid}). The object might have been deleted and then recreated`,
    ]);
    const version = await server.send(`DELETE ${path}/sure`, { body: { preconditions: { resourceVersion: "1" } } });
    expect(version.status).toBe(409);
  });

  it("refuses options it does not know", async () => {
    await create("options");
    const policy = await server.send(`DELETE ${path}/options?propagationPolicy=Some`);
    expect(policy.json.message).toBe(
      'DeleteOptions.meta.k8s.io "" is invalid: propagationPolicy: Unsupported value: "Some": supported values: "Foreground", "Background", "Orphan", "nil"',
    );
    const kind = await server.send(`DELETE ${path}/options`, { body: { kind: "Nope", apiVersion: "v1" } });
    expect(kind.status).toBe(400);
    expect((await server.send(`DELETE ${path}/options?dryRun=All`)).status).toBe(200);
    expect((await server.send(`GET ${path}/options`)).status).toBe(200);
  });

  it("deletes a collection by selector and answers with what it was", async () => {
    for (const name of ["c1", "c2", "c3"]) await create(name, { labels: { set: name === "c3" ? "b" : "a" } });
    const answer = await server.send(`DELETE ${path}?labelSelector=set%3Da`);
    expect(answer.json.kind).toBe("ConfigMapList");
    expect(answer.json.items.map((item: { metadata: { name: string } }) => item.metadata.name)).toEqual(["c1", "c2"]);
    expect((await server.send(`GET ${path}/c3`)).status).toBe(200);
  });
});

describe("namespaces", () => {
  it("go once their finalizer is taken off", async () => {
    const made = await server.send("POST /api/v1/namespaces", { body: { metadata: { name: "ending" } } });
    expect(made.json).toMatchObject({
      metadata: { labels: { "kubernetes.io/metadata.name": "ending" } },
      spec: { finalizers: ["kubernetes"] },
      status: { phase: "Active" },
    });
    const marked = await server.send("DELETE /api/v1/namespaces/ending");
    expect(marked.json.status.phase).toBe("Terminating");
    const refused = await server.send("POST /api/v1/namespaces/ending/configmaps", {
      body: { metadata: { name: "x" } },
    });
    expect(refused.status).toBe(403);
    const body = { ...marked.json, spec: { finalizers: [] } };
    expect((await server.send("PUT /api/v1/namespaces/ending/finalize", { body })).status).toBe(200);
    expect((await server.send("GET /api/v1/namespaces/ending")).status).toBe(404);
  });
});

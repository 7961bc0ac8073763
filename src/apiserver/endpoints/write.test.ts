import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestServer, type TestServer } from "#testing/api-server.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
  await server.send("POST /api/v1/namespaces", { body: { metadata: { name: "tests" } } });
});
afterAll(() => server[Symbol.asyncDispose]());

const path = "/api/v1/namespaces/tests/configmaps";
const configMap = (name: string, metadata: object = {}, data: object = { a: "1" }) => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name, ...metadata },
  data,
});
const create = (name: string, metadata: object = {}, data: object = { a: "1" }) =>
  server.send(`POST ${path}`, { body: configMap(name, metadata, data) });
const merge = (target: string, body: unknown) =>
  server.send(`PATCH ${target}`, { body, headers: { "content-type": "application/merge-patch+json" } });

describe("create", () => {
  it("refuses a name that is taken", async () => {
    await create("taken");
    const answer = await create("taken");
    expect(answer.json).toEqual({
      kind: "Status",
      apiVersion: "v1",
      metadata: {},
      status: "Failure",
      message: 'configmaps "taken" already exists',
      reason: "AlreadyExists",
      details: { name: "taken", kind: "configmaps" },
      code: 409,
    });
  });

  it("refuses a resource version with 500, as upstream does", async () => {
    const answer = await create("two", { resourceVersion: "12" });
    expect([answer.status, answer.json.message]).toEqual([
      500,
      "resourceVersion should not be set on objects to be created",
    ]);
  });

  it("appends five characters to generateName", async () => {
    const answer = await server.send(`POST ${path}`, { body: { metadata: { generateName: "gen-" } } });
    expect(answer.json.metadata.name).toMatch(/^gen-[a-z0-9]{5}$/);
    expect(answer.json.metadata.generateName).toBe("gen-");
  });

  it("needs a name", async () => {
    const answer = await server.send(`POST ${path}`, { body: { metadata: {} } });
    expect([answer.status, answer.json.details.causes]).toEqual([
      422,
      [
        {
          reason: "FieldValueRequired",
          message: "Required value: name or generateName is required",
          field: "metadata.name",
        },
      ],
    ]);
  });

  it.each([
    [
      "another namespace",
      { ...configMap("x"), metadata: { name: "x", namespace: "other" } },
      400,
      "the namespace of the provided object does not match the namespace sent on the request",
    ],
    [
      "a version that is not known",
      { ...configMap("x"), apiVersion: "v2" },
      400,
      'ConfigMap in version "v2" cannot be handled as a ConfigMap: no kind "ConfigMap" is registered for version "v2"',
    ],
    [
      "a version that is not known, of a client that leaves the kind out",
      { ...configMap("x"), kind: undefined, apiVersion: "apps/v1" },
      400,
      'ConfigMap in version "v1" cannot be handled as a ConfigMap: no kind "ConfigMap" is registered for version "apps/v1"',
    ],
    [
      "a kind that is not known",
      { ...configMap("x"), kind: "Gadget" },
      400,
      'Gadget in version "v1" cannot be handled as a ConfigMap: no kind "Gadget" is registered for version "v1"',
    ],
    [
      "another kind",
      { ...configMap("x"), apiVersion: "apps/v1", kind: "Deployment" },
      400,
      'Deployment in version "v1" cannot be handled as a ConfigMap: converting (v1.Deployment) to (core.ConfigMap): unknown conversion',
    ],
    [
      "broken JSON",
      '{"apiVersion":',
      400,
      'the object provided is unrecognized (must be of type ConfigMap): couldn\'t get version/kind; json parse error: unexpected end of JSON input ({"apiVersion":)',
    ],
  ])("refuses %s", async (_, body, status, message) => {
    const answer = await server.send(`POST ${path}`, { body });
    expect([answer.status, answer.json.message]).toEqual([status, message]);
  });

  it("refuses a kind's other version, and other kinds by the names of their groups", async () => {
    const refusal = async (target: string, apiVersion: string, kind: string) =>
      (await server.send(`POST ${target}`, { body: { apiVersion, kind, metadata: { name: "x" } } })).json.message;
    expect(await refusal("/apis/events.k8s.io/v1/namespaces/default/events", "v1", "Event")).toBe(
      "the API version in the data (v1) does not match the expected API version (events.k8s.io/v1)",
    );
    const roles = "/apis/rbac.authorization.k8s.io/v1/namespaces/default/roles";
    expect(await refusal(roles, "rbac.authorization.k8s.io/v1", "ClusterRole")).toBe(
      'ClusterRole in version "v1" cannot be handled as a Role: converting (v1.ClusterRole) to (rbac.Role): unknown conversion',
    );
  });

  it("answers 404 for a namespace that does not exist", async () => {
    const answer = await server.send("POST /api/v1/namespaces/absent/configmaps", { body: configMap("x") });
    expect([answer.status, answer.json.reason]).toEqual([404, "NotFound"]);
  });

  it("keeps nothing of a dry run", async () => {
    const made = await server.send(`POST ${path}?dryRun=All`, { body: configMap("dry") });
    expect([made.status, made.json.metadata.resourceVersion]).toEqual([201, undefined]);
    expect((await server.send(`GET ${path}/dry`)).status).toBe(404);
  });

  it("warns of unknown and repeated fields, refuses them when strict, is silent when told", async () => {
    const body = '{"metadata":{"name":"fv","nometa":1},"data":{"a":"1","a":"2"},"other":{}}';
    const warned = await server.send(`POST ${path}?dryRun=All`, { body });
    expect(warned.headers["warning"]).toContain('299 - "unknown field \\"metadata.nometa\\""');
    expect(warned.headers["warning"]).toContain('299 - "unknown field \\"other\\""');
    expect(warned.headers["warning"]).toContain('299 - "duplicate field \\"data.a\\""');
    const strict = await server.send(`POST ${path}?dryRun=All&fieldValidation=Strict`, { body });
    expect(strict.status).toBe(400);
    expect(strict.json.message).toMatch(
      /^ConfigMap in version "v1" cannot be handled as a ConfigMap: strict decoding error: /,
    );
    const ignored = await server.send(`POST ${path}?dryRun=All&fieldValidation=Ignore`, { body });
    expect([ignored.status, ignored.headers["warning"]]).toEqual([201, undefined]);
  });

  it("warns of what is valid and hardly meant, in templates only when they change", async () => {
    const containers = [{ name: "c", image: "i" }];
    const pod = { metadata: { name: "a.b" }, spec: { containers, nodeSelector: { "beta.kubernetes.io/os": "linux" } } };
    await server.send("POST /api/v1/namespaces/default/serviceaccounts", { body: { metadata: { name: "default" } } });
    const made = await server.send("POST /api/v1/namespaces/default/pods?dryRun=All", { body: pod });
    expect([made.status, made.headers["warning"]]).toEqual([
      201,
      "299 - \"metadata.name: this is used in the Pod's hostname, which can result in surprising behavior; a DNS label is recommended: " +
        '[must not contain dots]", 299 - "spec.nodeSelector[beta.kubernetes.io/os]: deprecated since v1.14; use \\"kubernetes.io/os\\" instead"',
    ]);

    const env = ["1", "2"].map(value => ({ name: "A", value }));
    const template = { metadata: { labels: { a: "b" } }, spec: { containers: [{ name: "c", image: "i", env }] } };
    const spec = { selector: { matchLabels: { a: "b" } }, template };
    const target = "/apis/apps/v1/namespaces/default/deployments";
    const warned =
      '299 - "spec.template.spec.containers[0].env[1]: hides previous definition of \\"A\\", which may be dropped when using apply"';
    const created = await server.send(`POST ${target}`, { body: { metadata: { name: "warned" }, spec } });
    expect([created.status, created.headers["warning"]]).toEqual([201, warned]);
    const warningOf = async (body: unknown) => (await merge(`${target}/warned`, body)).headers["warning"];
    expect(await warningOf({ metadata: { labels: { x: "y" } } })).toBeUndefined();
    expect(await warningOf({ spec: { replicas: 3 } })).toBe(warned);
  });

  it.each([
    [
      "dryRun=Some",
      'CreateOptions.meta.k8s.io "" is invalid: dryRun: Unsupported value: ["Some"]: supported values: "All"',
    ],
    [
      "fieldValidation=Never",
      'CreateOptions.meta.k8s.io "" is invalid: fieldValidation: Unsupported value: "Never": supported values: "", "Ignore", "Strict", "Warn"',
    ],
    [
      `fieldManager=${"x".repeat(129)}`,
      'CreateOptions.meta.k8s.io "" is invalid: fieldManager: Too long: may not be more than 128 bytes',
    ],
  ])("refuses the option %s", async (query, message) => {
    const answer = await server.send(`POST ${path}?${query}`, { body: configMap("x") });
    expect([answer.status, answer.json.message]).toEqual([422, message]);
  });

  it("takes YAML and refuses what it does not know", async () => {
    const yaml = "metadata:\n  name: yaml\ndata:\n  a: 'b'\n";
    const made = await server.send(`POST ${path}`, { body: yaml, headers: { "content-type": "application/yaml" } });
    expect([made.status, made.json.data]).toEqual([201, { a: "b" }]);
    const refused = await server.send(`POST ${path}`, { body: "x", headers: { "content-type": "text/plain" } });
    expect([refused.status, refused.json.message]).toEqual([
      415,
      "the body of the request was in an unknown format - accepted media types include: application/json, application/yaml, application/vnd.kubernetes.protobuf",
    ]);
  });

  it("leaves a span with its revision and cause", async () => {
    const traceparent = "00-0123456789abcdef0123456789abcdef-0000000000000001-01";
    await server.send(`POST ${path}`, {
      body: configMap("traced"),
      headers: { traceparent, baggage: "k8ts-cause=3.7" },
    });
    const span = server.spans.at(-1);
    expect(span).toMatchObject({
      component: "apiserver",
      name: "create configmaps",
      user: "admin",
      cause: { requestId: "0123456789abcdef0123456789abcdef", revisions: [3, 7], more: 0 },
      subject: { resource: "configmaps", namespace: "tests", name: "traced" },
    });
    const made = await server.send(`GET ${path}/traced`);
    expect(String(span?.revision)).toBe(made.json.metadata.resourceVersion);
  });
});

describe("update", () => {
  it("refuses a stale resource version", async () => {
    const made = await create("stale");
    const stale = made.json;
    await merge(`${path}/stale`, { data: { a: "2" } });
    const answer = await server.send(`PUT ${path}/stale`, { body: { ...stale, data: { a: "3" } } });
    expect([answer.status, answer.json.message]).toEqual([
      409,
      'Operation cannot be fulfilled on configmaps "stale": the object has been modified; please apply your changes to the latest version and try again',
    ]);
  });

  it("writes nothing when nothing changes", async () => {
    const made = await create("same");
    const again = await server.send(`PUT ${path}/same`, { body: made.json });
    expect([again.status, again.json.metadata.resourceVersion]).toEqual([200, made.json.metadata.resourceVersion]);
  });

  it("overwrites without a resource version, and keeps what is the server's", async () => {
    const made = await create("blind");
    const body = configMap("blind", { uid: undefined, creationTimestamp: "2001-01-01T00:00:00Z" }, { b: "2" });
    const answer = await server.send(`PUT ${path}/blind`, { body });
    expect(answer.json.data).toEqual({ b: "2" });
    expect(answer.json.metadata.uid).toBe(made.json.metadata.uid);
    expect(answer.json.metadata.creationTimestamp).toBe(made.json.metadata.creationTimestamp);
  });

  it.each([
    [
      "a name that does not fit",
      "two",
      {},
      400,
      "the name of the object (two) does not match the name on the URL (named)",
    ],
    [
      "an unreadable resource version",
      "named",
      { resourceVersion: "abc" },
      500,
      'strconv.ParseUint: parsing "abc": invalid syntax',
    ],
  ])("refuses %s", async (_, name, metadata, status, message) => {
    await create("named");
    const answer = await server.send(`PUT ${path}/named`, { body: configMap(name, metadata) });
    expect([answer.status, answer.json.message]).toEqual([status, message]);
  });

  it("refuses another uid", async () => {
    const made = await create("uid");
    const answer = await server.send(`PUT ${path}/uid`, { body: configMap("uid", { uid: "other" }) });
    expect(answer.status).toBe(409);
    expect(answer.json.message).toContain(
      `AdditionalErrorMsg: Precondition failed: UID in precondition: other, UID in object meta: ${made.json.metadata.uid}`,
    );
  });

  it("answers 404 for what is not there, and creates the kinds that are made by PUT", async () => {
    expect((await server.send(`PUT ${path}/absent`, { body: configMap("absent") })).status).toBe(404);
    const leases = "/apis/coordination.k8s.io/v1/namespaces/tests/leases";
    const made = await server.send(`PUT ${leases}/mine`, { body: { metadata: { name: "mine" }, spec: {} } });
    expect(made.status).toBe(201);
  });
});

describe("patch", () => {
  it("merges, applies JSON patches and strategic patches", async () => {
    await create("patched", {}, { a: "1", b: "2" });
    const merged = await merge(`${path}/patched`, { data: { a: null, c: "3" } });
    expect(merged.json.data).toEqual({ b: "2", c: "3" });
    const patched = await server.send(`PATCH ${path}/patched`, {
      body: [{ op: "replace", path: "/data/b", value: "9" }],
      headers: { "content-type": "application/json-patch+json" },
    });
    expect(patched.json.data).toEqual({ b: "9", c: "3" });
    const strategic = await server.send(`PATCH ${path}/patched`, {
      body: { metadata: { finalizers: ["example.com/a"] } },
      headers: { "content-type": "application/strategic-merge-patch+json" },
    });
    expect(strategic.json.metadata.finalizers).toEqual(["example.com/a"]);
  });

  it("refuses other types, failing tests and renames", async () => {
    await create("strict");
    const type = await server.send(`PATCH ${path}/strict`, { body: {} });
    expect(type.status).toBe(415);
    const test = await server.send(`PATCH ${path}/strict`, {
      body: [{ op: "test", path: "/data/a", value: "zzz" }],
      headers: { "content-type": "application/json-patch+json" },
    });
    expect([test.status, test.json.message]).toEqual([
      422,
      "the server rejected our request due to an error in our request",
    ]);
    const rename = await merge(`${path}/strict`, { metadata: { name: "other" } });
    expect([rename.status, rename.json.message]).toEqual([
      400,
      "the name of the object (other) does not match the name on the URL (strict)",
    ]);
    const force = await server.send(`PATCH ${path}/strict?force=true`, {
      body: {},
      headers: { "content-type": "application/merge-patch+json" },
    });
    expect(force.json.message).toBe(
      'PatchOptions.meta.k8s.io "" is invalid: force: Forbidden: may not be specified for non-apply patch',
    );
  });

  it("loses no update among many patches at once", async () => {
    await create("counter", {}, {});
    await Promise.all(Array.from({ length: 20 }, (_, i) => merge(`${path}/counter`, { data: { [`k${i}`]: "1" } })));
    const read = await server.send(`GET ${path}/counter`);
    expect(Object.keys(read.json.data)).toHaveLength(20);
  });

  it("applies: creates, conflicts, takes over by force", async () => {
    const apply = (manager: string, data: object, query = "") =>
      server.send(`PATCH ${path}/applied?fieldManager=${manager}${query}`, {
        body: configMap("applied", {}, data),
        headers: { "content-type": "application/apply-patch+yaml" },
      });
    const made = await apply("alice", { a: "1" });
    expect([made.status, made.json.data]).toEqual([201, { a: "1" }]);
    expect(made.json.metadata.managedFields[0]).toMatchObject({ manager: "alice", operation: "Apply" });
    const conflict = await apply("bob", { a: "2" });
    expect([conflict.status, conflict.json.message]).toEqual([
      409,
      'Apply failed with 1 conflict: conflict with "alice": .data.a',
    ]);
    const forced = await apply("bob", { a: "2" }, "&force=true");
    expect([forced.status, forced.json.data]).toEqual([200, { a: "2" }]);
    const unnamed = await server.send(`PATCH ${path}/applied`, {
      body: configMap("applied"),
      headers: { "content-type": "application/apply-patch+yaml" },
    });
    expect(unnamed.status).toBe(422);
  });
});

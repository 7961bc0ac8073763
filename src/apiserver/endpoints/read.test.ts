import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestServer, type TestServer } from "#testing/api-server.ts";

let server: TestServer;
const path = "/api/v1/namespaces/tests/configmaps";

beforeAll(async () => {
  server = await startTestServer();
  await server.send("POST /api/v1/namespaces", { body: { metadata: { name: "tests" } } });
  for (const name of ["w0", "w1", "w2", "w3", "w4"]) {
    const labels = { index: name.slice(1), even: String(Number(name.slice(1)) % 2 === 0) };
    await server.send(`POST ${path}`, { body: { metadata: { name, labels }, data: { of: name } } });
  }
});
afterAll(() => server[Symbol.asyncDispose]());

const names = (list: { items: { metadata: { name: string } }[] }) => list.items.map(item => item.metadata.name);
const get = (query: string, headers = {}) => server.send(`GET ${path}${query}`, { headers });

describe("list", () => {
  it("pages with tokens of one revision", async () => {
    const first = await get("?limit=2");
    expect(names(first.json)).toEqual(["w0", "w1"]);
    expect(first.json.metadata.remainingItemCount).toBe(3);
    const token = first.json.metadata.continue;
    expect(JSON.parse(Buffer.from(token, "base64url").toString())).toEqual({
      v: "meta.k8s.io/v1",
      rv: Number(first.json.metadata.resourceVersion),
      start: "/w1\u0000",
    });
    // What happens between the pages is not in them.
    await server.send(`POST ${path}`, { body: { metadata: { name: "w1a" } } });
    const second = await get(`?limit=2&continue=${token}`);
    expect(names(second.json)).toEqual(["w2", "w3"]);
    expect(second.json.metadata.resourceVersion).toBe(first.json.metadata.resourceVersion);
    const third = await get(`?limit=2&continue=${second.json.metadata.continue}`);
    expect(names(third.json)).toEqual(["w4"]);
    expect(third.json.metadata).toEqual({ resourceVersion: first.json.metadata.resourceVersion });
    await server.send(`DELETE ${path}/w1a`);
  });

  it("selects by labels and fields", async () => {
    expect(names((await get("?labelSelector=even%3Dtrue")).json)).toEqual(["w0", "w2", "w4"]);
    expect(names((await get("?labelSelector=index+in+(1,2)")).json)).toEqual(["w1", "w2"]);
    expect(names((await get("?fieldSelector=metadata.name%3Dw3")).json)).toEqual(["w3"]);
    expect(names((await get("?fieldSelector=metadata.namespace%3Dother")).json)).toEqual([]);
    const narrowed = await get("?limit=1&labelSelector=even%3Dtrue");
    expect(narrowed.json.metadata.remainingItemCount).toBeUndefined();
  });

  it("gives items without kind and apiVersion, and the list with them", async () => {
    const { json } = await get("");
    expect([json.kind, json.apiVersion]).toEqual(["ConfigMapList", "v1"]);
    expect(Object.keys(json.items[0])).toEqual(["metadata", "data"]);
  });

  it.each([
    ["?fieldSelector=spec.nope=1", 400, "field label not supported: spec.nope"],
    ["?fieldSelector=metadata.name", 400, "invalid selector: 'metadata.name'; can't understand 'metadata.name'"],
    ["?labelSelector=a+in+b", 400, "unable to parse requirement: found 'b' expected: '('"],
    ["?limit=x", 400, 'strconv.ParseInt: parsing "x": invalid syntax'],
    [
      "?resourceVersion=abc",
      400,
      'invalid resource version: resourceVersion: Invalid value: "abc": strconv.ParseUint: parsing "abc": invalid syntax',
    ],
    [
      "?resourceVersionMatch=Exact",
      422,
      'ListOptions.meta.k8s.io "" is invalid: resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden unless resourceVersion is provided',
    ],
    [
      "?resourceVersion=0&resourceVersionMatch=Exact",
      422,
      'ListOptions.meta.k8s.io "" is invalid: resourceVersionMatch: Forbidden: resourceVersionMatch "exact" is forbidden for resourceVersion "0"',
    ],
    [
      "?resourceVersion=1&resourceVersionMatch=Nope",
      422,
      'ListOptions.meta.k8s.io "" is invalid: resourceVersionMatch: Unsupported value: "Nope": supported values: "Exact", "NotOlderThan", ""',
    ],
    [
      "?limit=1&continue=abc",
      400,
      "invalid continue token: continue key is not valid: invalid character 'i' looking for beginning of value",
    ],
  ])("refuses %s", async (query, status, message) => {
    const answer = await get(query);
    expect([answer.status, answer.json.message]).toEqual([status, message]);
  });

  it("reads the state of an exact revision", async () => {
    const before = (await get("")).json.metadata.resourceVersion;
    await server.send(`POST ${path}`, { body: { metadata: { name: "later" } } });
    const then = await get(`?resourceVersion=${before}&resourceVersionMatch=Exact`);
    expect(names(then.json)).toEqual(["w0", "w1", "w2", "w3", "w4"]);
    expect(then.json.metadata.resourceVersion).toBe(before);
    await server.send(`DELETE ${path}/later`);
  });

  it("answers 504 for the future", async () => {
    const answer = await get("?resourceVersion=999999999");
    expect([answer.status, answer.headers["retry-after"], answer.json.reason]).toEqual([504, "1", "Timeout"]);
    expect(answer.json.details).toEqual({
      causes: [{ reason: "ResourceVersionTooLarge", message: "Too large resource version" }],
      retryAfterSeconds: 1,
    });
  });

  it("streams a large list in chunks", async () => {
    for (let i = 0; i < 12; i++) {
      const body = { metadata: { name: `big${i}`, labels: { big: "yes" } }, data: { text: "x".repeat(60_000) } };
      await server.send(`POST ${path}`, { body });
    }
    const answer = await get("?labelSelector=big");
    expect(answer.json.items).toHaveLength(12);
    await server.send(`DELETE ${path}?labelSelector=big`);
  });
});

describe("forms", () => {
  it("gives a Table with rows of metadata", async () => {
    const answer = await get("?limit=1", { accept: "application/json;as=Table;v=v1;g=meta.k8s.io,application/json" });
    expect(answer.json.kind).toBe("Table");
    expect(answer.json.columnDefinitions.map((column: { name: string }) => column.name)).toEqual([
      "Name",
      "Data",
      "Age",
    ]);
    const [row] = answer.json.rows;
    expect(row.cells.slice(0, 2)).toEqual(["w0", 1]);
    expect(row.object).toMatchObject({ kind: "PartialObjectMetadata", apiVersion: "meta.k8s.io/v1" });
    expect(answer.json.metadata.continue).toBeDefined();
    const none = await get("?limit=1&includeObject=None", { accept: "application/json;as=Table;v=v1;g=meta.k8s.io" });
    expect(none.json.rows[0].object).toBeUndefined();
  });

  it("gives metadata alone", async () => {
    const accept = "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io";
    const list = await get("?limit=1", { accept });
    expect(list.json.kind).toBe("PartialObjectMetadataList");
    expect(Object.keys(list.json.items[0])).toEqual(["kind", "apiVersion", "metadata"]);
    const one = await get("/w0", { accept: "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io" });
    expect(one.json).toMatchObject({ kind: "PartialObjectMetadata", metadata: { name: "w0" } });
    expect(one.json.data).toBeUndefined();
  });

  it("gives YAML, indented JSON, and 406 for anything else", async () => {
    const yaml = await get("/w0", { accept: "application/yaml" });
    expect([yaml.headers["content-type"], yaml.text.split("\n")[0]]).toEqual(["application/yaml", "apiVersion: v1"]);
    expect((await get("/w0?pretty=true")).text).toMatch(/^\{\n {2}"kind": "ConfigMap"/);
    expect((await get("/w0", { "user-agent": "curl/8" })).text).toMatch(/^\{\n/);
    const refused = await get("/w0", { accept: "text/html" });
    expect([refused.status, refused.json.message]).toEqual([
      406,
      "only the following media types are accepted: application/json, application/yaml, application/vnd.kubernetes.protobuf",
    ]);
    expect((await get("/w0", { accept: "text/html, application/json;q=0.5" })).status).toBe(200);
    const absent = await get("/absent", { accept: "application/yaml" });
    expect(absent.text).toContain('message: configmaps "absent" not found');
  });

  it("takes back the protobuf it gave", async () => {
    const protobuf = "application/vnd.kubernetes.protobuf";
    const read = await get("/w0", { accept: protobuf });
    expect(read.headers["content-type"]).toBe(protobuf);
    expect([...read.bytes.subarray(0, 4)]).toEqual([0x6b, 0x38, 0x73, 0]);
    const again = await server.send(`PUT ${path}/w0`, { body: read.bytes, headers: { "content-type": protobuf } });
    expect([again.status, again.json.data]).toEqual([200, { of: "w0" }]);
    const list = await get("", { accept: protobuf });
    expect(list.text.includes("ConfigMapList")).toBe(true);
  });
});

describe("paths", () => {
  it("tells version, health and itself", async () => {
    const version = await server.send("GET /version");
    expect(version.json).toMatchObject({ major: "1", minor: "37", gitVersion: "v1.37.2+k8ts.0.0.0" });
    expect((await server.send("GET /healthz")).text).toBe("ok");
    expect((await server.send("GET /readyz?verbose")).text).toMatch(/\[\+\]etcd ok\n[\s\S]*readyz check passed\n$/);
    expect((await server.send("GET /readyz/etcd")).text).toBe("ok");
    expect((await server.send("GET /")).json.paths).toContain("/apis/apps/v1");
    expect((await server.send("GET /metrics")).text).toContain('apiserver_request_total{verb="LIST"');
    expect((await server.send("GET /openid/v1/jwks")).json.keys[0].alg).toBe("ES256");
  });

  it("answers 404 in plain text for paths and resources that nobody serves", async () => {
    for (const target of ["/nope", "/api/v1/namespaces/tests/gadgets", "/apis/none/v1/things"]) {
      const answer = await server.send(`GET ${target}`);
      expect([answer.status, answer.text]).toEqual([404, "404 page not found\n"]);
    }
    expect((await server.send("POST /api/v1/configmaps", { body: {} })).status).toBe(404);
    const unnamed = await server.send(`PUT ${path}`, { body: {} });
    expect([unnamed.status, unnamed.json.message]).toEqual([400, "name must be provided"]);
  });

  it("refuses who may not, in upstream's words", async () => {
    const user = { name: "jane", groups: ["system:authenticated"] };
    const answer = await server.send("GET /api/v1/namespaces/tests/pods", { user });
    expect([answer.status, answer.json.message, answer.json.details]).toEqual([
      403,
      'pods is forbidden: User "jane" cannot list resource "pods" in API group "" in the namespace "tests"',
      { kind: "pods" },
    ]);
    const log = await server.send("GET /api/v1/namespaces/tests/pods/p/log", { user });
    expect(log.json.message).toBe(
      'pods "p" is forbidden: User "jane" cannot get resource "pods/log" in API group "" in the namespace "tests"',
    );
    const review = await server.send("POST /apis/authentication.k8s.io/v1/selfsubjectreviews", { user, body: {} });
    expect(review.json.status.userInfo.username).toBe("jane");
  });

  it("warns of a deprecated kind", async () => {
    const answer = await server.send("GET /api/v1/namespaces/tests/endpoints");
    expect(answer.headers["warning"]).toBe(
      '299 - "v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice"',
    );
  });

  it("has no Table of what is never stored, as long as no other form is accepted", async () => {
    const table = "application/json;as=Table;v=v1;g=meta.k8s.io";
    const review = (accept: string) =>
      server.send("POST /apis/authentication.k8s.io/v1/selfsubjectreviews", { body: {}, headers: { accept } });
    expect((await review(table)).status).toBe(406);
    expect((await review(`${table},application/json`)).json.kind).toBe("SelfSubjectReview");
  });
});

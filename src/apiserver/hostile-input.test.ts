import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestServer, type TestServer } from "#testing/api-server.ts";

let server: TestServer;
const configMaps = "/api/v1/namespaces/default/configmaps";
const target = `${configMaps}/target`;

beforeAll(async () => {
  server = await startTestServer();
  const body = { metadata: { name: "target" }, data: { kept: "yes" } };
  expect((await server.send(`POST ${configMaps}`, { body })).status).toBe(201);
});
afterAll(() => server[Symbol.asyncDispose]());

const nested = (depth: number) => `${'{"a":'.repeat(depth)}1${"}".repeat(depth)}`;
const patch = (kind: string, body: unknown) => ({
  body: typeof body === "string" ? body : JSON.stringify(body),
  headers: { "content-type": kind },
});
const jsonPatch = "application/json-patch+json";
const mergePatch = "application/merge-patch+json";
const strategic = "application/strategic-merge-patch+json";
const apply = "application/apply-patch+yaml";
const yaml = "application/yaml";

test.each([
  ["open brackets", "["],
  ["nested objects", '{"a":'],
])("a body of nothing but %s is a 400", async (_, piece) => {
  const answer = await server.send(`POST ${configMaps}`, { body: piece.repeat(500_000) });
  expect(answer.status).toBe(400);
  expect(answer.json.message).toContain("exceeded max depth");
});

test.each([jsonPatch, mergePatch, strategic])("a patch nested too deep is a 400: %s", async kind => {
  const deep = nested(5000);
  const body = kind === jsonPatch ? `[{"op":"add","path":"/data/x","value":${deep}}]` : `{"data":${deep}}`;
  expect((await server.send(`PATCH ${target}`, patch(kind, body))).status).toBe(400);
});

test("YAML whose aliases unfold without end is a 400, at once", async () => {
  const lines = ["a: &a [x,x,x,x,x,x,x,x,x]"];
  for (let index = 1; index < 9; index++) {
    const name = String.fromCharCode(97 + index);
    lines.push(
      `${name}: &${name} [${Array(9)
        .fill(`*${String.fromCharCode(96 + index)}`)
        .join(",")}]`,
    );
  }
  const bomb = lines.join("\n");
  const started = performance.now();
  expect((await server.send(`POST ${configMaps}`, patch(yaml, bomb))).status).toBe(400);
  expect((await server.send(`PATCH ${target}?fieldManager=x`, patch(apply, bomb))).status).toBe(400);
  expect(performance.now() - started).toBeLessThan(2000);
});

test("JSON patches are bounded in number and in what they copy", async () => {
  const many = Array(10_001).fill({ op: "test", path: "/kind", value: "ConfigMap" });
  expect((await server.send(`PATCH ${target}`, patch(jsonPatch, many))).status).toBe(413);
  const copies = [
    { op: "add", path: "/data/l", value: ["x".repeat(1000)] },
    ...Array(40).fill({ op: "copy", from: "/data/l", path: "/data/l/-" }),
  ];
  expect((await server.send(`PATCH ${target}`, patch(jsonPatch, copies))).status).toBe(422);
});

test("names of the language's own objects are names like any other", async () => {
  const own =
    '{"__proto__":{"polluted":"y"},"metadata":{"annotations":{"constructor":"c"}},"data":{"__proto__":"v","constructor":"w"}}';
  for (const kind of [mergePatch, strategic]) {
    const answer = await server.send(`PATCH ${target}`, patch(kind, own));
    expect(answer.status).toBe(200);
    expect(answer.text).toContain('"__proto__":"v"');
    expect(Object.keys(answer.json.data).sort()).toEqual(["__proto__", "constructor", "kept"]);
  }
  for (const path of ["/__proto__/polluted", "/constructor/prototype/polluted", "/metadata/__proto__/polluted"]) {
    const answer = await server.send(`PATCH ${target}`, patch(jsonPatch, [{ op: "add", path, value: "y" }]));
    expect(answer.status).toBe(422);
  }
  await server.send(`POST ${configMaps}`, { body: `{"metadata":{"name":"own"},"data":{"__proto__":"v"}}` });
  expect((await server.send(`GET ${configMaps}/own`)).text).toContain('"data":{"__proto__":"v"}');
  expect((await server.send(`GET ${configMaps}?labelSelector=constructor`)).json.items).toEqual([]);
  expect((await server.send(`GET ${configMaps}?labelSelector=!toString`)).json.items.length).toBeGreaterThan(1);
  expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
});

test.each(["constructor", "__proto__", "toString"])("%s is no content type, field, resource or group", async name => {
  expect((await server.send(`PATCH ${target}`, patch(name, "{}"))).status).toBe(415);
  expect((await server.send(`POST ${configMaps}`, patch(name, "{}"))).status).toBe(415);
  const fields = await server.send(`GET ${configMaps}?fieldSelector=${name}=x`);
  expect(fields.status).toBe(400);
  expect(fields.json.message).toContain("field label not supported");
  expect((await server.send(`GET /api/v1/namespaces/default/${name}`)).status).toBe(404);
  expect((await server.send(`GET /apis/${name}/v1/${name}`)).status).toBe(404);
  expect((await server.send(`GET /api/v1/namespaces/default/pods/x/${name}`)).status).toBe(404);
});

test.each([
  "null",
  "5",
  "[]",
  '{"v":"meta.k8s.io/v1","rv":1.5,"start":"/x"}',
  '{"v":"meta.k8s.io/v1","rv":-7,"start":"/x"}',
])("a continue token of %s is a 400", async text => {
  const token = Buffer.from(text).toString("base64url");
  const answer = await server.send(`GET ${configMaps}?limit=1&continue=${token}`);
  expect(answer.status).toBe(400);
  expect(answer.json.message).toContain("invalid continue token");
});

test("paths that climb out of a resource lead nowhere", async () => {
  for (const name of ["..", "%2e%2e%2fsecrets", "%2fetc", "%00", "%zz", "a%2Fb"]) {
    expect((await server.send(`GET ${configMaps}/${name}`)).status).toBe(404);
  }
  const climbing = Buffer.from('{"v":"meta.k8s.io/v1","rv":-1,"start":"/../../secrets/x"}').toString("base64url");
  expect((await server.send(`GET ${configMaps}?limit=1&continue=${climbing}`)).status).toBe(400);
});

test.each(["..", "../x", "a/b", "", ".", "...", "..data"])("a config map has no key %j", async key => {
  const answer = await server.send(`POST ${configMaps}`, { body: { metadata: { name: "k" }, data: { [key]: "v" } } });
  expect(answer.status).toBe(422);
  expect(answer.json.details.causes[0].field).toBe(`data[${key}]`);
});

test("metadata and data are limited", async () => {
  const tooMuch = [
    { metadata: { name: "k", annotations: { a: "x".repeat(262_144) } } },
    { metadata: { name: "k" }, data: { a: "x".repeat(1_048_577) } },
  ];
  for (const body of tooMuch) {
    const answer = await server.send(`POST ${configMaps}`, { body });
    expect(answer.status).toBe(422);
    expect(answer.json.message).toContain("Too long");
  }
});

test("warnings about names that no header can hold reach the client as UTF-8", async () => {
  const answer = await server.send(`POST ${configMaps}?dryRun=All`, {
    body: { metadata: { name: "k" }, "é\r\nx-evil: 1\u2028😀": 1 },
  });
  expect(answer.status).toBe(201);
  const warning = answer.headers["warning"]!;
  expect(warning).not.toMatch(/[^\t\x20-\x7e\x80-\xff]/);
  expect(Buffer.from(warning, "latin1").toString("utf8")).toBe('299 - "unknown field \\"é x-evil: 1\u2028😀\\""');
});

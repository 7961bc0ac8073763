import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import protobuf from "protobufjs";
import { expect, test } from "vitest";
import { resources } from "#api/list.ts";
import { systemClock } from "#base/host/system-clock.ts";
import type { HttpRequest } from "#base/http.ts";
import { createOpenApi } from "./openapi.ts";

const openApi = createOpenApi(() => resources, { clock: systemClock(), version: "v1.37.2" });

function request(target: string, headers: Record<string, string> = {}): HttpRequest {
  const [path = "", query = ""] = target.split("?");
  return {
    ...{ method: "GET", path, query, headers },
    connection: { remoteAddress: "", protocol: "direct" },
    signal: new AbortController().signal,
    readBody: async () => new Uint8Array(),
  };
}

async function get(target: string, headers?: Record<string, string>) {
  const response = (await openApi(request(target, headers)))!;
  return { ...response, body: response.body as Uint8Array };
}

async function getJson(target: string) {
  return JSON.parse(new TextDecoder().decode((await get(target)).body));
}

test("words to choose from come in order", async () => {
  const { components } = await getJson("/openapi/v3/api/v1");
  const { dnsPolicy } = components.schemas["io.k8s.api.core.v1.PodSpec"].properties;
  expect(dnsPolicy.enum).toEqual(["ClusterFirst", "ClusterFirstWithHostNet", "Default", "None"]);
});

test("the index names each document with its hash; that address may be kept for ever", async () => {
  const { paths } = await getJson("/openapi/v3");
  expect(Object.keys(paths)).toContain("apis/apps/v1");
  const url = paths["apis/apps/v1"].serverRelativeURL;
  expect(url).toMatch(/^\/openapi\/v3\/apis\/apps\/v1\?hash=[0-9A-F]{128}$/);
  expect((await get(url)).headers["cache-control"]).toBe("public, immutable");
  const old = await get("/openapi/v3/apis/apps/v1?hash=OLD");
  expect(old).toMatchObject({ status: 301, headers: { location: url } });
});

test("a kind says how it merges", async () => {
  const { components } = await getJson("/openapi/v3/apis/apps/v1");
  const schemas = components.schemas;
  expect(schemas["io.k8s.api.apps.v1.Deployment"]["x-kubernetes-group-version-kind"]).toEqual([
    { group: "apps", version: "v1", kind: "Deployment" },
  ]);
  expect(Object.keys(schemas["io.k8s.api.apps.v1.Deployment"].properties).slice(0, 3)).toEqual([
    "apiVersion",
    "kind",
    "metadata",
  ]);
  expect(schemas["io.k8s.api.core.v1.PodSpec"].properties.containers).toMatchObject({
    type: "array",
    items: { $ref: "#/components/schemas/io.k8s.api.core.v1.Container" },
    "x-kubernetes-list-type": "map",
    "x-kubernetes-list-map-keys": ["name"],
    "x-kubernetes-patch-strategy": "merge",
    "x-kubernetes-patch-merge-key": "name",
  });
  expect(schemas["io.k8s.api.apps.v1.DeploymentSpec"].required).toEqual(["selector", "template"]);
  expect(schemas["io.k8s.apimachinery.pkg.util.intstr.IntOrString"]).toEqual({
    format: "int-or-string",
    oneOf: [{ type: "integer" }, { type: "string" }],
  });
});

test("every reference leads to a definition, in both versions", async () => {
  for (const target of [
    "/openapi/v2",
    "/openapi/v3/api/v1",
    "/openapi/v3/apis/apps/v1",
    "/openapi/v3/apis/policy/v1",
  ]) {
    const document = await getJson(target);
    const defined = document.definitions ?? document.components.schemas;
    const references = new Set(JSON.stringify(document).match(/(?<="\$ref":")[^"]+/g));
    const missing = [...references].filter(reference => !(reference.split("/").at(-1)! in defined));
    expect(missing, target).toEqual([]);
    expect(references.size).toBeGreaterThan(5);
  }
});

test("operations carry what clients look for: action, kind, and the parameters they may send", async () => {
  const { paths } = await getJson("/openapi/v3/apis/apps/v1");
  const item = paths["/apis/apps/v1/namespaces/{namespace}/deployments/{name}"];
  expect(Object.keys(item)).toEqual(["delete", "get", "patch", "put", "parameters"]);
  expect(item.patch).toMatchObject({
    operationId: "patchAppsV1NamespacedDeployment",
    tags: ["apps_v1"],
    "x-kubernetes-action": "patch",
    "x-kubernetes-group-version-kind": { group: "apps", version: "v1", kind: "Deployment" },
  });
  const names = item.patch.parameters.map((parameter: { name: string }) => parameter.name);
  expect(names).toEqual(["dryRun", "fieldManager", "fieldValidation", "force"]);
  expect(Object.keys(item.patch.requestBody.content)).toContain("application/strategic-merge-patch+json");
  expect(paths["/apis/apps/v1/deployments"].get.operationId).toBe("listAppsV1DeploymentForAllNamespaces");
});

test("version 2 has bodies as parameters and plain references", async () => {
  const { swagger, definitions, paths } = await getJson("/openapi/v2");
  expect(swagger).toBe("2.0");
  const post = paths["/api/v1/namespaces/{namespace}/pods"].post;
  expect(post.parameters[0]).toEqual({
    ...{ name: "body", in: "body", required: true },
    schema: { $ref: "#/definitions/io.k8s.api.core.v1.Pod" },
  });
  expect(definitions["io.k8s.apimachinery.pkg.api.resource.Quantity"]).toEqual({ type: "string" });
  expect(paths["/api/v1/namespaces/{namespace}/pods/{name}/exec"].get["x-kubernetes-action"]).toBe("connect");
});

test("the protobuf form says the same as the JSON form", async () => {
  const old = "application/com.github.proto-openapi.spec.v2@v1.0+protobuf";
  const { body, headers } = await get("/openapi/v2", { accept: old });
  expect(headers["content-type"]).toBe("application/com.github.proto-openapi.spec.v2.v1.0+protobuf");
  const root = protobuf.Root.fromJSON(JSON.parse(readFileSync(new URL("./openapi-v2.json", import.meta.url), "utf8")));
  // biome-ignore lint/suspicious/noExplicitAny: a decoded message has no type
  const document = root.lookupType("openapi.v2.Document").decode(body).toJSON() as any;
  const { definitions, paths } = await getJson("/openapi/v2");
  const decoded = document.definitions.additional_properties;
  expect(decoded.map((one: { name: string }) => one.name)).toEqual(Object.keys(definitions));
  expect(document.paths.path.map((one: { name: string }) => one.name)).toEqual(Object.keys(paths));
  const podSpec = decoded.find((one: { name: string }) => one.name === "io.k8s.api.core.v1.PodSpec").value;
  const containers = podSpec.properties.additional_properties.find(
    (one: { name: string }) => one.name === "containers",
  );
  expect(containers.value.type).toEqual({ value: ["array"] });
  expect(containers.value.items.schema[0]._ref).toBe("#/definitions/io.k8s.api.core.v1.Container");
  expect(containers.value.vendor_extension).toContainEqual({
    name: "x-kubernetes-patch-merge-key",
    value: { yaml: '"name"\n' },
  });
  const patch = document.paths.path.find((one: { name: string }) => one.name.endsWith("/deployments/{name}")).value
    .patch;
  expect(patch.operation_id).toBe("patchAppsV1NamespacedDeployment");
  const names = patch.parameters.map(
    // biome-ignore lint/suspicious/noExplicitAny: a decoded message has no type
    (one: any) => (one.parameter.body_parameter ?? one.parameter.non_body_parameter.query_parameter_sub_schema).name,
  );
  expect(names).toEqual(["body", "dryRun", "fieldManager", "fieldValidation", "force"]);
});

test("an unchanged document is not sent again, and compressed only for those who ask", async () => {
  const { headers, body } = await get("/openapi/v2");
  expect(headers["content-encoding"]).toBeUndefined();
  expect((await get("/openapi/v2", { "if-none-match": headers["etag"]! })).status).toBe(304);
  const small = await get("/openapi/v2", { "accept-encoding": "gzip" });
  expect(small.headers["content-encoding"]).toBe("gzip");
  expect(gunzipSync(small.body).equals(body)).toBe(true);
});

test("other paths and forms are not served", async () => {
  expect(openApi(request("/openapi/v3/apis/none/v1"))).toBeUndefined();
  expect(openApi(request("/openapi"))).toBeUndefined();
  await expect(get("/openapi/v2", { accept: "text/html" })).rejects.toThrow("only the following media types");
});

import { expect, test } from "vitest";
import { resources } from "#api/list.ts";
import type { HttpRequest } from "#base/http.ts";
import { createDiscovery } from "./discovery.ts";

const discovery = createDiscovery(() => resources, { serverAddress: "198.18.0.2:6443" });

function request(path: string, headers: Record<string, string> = {}): HttpRequest {
  return {
    method: "GET",
    path,
    query: "",
    headers,
    connection: { remoteAddress: "", protocol: "direct" },
    signal: new AbortController().signal,
    readBody: async () => new Uint8Array(),
  };
}

async function get(path: string, headers: Record<string, string> = {}) {
  const response = (await discovery(request(path, headers)))!;
  const body = response.body as Uint8Array | undefined;
  return { ...response, json: body && JSON.parse(new TextDecoder().decode(body)) };
}

const aggregated = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";

test("/api names the version of the core group and where the server is", async () => {
  const { json } = await get("/api");
  expect(json).toEqual({
    kind: "APIVersions",
    versions: ["v1"],
    serverAddressByClientCIDRs: [{ clientCIDR: "0.0.0.0/0", serverAddress: "198.18.0.2:6443" }],
  });
});

test("/apis lists the groups in upstream's order", async () => {
  const { json } = await get("/apis/");
  expect(json.groups.map((group: { name: string }) => group.name).slice(0, 5)).toEqual([
    "apps",
    "events.k8s.io",
    "authentication.k8s.io",
    "authorization.k8s.io",
    "policy",
  ]);
  expect(json.groups[0]).toEqual({
    name: "apps",
    versions: [{ groupVersion: "apps/v1", version: "v1" }],
    preferredVersion: { groupVersion: "apps/v1", version: "v1" },
  });
});

test("a resource list has short names, categories, subresources of other kinds and the storage hash", async () => {
  const { json } = await get("/apis/apps/v1");
  expect(json).toMatchObject({ kind: "APIResourceList", apiVersion: "v1", groupVersion: "apps/v1" });
  expect(json.resources.slice(0, 3)).toEqual([
    {
      name: "deployments",
      singularName: "deployment",
      namespaced: true,
      kind: "Deployment",
      verbs: ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"],
      shortNames: ["deploy"],
      categories: ["all"],
      storageVersionHash: "8aSe+NMegvE=",
    },
    {
      name: "deployments/scale",
      singularName: "",
      namespaced: true,
      group: "autoscaling",
      version: "v1",
      kind: "Scale",
      verbs: ["get", "patch", "update"],
    },
    {
      name: "deployments/status",
      singularName: "",
      namespaced: true,
      kind: "Deployment",
      verbs: ["get", "patch", "update"],
    },
  ]);
});

test("the core list has no apiVersion and includes what can only be created", async () => {
  const { json } = await get("/api/v1");
  expect(Object.keys(json)).toEqual(["kind", "groupVersion", "resources"]);
  expect(json.resources[0]).toEqual({
    name: "bindings",
    singularName: "binding",
    namespaced: true,
    kind: "Binding",
    verbs: ["create"],
  });
});

test("events of both groups are stored as one kind", async () => {
  const [core, events] = [await get("/api/v1"), await get("/apis/events.k8s.io/v1")];
  const hash = (list: { resources: { name: string; storageVersionHash: string }[] }) =>
    list.resources.find(({ name }) => name === "events")?.storageVersionHash;
  expect(hash(core.json)).toBe("r2yiGXH7wu8=");
  expect(hash(events.json)).toBe("r2yiGXH7wu8=");
});

test("aggregated discovery is given only for the exact version, clause by clause", async () => {
  const first = await get("/apis", { accept: `${aggregated},application/json` });
  expect(first.headers["content-type"]).toBe(aggregated);
  expect(first.json.items[0].metadata).toEqual({ name: "apps" });
  expect(first.json.items[0].versions[0].resources[0].subresources).toEqual([
    {
      subresource: "scale",
      responseKind: { group: "autoscaling", version: "v1", kind: "Scale" },
      verbs: ["get", "patch", "update"],
    },
    {
      subresource: "status",
      responseKind: { group: "", version: "", kind: "Deployment" },
      verbs: ["get", "patch", "update"],
    },
  ]);
  const older = aggregated.replace("v2", "v2beta1");
  expect((await get("/apis", { accept: `${older},application/json` })).json.kind).toBe("APIGroupList");
  expect((await get("/api", { accept: `${older},${aggregated}` })).json.items).toHaveLength(1);
  await expect(get("/apis", { accept: older })).rejects.toThrow(
    "only the following media types are accepted: application/json, application/yaml, application/vnd.kubernetes.protobuf",
  );
});

test("an unchanged aggregated document is not sent again", async () => {
  const { headers } = await get("/apis", { accept: aggregated });
  expect(headers["etag"]).toMatch(/^"[0-9A-F]{128}"$/);
  const again = await get("/apis", { accept: aggregated, "if-none-match": headers["etag"]! });
  expect(again.status).toBe(304);
  expect(again.body).toBeUndefined();
});

test("the classic documents are made in protobuf too", async () => {
  const response = await discovery(request("/apis/apps", { accept: "application/vnd.kubernetes.protobuf" }));
  const text = new TextDecoder("latin1").decode(response?.body as Uint8Array);
  expect(text.startsWith("k8s\0")).toBe(true);
  expect(text).toContain("APIGroup");
  expect(text).toContain("apps/v1");
});

test("other paths are for others", () => {
  for (const path of ["/", "/version", "/apis/none", "/apis/apps/v2", "/apis/apps/v1/deployments", "/api/v1/pods"]) {
    expect(discovery(request(path))).toBeUndefined();
  }
});

import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestServer, type TestAnswer, type TestServer } from "#testing/api-server.ts";

/** What somebody with some rights must not reach with them, asked of a whole API server. */

let server: TestServer;
const authenticated = "system:authenticated";
const alice = { name: "alice", groups: [authenticated] };
const kubelet = { name: "system:node:n1", groups: ["system:nodes", authenticated] };
const rbac = "/apis/rbac.authorization.k8s.io/v1";
const roleRef = (kind: string, name: string) => ({ apiGroup: "rbac.authorization.k8s.io", kind, name });
const subjects = [{ kind: "User", name: "alice", apiGroup: "rbac.authorization.k8s.io" }];

/** Gives alice a role of her own in a namespace; it replaces the one before. */
async function grant(namespace: string, rules: readonly object[]): Promise<void> {
  const roles = `${rbac}/namespaces/${namespace}/roles`;
  const bindings = `${rbac}/namespaces/${namespace}/rolebindings`;
  await server.send(`DELETE ${roles}/alice`);
  expect((await server.send(`POST ${roles}`, { body: { metadata: { name: "alice" }, rules } })).status).toBe(201);
  await server.send(`POST ${bindings}`, {
    body: { metadata: { name: "alice" }, roleRef: roleRef("Role", "alice"), subjects },
  });
}

function namesOf(items: readonly { metadata: { name: string } }[]): string[] {
  return items.map(({ metadata }) => metadata.name);
}

async function make(path: string, body: object): Promise<void> {
  const answer = await server.send(`POST ${path}`, { body });
  expect(answer.status, answer.text).toBe(201);
}

beforeAll(async () => {
  server = await startTestServer();
  for (const name of ["one", "two"]) {
    await make("/api/v1/namespaces", { metadata: { name } });
    await make(`/api/v1/namespaces/${name}/serviceaccounts`, { metadata: { name: "default" } });
    await make(`/api/v1/namespaces/${name}/secrets`, { metadata: { name: "s" } });
  }
  const spec = { containers: [{ name: "c", image: "i" }], automountServiceAccountToken: false };
  await make("/api/v1/namespaces/one/pods", { metadata: { name: "mine" }, spec: { ...spec, nodeName: "n1" } });
  await make("/api/v1/namespaces/two/pods", { metadata: { name: "other" }, spec: { ...spec, nodeName: "n2" } });
  for (const name of ["n1", "n2"]) await make("/api/v1/nodes", { metadata: { name } });
});
afterAll(() => server[Symbol.asyncDispose]());

const everything = [{ apiGroups: ["*"], resources: ["*"], verbs: ["*"] }];

test("all rights in one namespace are none in another, whatever path asks", async () => {
  await grant("one", everything);
  const as = { user: alice };
  expect((await server.send("GET /api/v1/namespaces/one/secrets/s", as)).status).toBe(200);
  expect((await server.send("GET /api/v1/namespaces/two/secrets/s", as)).status).toBe(403);
  expect((await server.send("DELETE /api/v1/namespaces/two", as)).status).toBe(403);
  // A namespace is no resource inside of another: the right to all of "one" would reach "two" by it.
  for (const method of ["GET", "DELETE", "PUT", "PATCH"]) {
    const answer = await server.send(`${method} /api/v1/namespaces/one/namespaces/two`, { ...as, body: {} });
    expect(answer.status).toBe(404);
  }
  for (const path of ["namespaces/one/namespaces", "namespaces/one/nodes/n1", "namespaces/one%2F..%2Ftwo/secrets/s"]) {
    expect((await server.send(`GET /api/v1/${path}`, as)).json?.kind ?? "none").not.toMatch(/List$|^Node$|^Secret$/);
  }
  expect(
    (await server.send("GET /api/v1/namespaces/two", { user: { name: "admin", groups: ["system:masters"] } })).json
      .metadata.deletionTimestamp,
  ).toBeUndefined();
});

test("who may only change objects cannot make them by PUT or server-side apply", async () => {
  await grant("one", [{ apiGroups: ["*"], resources: ["*"], verbs: ["get", "patch", "update"] }]);
  const lease = { apiVersion: "coordination.k8s.io/v1", kind: "Lease", metadata: { name: "new" }, spec: {} };
  const path = "/apis/coordination.k8s.io/v1/namespaces/one/leases/new";
  const apply = { "content-type": "application/apply-patch+yaml" };
  const byPut = await server.send(`PUT ${path}`, { user: alice, body: lease });
  const byApply = await server.send(`PATCH ${path}?fieldManager=a`, { user: alice, body: lease, headers: apply });
  for (const answer of [byPut, byApply]) {
    expect(answer.status).toBe(403);
    expect(answer.json.message).toContain('cannot create resource "leases"');
  }
  await grant("one", [{ apiGroups: ["*"], resources: ["*"], verbs: ["create", "patch", "update"] }]);
  expect((await server.send(`PATCH ${path}?fieldManager=a`, { user: alice, body: lease, headers: apply })).status).toBe(
    201,
  );
});

test("the right to one name opens a list of just that name, and no create or deletecollection", async () => {
  await grant("one", [{ apiGroups: [""], resources: ["secrets"], resourceNames: ["s"], verbs: ["*"] }]);
  const secrets = "/api/v1/namespaces/one/secrets";
  await make(secrets, { metadata: { name: "t" } });
  const list = (selector: string) =>
    server.send(`GET ${secrets}?fieldSelector=${encodeURIComponent(selector)}`, { user: alice });
  expect(namesOf((await list("metadata.name=s")).json.items)).toEqual(["s"]);
  for (const selector of ["metadata.name=t", "metadata.name!=s", "type!=x\\,metadata.name=s", "type=Opaque", ""]) {
    expect((await list(selector)).status).toBe(403);
  }
  expect((await list("metadata.name=s,metadata.name=t")).json.items).toEqual([]);
  expect((await server.send(`POST ${secrets}`, { user: alice, body: { metadata: { name: "s" } } })).status).toBe(403);
  expect((await server.send(`DELETE ${secrets}?fieldSelector=metadata.name=s`, { user: alice })).status).toBe(403);
});

test("nobody grants what he lacks: create, update, patch, apply, aggregation, binding", async () => {
  const all = [
    { apiGroups: ["rbac.authorization.k8s.io"], resources: ["*"], verbs: ["create", "update", "patch", "get"] },
  ];
  await grant("one", all);
  const roles = `${rbac}/namespaces/one/roles`;
  const power = [{ apiGroups: [""], resources: ["secrets"], verbs: ["get"] }];
  const role = (name: string) => ({
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "Role",
    metadata: { name },
    rules: power,
  });
  const as = (body: unknown, type = "application/json") => ({ user: alice, body, headers: { "content-type": type } });
  const refused = [
    await server.send(`POST ${roles}`, as(role("r"))),
    await server.send(`PUT ${roles}/alice`, as(role("alice"))),
    await server.send(`PATCH ${roles}/alice`, as({ rules: power }, "application/merge-patch+json")),
    await server.send(`PATCH ${roles}/alice`, as({ rules: power }, "application/strategic-merge-patch+json")),
    await server.send(
      `PATCH ${roles}/alice`,
      as([{ op: "replace", path: "/rules", value: power }], "application/json-patch+json"),
    ),
    await server.send(
      `PATCH ${roles}/alice?fieldManager=a&force=true`,
      as(role("alice"), "application/apply-patch+yaml"),
    ),
    await server.send(`PATCH ${roles}/fresh?fieldManager=a`, as(role("fresh"), "application/apply-patch+yaml")),
    await server.send(
      `POST ${rbac}/namespaces/one/rolebindings`,
      as({ metadata: { name: "b" }, roleRef: roleRef("ClusterRole", "admin"), subjects }),
    ),
    await server.send(
      `POST ${rbac}/clusterrolebindings`,
      as({ metadata: { name: "b" }, roleRef: roleRef("ClusterRole", "cluster-admin"), subjects }),
    ),
    await server.send(
      `POST ${rbac}/clusterroles`,
      as({ metadata: { name: "agg" }, aggregationRule: { clusterRoleSelectors: [{}] } }),
    ),
  ];
  expect(refused.map(({ status }) => status)).toEqual(refused.map(() => 403));
  // And in the same namespace, to others, what he has himself: that is no escalation.
  expect((await server.send(`POST ${roles}`, as({ metadata: { name: "same" }, rules: all }))).status).toBe(201);
});

test("a role that aggregates cannot be widened by a label from somebody who lacks what it then grants", async () => {
  await make(`${rbac}/clusterroles`, {
    metadata: { name: "labeller" },
    rules: [{ apiGroups: ["rbac.authorization.k8s.io"], resources: ["clusterroles"], verbs: ["*"] }],
  });
  await make(`${rbac}/clusterrolebindings`, {
    metadata: { name: "labeller" },
    roleRef: roleRef("ClusterRole", "labeller"),
    subjects: [{ ...subjects[0], name: "lara" }],
  });
  const lara = { name: "lara", groups: [authenticated] };
  // Her `*` has `escalate` in it: only without that verb is she held.
  const rules = [
    { apiGroups: ["rbac.authorization.k8s.io"], resources: ["clusterroles"], verbs: ["create", "update", "patch"] },
  ];
  await server.send(`PATCH ${rbac}/clusterroles/labeller`, {
    body: { rules },
    headers: { "content-type": "application/merge-patch+json" },
  });
  const answer = await server.send(`POST ${rbac}/clusterroles`, {
    user: lara,
    body: {
      metadata: { name: "smuggled", labels: { "rbac.authorization.k8s.io/aggregate-to-view": "true" } },
      rules: [{ apiGroups: [""], resources: ["secrets"], verbs: ["get"] }],
    },
  });
  expect(answer.status).toBe(403);
});

test("a kubelet sees the pods, secrets and Node of its own node only", async () => {
  const get = (path: string) => server.send(`GET /api/v1/${path}`, { user: kubelet });
  const names = (answer: TestAnswer) => namesOf(answer.json.items);
  const pods = (selector: string) => get(`pods?fieldSelector=${encodeURIComponent(selector)}`);
  expect(names(await pods("spec.nodeName=n1"))).toEqual(["mine"]);
  // Read term by term without minding escapes, these would look like the kubelet's own list and be everybody's.
  for (const selector of [
    "metadata.name!=x\\,spec.nodeName=n1",
    "spec.nodeName!=x\\,spec.nodeName=n1",
    "spec.nodeName=n2",
    "spec.nodeName!=n1",
    "",
  ]) {
    expect((await pods(selector)).status).toBe(403);
  }
  expect(names(await pods("spec.nodeName=n1,spec.nodeName=n2"))).toEqual([]);
  expect((await get("nodes/n1")).status).toBe(200);
  expect((await get("nodes/n2")).status).toBe(403);
  expect((await get("nodes")).status).toBe(403);
  expect((await get("secrets")).status).toBe(403);
  expect((await get("namespaces/two/secrets/s")).status).toBe(403);
  expect((await get("namespaces/two/pods/other")).status).toBe(403);
  for (const path of [
    "pods/mine/exec?command=sh&stdout=1",
    "pods/mine/log",
    "pods/mine/portforward",
    "pods/mine/proxy",
  ]) {
    expect((await get(`namespaces/one/${path}`)).status).toBe(403);
  }
  expect((await get("nodes/n1/proxy/exec")).status).toBe(403);
});

test("a kubelet writes only its own node's things", async () => {
  const send = (line: string, body: unknown, type = "application/merge-patch+json") =>
    server.send(line, { user: kubelet, body, headers: { "content-type": type } });
  const json = "application/json";
  const attempts = [
    await send("PATCH /api/v1/nodes/n2", { metadata: { labels: { a: "b" } } }),
    await send("PATCH /api/v1/nodes/n2/status", { status: { phase: "x" } }),
    await send("PATCH /api/v1/nodes/n1", { spec: { taints: [{ key: "a", effect: "NoSchedule" }] } }),
    await send("PATCH /api/v1/nodes/n1", { metadata: { labels: { "node-restriction.kubernetes.io/x": "y" } } }),
    await send("PATCH /api/v1/namespaces/two/pods/other/status", { status: { phase: "Failed" } }),
    await send("PATCH /api/v1/namespaces/one/pods/mine/status", { metadata: { labels: { app: "stolen" } } }),
    await send("PATCH /api/v1/namespaces/one/pods/mine", { metadata: { labels: { app: "stolen" } } }),
    await send("DELETE /api/v1/namespaces/two/pods/other", {}, json),
    await send("POST /api/v1/namespaces/two/pods/other/eviction", { metadata: { name: "other" } }, json),
    await send("POST /api/v1/namespaces/two/serviceaccounts/default/token", { spec: {} }, json),
    await send("POST /api/v1/namespaces/one/serviceaccounts/default/token", { spec: {} }, json),
    await send(
      "PUT /apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/n2",
      { metadata: { name: "n2" }, spec: {} },
      json,
    ),
    await send(
      "POST /apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases",
      { metadata: { name: "n2" }, spec: {} },
      json,
    ),
    await send("POST /apis/coordination.k8s.io/v1/namespaces/one/leases", { metadata: { name: "n1" }, spec: {} }, json),
    await send("POST /api/v1/nodes", { metadata: { name: "n3" } }, json),
    await send(
      "POST /api/v1/namespaces/one/pods",
      { metadata: { name: "p" }, spec: { containers: [{ name: "c", image: "i" }], nodeName: "n1" } },
      json,
    ),
    await send(
      "POST /api/v1/namespaces/two/pods/other/binding",
      { metadata: { name: "other" }, target: { kind: "Node", name: "n1" } },
      json,
    ),
    await send("DELETE /api/v1/nodes/n2", {}, json),
  ];
  expect(attempts.map(({ status }) => status)).toEqual(attempts.map(() => 403));
});

test("paths that are no resource are for those who may", async () => {
  const as = (user?: { name: string; groups: string[] }) => (user === undefined ? {} : { user });
  const nobody = { name: "system:anonymous", groups: ["system:unauthenticated"] };
  for (const path of [
    "/metrics",
    "/journey",
    "/openapi/v2",
    "/api",
    "/apis",
    "/.well-known/openid-configuration",
    "/",
  ]) {
    expect((await server.send(`GET ${path}`, as(nobody))).status, path).toBe(403);
  }
  for (const path of ["/metrics", "/journey", "/", "//metrics", "/metrics/", "/debug/pprof", "/logs"]) {
    expect((await server.send(`GET ${path}`, as(alice))).status, path).toBe(403);
  }
  for (const path of ["/version", "/healthz", "/livez", "/readyz"]) {
    expect((await server.send(`GET ${path}`, as(nobody))).status, path).toBe(200);
  }
});

test("requests for what nobody serves do not fill the metrics", async () => {
  const nobody = { name: "system:anonymous", groups: ["system:unauthenticated"] };
  await server.send("GET /api/v1/namespaces/a/zebras", { user: nobody });
  await server.send("GET /apis/x%22%7D%20evil%201%0A/v1/secrets", { user: nobody });
  await server.send("GET /api/v1/namespaces/a/secrets/b/stripes", { user: nobody });
  const { text } = await server.send("GET /metrics");
  expect(text).not.toMatch(/zebras|evil|stripes/);
});

test.each(["127.0.0.1", "127.1.2.3", "169.254.169.254", "0.0.0.0", "224.0.0.1", "localhost", "metadata.internal"])(
  "a pod that says its address is %s leads the proxy nowhere",
  async podIP => {
    const asked: string[] = [];
    await using own = await startTestServer({
      connectToAddress: url => {
        asked.push(url);
        throw new Error("reached");
      },
    });
    const pods = "/api/v1/namespaces/default/pods";
    await own.send("POST /api/v1/namespaces/default/serviceaccounts", { body: { metadata: { name: "default" } } });
    await own.send(`POST ${pods}`, {
      body: { metadata: { name: "p" }, spec: { nodeName: "n", containers: [{ name: "c", image: "i" }] } },
    });
    await own.send(`PATCH ${pods}/p/status`, {
      body: { status: { podIP, podIPs: [{ ip: podIP }] } },
      headers: { "content-type": "application/merge-patch+json" },
    });
    const answer = await own.send(`GET ${pods}/p:80/proxy/`);
    expect([400, 503]).toContain(answer.status);
    expect(answer.json.message).toContain("address not allowed");
    expect(asked).toEqual([]);
  },
);

test("who may only read a pod's subresources runs no command by a GET", async () => {
  const pod = "/api/v1/namespaces/one/pods/mine";
  const rules = (verbs: string[]) => [
    { apiGroups: [""], resources: ["pods/exec", "pods/attach", "pods/portforward"], verbs },
  ];
  const headers = {
    upgrade: "websocket",
    connection: "Upgrade",
    "sec-websocket-version": "13",
    "sec-websocket-key": "k",
  };
  const lines = ["exec?command=sh&stdout=1", "attach?stdout=1", "portforward?ports=80"].map(
    path => `GET ${pod}/${path}`,
  );
  await grant("one", rules(["get"]));
  for (const line of lines) expect((await server.send(line, { user: alice, headers })).status).toBe(403);
  await grant("one", rules(["get", "create"]));
  for (const line of lines) expect((await server.send(line, { user: alice, headers })).status).not.toBe(403);
});

import { EventEmitter } from "node:events";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { HttpClient, HttpClientRequest } from "#base/http-client.ts";
import type { AcceptWebSocket } from "#base/websocket.ts";
import { startTestServer, type TestServer } from "#testing/api-server.ts";

let server: TestServer;
const asked: HttpClientRequest[] = [];
const hello = { status: 200, headers: { "content-type": "text/plain" } as Record<string, string>, text: "hello\n" };
/** What whoever is asked answers. */
let answers = hello;
const kubelet = {
  async upgrade(request: HttpClientRequest) {
    asked.push(request);
    return { status: 101, headers: { "sec-websocket-accept": "a" }, socket: far };
  },
  async [Symbol.asyncDispose]() {},
  async request(request: HttpClientRequest) {
    asked.push(request);
    const text = new TextEncoder().encode(answers.text);
    return {
      status: answers.status,
      headers: answers.headers,
      body: (async function* () {
        yield text;
      })(),
      readAll: async () => text,
    };
  },
} as unknown as HttpClient;

const far = fakeSocket();

const messages: string[] = [];
const acceptWebSocket: AcceptWebSocket = (_request, supported, accept) => {
  accept({
    protocol: supported[0]!,
    send: bytes => messages.push(new TextDecoder().decode(bytes)) > 0,
    drained: async () => {},
    close: () => messages.push("closed"),
    onMessage() {},
    onClose() {},
    pause() {},
    resume() {},
  });
  return { status: 101, headers: {} };
};

const connected: string[] = [];

/** The part of a socket that the proxy uses; `sent` is what was written to it. */
function fakeSocket() {
  const emitter = new EventEmitter();
  return Object.assign(emitter, {
    sent: [] as string[],
    ended: false,
    destroyed: false,
    write(bytes: Uint8Array) {
      this.sent.push(Buffer.from(bytes).toString());
      return true;
    },
    end() {
      this.ended = true;
    },
    destroy() {
      this.destroyed = true;
    },
    pause() {},
    resume() {},
  });
}

const namespace = "/api/v1/namespaces/tests";
const json = { "content-type": "application/merge-patch+json" };

beforeAll(async () => {
  server = await startTestServer({
    connectToNode: () => kubelet,
    acceptWebSocket,
    connectToAddress: url => {
      connected.push(url);
      return kubelet;
    },
    serviceClusterIpRange: "10.96.0.0/24",
    serviceNodePortRange: { from: 30000, to: 30004 },
  });
  await server.send("POST /api/v1/namespaces", { body: { metadata: { name: "tests" } } });
  await server.send(`POST ${namespace}/serviceaccounts`, { body: { metadata: { name: "default" } } });
  const status = { addresses: [{ type: "InternalIP", address: "198.18.0.3" }] };
  await server.send("POST /api/v1/nodes", { body: { metadata: { name: "node-1" }, status } });
});
afterAll(() => server[Symbol.asyncDispose]());

const pod = (name: string, labels = {}) =>
  server.send(`POST ${namespace}/pods`, {
    body: { metadata: { name, labels }, spec: { containers: [{ name: "c", image: "i" }] } },
  });
const bind = (name: string, node = "node-1") =>
  server.send(`POST ${namespace}/pods/${name}/binding`, {
    body: { metadata: { name }, target: { kind: "Node", name: node } },
  });

describe("pods", () => {
  it("start pending, are bound once, and end gracefully", async () => {
    const made = await pod("p");
    expect([made.status, made.json.status.phase]).toEqual([201, "Pending"]);
    expect((await bind("p")).json).toMatchObject({ status: "Success", code: 201 });
    const bound = await server.send(`GET ${namespace}/pods/p`);
    expect(bound.json.spec.nodeName).toBe("node-1");
    expect(bound.json.status.conditions).toEqual([expect.objectContaining({ type: "PodScheduled", status: "True" })]);
    const again = await bind("p");
    expect([again.status, again.json.message]).toEqual([
      409,
      'Operation cannot be fulfilled on pods/binding "p": pod p is already assigned to node "node-1"',
    ]);
    const marked = await server.send(`DELETE ${namespace}/pods/p`);
    expect(marked.json.metadata.deletionGracePeriodSeconds).toBe(30);
    const shorter = await server.send(`DELETE ${namespace}/pods/p?gracePeriodSeconds=5`);
    expect(shorter.json.metadata.deletionGracePeriodSeconds).toBe(5);
    const longer = await server.send(`DELETE ${namespace}/pods/p?gracePeriodSeconds=60`);
    expect(longer.json.metadata.deletionGracePeriodSeconds).toBe(5);
    expect((await server.send(`DELETE ${namespace}/pods/p?gracePeriodSeconds=0`)).json.kind).toBe("Pod");
    expect((await server.send(`GET ${namespace}/pods/p`)).status).toBe(404);
  });

  it("go at once while no node has them", async () => {
    await pod("unbound");
    await server.send(`DELETE ${namespace}/pods/unbound`);
    expect((await server.send(`GET ${namespace}/pods/unbound`)).status).toBe(404);
  });

  it("take ephemeral containers and new resources, and nothing else that way", async () => {
    await pod("debugged");
    const change = { ephemeralContainers: [{ name: "d", image: "busybox" }], nodeName: "node-1" };
    const headers = { "content-type": "application/strategic-merge-patch+json" };
    const debugged = await server.send(`PATCH ${namespace}/pods/debugged/ephemeralcontainers`, {
      body: { spec: change },
      headers,
    });
    expect(debugged.json.spec.ephemeralContainers).toMatchObject([{ name: "d", image: "busybox" }]);
    expect(debugged.json.spec.nodeName).toBeUndefined();
    const other = { ephemeralContainers: [{ name: "d", image: "alpine" }] };
    const refused = await server.send(`PATCH ${namespace}/pods/debugged/ephemeralcontainers`, {
      body: { spec: other },
      headers,
    });
    expect([refused.status, refused.json.message]).toEqual([
      422,
      'Pod "debugged" is invalid: spec.ephemeralContainers[0]: Forbidden: existing ephemeral containers "d" may not be changed\n',
    ]);
    const containers = [{ name: "c", image: "other", resources: { requests: { cpu: "2" } } }];
    const resized = await server.send(`PATCH ${namespace}/pods/debugged/resize`, {
      body: { spec: { containers } },
      headers,
    });
    expect(resized.json.spec.containers).toMatchObject([
      { name: "c", image: "i", resources: { requests: { cpu: "2" } } },
    ]);
  });

  it("show their logs through the kubelet", async () => {
    await pod("logging");
    await bind("logging");
    const log = await server.send(`GET ${namespace}/pods/logging/log?tailLines=5`);
    expect([log.status, log.text]).toEqual([200, "hello\n"]);
    expect(asked.at(-1)?.target).toBe("/containerLogs/tests/logging/c?tailLines=5");
    const wrong = await server.send(`GET ${namespace}/pods/logging/log?container=x`);
    expect([wrong.status, wrong.json.message]).toEqual([400, "container x is not valid for pod logging"]);
    await server.send("GET /api/v1/nodes/node-1/proxy/stats/summary?only=cpu");
    expect(asked.at(-1)?.target).toBe("/stats/summary?only=cpu");
  });

  it("have no log while they wait to start, which a Status says", async () => {
    await pod("starting");
    await bind("starting");
    const refusals = {
      400: ["BadRequest", 'container "c" in pod "starting" is waiting to start: ContainerCreating'],
      404: ["NotFound", "the server could not find the requested resource ( pods/log starting)"],
      500: ["InternalError", "Internal error occurred: no disk"],
    };
    const texts = { 400: refusals[400][1]!, 404: "pod not found", 500: "no disk" };
    for (const status of [400, 404, 500] as const) {
      answers = { ...hello, status, text: texts[status] };
      const { json } = await server.send(`GET ${namespace}/pods/starting/log`);
      expect([json.kind, json.code, json.reason, json.message]).toEqual(["Status", status, ...refusals[status]]);
    }
    answers = hello;
  });

  it("show their logs to a WebSocket as messages, an empty one first", async () => {
    await pod("sockets");
    await bind("sockets");
    const headers = { upgrade: "websocket", connection: "Upgrade", "sec-websocket-protocol": "binary.k8s.io" };
    const answer = await server.send(`GET ${namespace}/pods/sockets/log`, { headers });
    expect(answer.status).toBe(101);
    expect(asked.at(-1)).toMatchObject({ method: "GET", target: "/containerLogs/tests/sockets/c" });
    expect(asked.at(-1)?.headers).not.toHaveProperty("upgrade");
    await expect.poll(() => messages).toEqual(["", "hello\n", "closed"]);
  });

  it("are evicted only as their budget allows", async () => {
    const budgets = "/apis/policy/v1/namespaces/tests/poddisruptionbudgets";
    await server.send(`POST ${budgets}`, {
      body: { metadata: { name: "b" }, spec: { minAvailable: 1, selector: { matchLabels: { app: "a" } } } },
    });
    const setBudget = (allowed: number) =>
      server.send(`PATCH ${budgets}/b/status`, {
        body: {
          status: {
            observedGeneration: 1,
            disruptionsAllowed: allowed,
            currentHealthy: 2,
            desiredHealthy: 2,
            expectedPods: 2,
          },
        },
        headers: json,
      });
    await pod("e", { app: "a" });
    await bind("e");
    await server.send(`PATCH ${namespace}/pods/e/status`, {
      body: { status: { phase: "Running", conditions: [{ type: "Ready", status: "True" }] } },
      headers: json,
    });
    const evict = () => server.send(`POST ${namespace}/pods/e/eviction`, { body: { metadata: { name: "e" } } });
    await setBudget(0);
    const refused = await evict();
    expect([refused.status, refused.json.details.causes]).toEqual([
      429,
      [{ reason: "DisruptionBudget", message: "The disruption budget b needs 2 healthy pods and has 2 currently" }],
    ]);
    await setBudget(1);
    expect((await evict()).status).toBe(201);
    const budget = await server.send(`GET ${budgets}/b`);
    expect(budget.json.status.disruptionsAllowed).toBe(0);
    expect(Object.keys(budget.json.status.disruptedPods)).toEqual(["e"]);
    expect((await server.send(`GET ${namespace}/pods/e`)).json.metadata.deletionTimestamp).toBeDefined();
  });
});

describe("streams", () => {
  it("pass the bytes of exec both ways after the upgrade", async () => {
    await pod("running");
    await bind("running");
    const near = fakeSocket();
    const answer = await server.handle({
      method: "GET",
      path: `${namespace}/pods/running/exec`,
      query: "command=sh&command=-c&stdin=1&stdout=1&tty=false",
      headers: {
        upgrade: "websocket",
        connection: "Upgrade",
        authorization: "Bearer secret",
        "sec-websocket-key": "k",
      },
      connection: { remoteAddress: "", protocol: "direct", identity: { name: "admin", groups: ["system:masters"] } },
      signal: new AbortController().signal,
      readBody: async () => new Uint8Array(0),
    });
    expect([answer.status, answer.headers["sec-websocket-accept"]]).toEqual([101, "a"]);
    expect(asked.at(-1)?.target).toBe("/exec/tests/running/c?input=1&output=1&command=sh&command=-c");
    expect(asked.at(-1)?.headers).toEqual({ upgrade: "websocket", connection: "Upgrade", "sec-websocket-key": "k" });
    answer.upgrade?.(near, Buffer.from("early"));
    near.emit("data", Buffer.from("to"));
    far.emit("data", Buffer.from("from"));
    expect([far.sent.join(), near.sent.join()]).toEqual(["early,to", "from"]);
    far.emit("end");
    expect(near.ended).toBe(true);
  });

  it("reach pods and services by address", async () => {
    await server.send(`PATCH ${namespace}/pods/running/status`, {
      body: { status: { podIP: "10.244.0.9" } },
      headers: json,
    });
    const answer = await server.send(`GET ${namespace}/pods/running:8080/proxy/hello?a=b`);
    expect([answer.text, connected.at(-1), asked.at(-1)?.target]).toEqual([
      "hello\n",
      "http://10.244.0.9:8080",
      "/hello?a=b",
    ]);
    await server.send(`GET /api/v1/namespaces/default/services/https:kubernetes:443/proxy/version`);
    expect([connected.at(-1), asked.at(-1)?.target]).toEqual(["https://198.18.0.2:6443", "/version"]);
  });

  it("are seen through the proxy as pages whose links work", async () => {
    const proxy = `${namespace}/pods/running:8080/proxy`;
    const redirect = await server.send(`GET ${proxy}?a=b`);
    expect([redirect.status, redirect.headers["location"]]).toEqual([301, `${proxy}/?a=b`]);
    answers = { status: 200, headers: { "content-type": "text/html; charset=utf-8" }, text: '<a href="/next">é</a>' };
    const page = await server.send(`GET ${proxy}/folder/`);
    expect([asked.at(-1)?.target, page.text]).toEqual(["/folder/", `<a href="${proxy}/next">é</a>`]);
    answers = { status: 200, headers: { location: "/login" }, text: "" };
    expect((await server.send(`GET ${proxy}/`)).headers["location"]).toBe(`${proxy}/login`);
    answers = hello;
  });
});

describe("services", () => {
  const service = (name: string, spec: object) =>
    server.send(`POST ${namespace}/services`, {
      body: { metadata: { name }, spec: { ports: [{ port: 80 }], ...spec } },
    });

  it("get an address, and give it back when they go", async () => {
    const made = await service("plain", {});
    expect(made.json.spec).toMatchObject({ type: "ClusterIP", ipFamilies: ["IPv4"], ipFamilyPolicy: "SingleStack" });
    expect(made.json.spec.clusterIP).toMatch(/^10\.96\.0\.\d+$/);
    expect(made.json.spec.clusterIPs).toEqual([made.json.spec.clusterIP]);
    const { clusterIP } = made.json.spec;
    const taken = await service("taken", { clusterIP });
    expect([taken.status, taken.json.message]).toEqual([
      422,
      `Service "taken" is invalid: spec.clusterIPs: Invalid value: ["${clusterIP}"]: failed to allocate IP ${clusterIP}: provided IP is already allocated`,
    ]);
    await server.send(`DELETE ${namespace}/services/plain`);
    expect((await service("taken", { clusterIP })).status).toBe(201);
    const outside = await service("outside", { clusterIP: "10.97.0.1" });
    expect(outside.json.details.causes[0].message).toContain(
      "is not in the valid range. The range of valid IPs is 10.96.0.0/24",
    );
  });

  it("get none when headless", async () => {
    const made = await service("headless", { clusterIP: "None" });
    expect([made.json.spec.clusterIP, made.json.spec.clusterIPs]).toEqual(["None", ["None"]]);
  });

  it("get node ports within the range until there are no more", async () => {
    const made = await service("ports", {
      type: "NodePort",
      ports: [
        { name: "a", port: 80 },
        { name: "b", port: 80, protocol: "UDP" },
      ],
    });
    const [a, b] = made.json.spec.ports;
    expect(a.nodePort).toBe(b.nodePort);
    expect(a.nodePort).toBeGreaterThanOrEqual(30000);
    const clash = await service("clash", { type: "NodePort", ports: [{ port: 80, nodePort: a.nodePort }] });
    expect(clash.json.message).toContain("provided port is already allocated");
    for (const name of ["n1", "n2", "n3", "n4"]) expect((await service(name, { type: "NodePort" })).status).toBe(201);
    expect((await service("n5", { type: "NodePort" })).status).toBe(500);
    const sent = await server.send(`PATCH ${namespace}/services/ports`, {
      body: { spec: { type: "ClusterIP" } },
      headers: { "content-type": "application/strategic-merge-patch+json" },
    });
    expect(sent.json.spec.ports[0].nodePort).toBeUndefined();
    expect(sent.json.spec.clusterIP).toBe(made.json.spec.clusterIP);
  });
});

describe("scale", () => {
  it("reads and writes spec.replicas", async () => {
    const deployments = "/apis/apps/v1/namespaces/tests/deployments";
    const template = { metadata: { labels: { app: "s" } }, spec: { containers: [{ name: "c", image: "i" }] } };
    await server.send(`POST ${deployments}`, {
      body: { metadata: { name: "s" }, spec: { replicas: 2, selector: { matchLabels: { app: "s" } }, template } },
    });
    const read = await server.send(`GET ${deployments}/s/scale`);
    expect(read.json).toMatchObject({
      kind: "Scale",
      apiVersion: "autoscaling/v1",
      metadata: { name: "s", namespace: "tests" },
      spec: { replicas: 2 },
      status: { replicas: 0, selector: "app=s" },
    });
    const accept = "application/json;as=Table;v=v1;g=meta.k8s.io";
    const table = await server.send(`GET ${deployments}/s/scale`, { headers: { accept } });
    expect(table.json.columnDefinitions.map(({ name }: { name: string }) => name)).toEqual([
      "Name",
      "Desired",
      "Available",
      "Age",
    ]);
    expect(table.json.rows[0].cells.slice(0, 3)).toEqual(["s", read.json.spec.replicas, 0]);
    const patched = await server.send(`PATCH ${deployments}/s/scale`, {
      body: { spec: { replicas: 5 } },
      headers: json,
    });
    expect(patched.json.spec).toEqual({ replicas: 5 });
    const deployment = await server.send(`GET ${deployments}/s`);
    expect([deployment.json.spec.replicas, deployment.json.metadata.generation]).toEqual([5, 2]);
    const stale = await server.send(`PUT ${deployments}/s/scale`, { body: { ...read.json, spec: { replicas: 7 } } });
    expect(stale.status).toBe(409);
    const negative = await server.send(`PATCH ${deployments}/s/scale`, {
      body: { spec: { replicas: -1 } },
      headers: json,
    });
    expect(negative.status).toBe(422);
  });
});

describe("service accounts", () => {
  it("give tokens that authenticate", async () => {
    const made = await server.send(`POST ${namespace}/serviceaccounts/default/token`, {
      body: { spec: { audiences: [] } },
    });
    expect(made.status).toBe(201);
    const review = await server.send("POST /apis/authentication.k8s.io/v1/tokenreviews", {
      body: { spec: { token: made.json.status.token } },
    });
    expect(review.json.status).toMatchObject({
      authenticated: true,
      user: { username: "system:serviceaccount:tests:default" },
    });
  });
});

describe("events", () => {
  it("are one set in two versions", async () => {
    const involvedObject = { kind: "Pod", namespace: "tests", name: "p", apiVersion: "v1" };
    const made = await server.send(`POST ${namespace}/events`, {
      body: { metadata: { name: "e1" }, involvedObject, reason: "Started", message: "started it", type: "Normal" },
    });
    expect(made.status).toBe(201);
    const newer = await server.send("GET /apis/events.k8s.io/v1/namespaces/tests/events/e1");
    expect(newer.json).toMatchObject({ apiVersion: "events.k8s.io/v1", regarding: { name: "p" }, note: "started it" });
    expect(newer.json.metadata.resourceVersion).toBe(made.json.metadata.resourceVersion);
    const written = await server.send("POST /apis/events.k8s.io/v1/namespaces/tests/events", {
      body: {
        metadata: { name: "e2" },
        eventTime: "2026-11-21T14:00:00.000000Z",
        reportingController: "example.com/c",
        reportingInstance: "c-1",
        action: "Do",
        reason: "Done",
        regarding: involvedObject,
        note: "did it",
        type: "Normal",
      },
    });
    expect([written.status, written.json.note]).toEqual([201, "did it"]);
    expect((await server.send(`GET ${namespace}/events/e2`)).json).toMatchObject({
      kind: "Event",
      apiVersion: "v1",
      message: "did it",
    });
  });
});

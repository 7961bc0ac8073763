import { afterEach, beforeEach, expect, test } from "vitest";
import { systemClock } from "#base/host/system-clock.ts";
import { createLog } from "#base/log.ts";
import { seededRandom } from "#base/random.ts";
import { createClient } from "#client/create-client.ts";
import { createDirectHttpClient } from "#client/direct.ts";
import { createEventRecorder } from "#client/event-recorder.ts";
import { SpanRing } from "#journey/ring.ts";
import { createSimulatedHost } from "#simulation/runtime/simulated-host.ts";
import { createSimulatedRuntime } from "#simulation/runtime/simulated-runtime.ts";
import { startTestServer, type TestServer } from "#testing/api-server.ts";
import { createKubelet, type Kubelet } from "./kubelet.ts";

let server: TestServer;
let kubelet: Kubelet;
let running: Promise<void>;
let problems: string[];
const stop = new AbortController();
const clock = systemClock();
const random = seededRandom(3);

beforeEach(async () => {
  server = await startTestServer();
  problems = [];
  const log = createLog(line => problems.push(line), clock.now, { level: "warn" });
  const identity = { name: "system:node:node-1", groups: ["system:nodes", "system:authenticated"] };
  const client = createClient({ http: createDirectHttpClient(server.handle, identity), userAgent: "kubelet", clock });
  const host = createSimulatedHost();
  const { runtime, images } = createSimulatedRuntime({ clock, random });
  const spans = new SpanRing(1000);
  kubelet = createKubelet(
    {
      ...{ client, runtime, images, clock, random, log, recorder: spans, spans, host },
      events: createEventRecorder({ client, clock, random, component: "kubelet", node: "node-1" }),
    },
    {
      nodeName: "node-1",
      nodeIps: ["192.0.2.1"],
      version: "0.1.0",
      rootFolder: "/var/lib/kubelet",
      podCidr: "10.244.1.0/24",
    },
  );
  running = kubelet.run(stop.signal);
});

afterEach(async () => {
  stop.abort();
  await running;
  await server[Symbol.asyncDispose]();
});

async function until<T>(what: string, look: () => Promise<T | undefined | false>): Promise<T> {
  const end = clock.monotonic() + 3_000;
  while (clock.monotonic() < end) {
    const found = await look();
    if (found) return found;
    await clock.sleep(5);
  }
  throw new Error(`${what} did not happen: ${problems.join("\n")}`);
}

test("a node joins, runs a pod with its account's token, and lets it go, with a node's rights alone", async () => {
  await kubelet.ready;
  const node = await server.send("GET /api/v1/nodes/node-1");
  expect(node.json.status.conditions.at(-1)).toMatchObject({ type: "Ready", status: "True" });

  await server.send("POST /api/v1/namespaces/default/serviceaccounts", { body: { metadata: { name: "default" } } });
  await server.send("POST /api/v1/namespaces/default/configmaps", {
    body: { metadata: { name: "kube-root-ca.crt" }, data: { "ca.crt": "x" } },
  });
  const made = await server.send("POST /api/v1/namespaces/default/pods", {
    body: { metadata: { name: "web" }, spec: { nodeName: "node-1", containers: [{ name: "main", image: "web:1" }] } },
  });
  expect(made.status).toBe(201);
  const pod = await until("Ready", async () => {
    const { json } = await server.send("GET /api/v1/namespaces/default/pods/web");
    const ready = json.status.conditions?.find(({ type }: { type: string }) => type === "Ready");
    return ready?.status === "True" && json;
  });
  expect(pod.status).toMatchObject({
    phase: "Running",
    podIP: "10.244.1.2",
    containerStatuses: [{ ready: true, restartCount: 0 }],
  });
  expect(problems).toEqual([]);

  await server.send("DELETE /api/v1/namespaces/default/pods/web");
  await until("the end", async () => (await server.send("GET /api/v1/namespaces/default/pods/web")).status === 404);
  const lease = await server.send("GET /apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/node-1");
  expect(lease.json.spec.holderIdentity).toBe("node-1");
});

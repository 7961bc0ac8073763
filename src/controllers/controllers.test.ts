import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { deployments } from "#api/apps/v1/deployment.ts";
import { replicaSets } from "#api/apps/v1/replica-set.ts";
import { configMaps } from "#api/core/v1/config-map.ts";
import { endpoints } from "#api/core/v1/endpoints.ts";
import { events } from "#api/core/v1/event.ts";
import { namespaces } from "#api/core/v1/namespace.ts";
import { type Node, nodes } from "#api/core/v1/node.ts";
import { type Pod, pods } from "#api/core/v1/pod.ts";
import { services } from "#api/core/v1/service.ts";
import { serviceAccounts } from "#api/core/v1/service-account.ts";
import { endpointSlices } from "#api/discovery.k8s.io/v1/endpoint-slice.ts";
import { resources } from "#api/list.ts";
import { isNotFound } from "#api/status.ts";
import { apiServerDefaults, createApiServer } from "#apiserver/server.ts";
import { createServiceAccountKeys } from "#base/host/certificates.ts";
import { systemClock } from "#base/host/system-clock.ts";
import { systemRandom } from "#base/host/system-random.ts";
import { createLog } from "#base/log.ts";
import type { Client } from "#client/client.ts";
import { controllerIdentity, runControllers } from "#client/controller-manager.ts";
import { createClient, userAgentOf } from "#client/create-client.ts";
import { createDirectHttpClient, type DirectIdentity } from "#client/direct.ts";
import { createInformerFactory } from "#client/informer.ts";
import { SpanRing } from "#journey/ring.ts";
import { createMemoryKv } from "#store/memory/memory-kv.ts";
import { controllers } from "./list.ts";

/** All controllers with their own identities against a whole API server, in real time. */
const clock = systemClock();
const recorder = new SpanRing(10_000);
const problems: string[] = [];
const log = createLog(
  line => problems.push(line),
  () => clock.now(),
  { level: "warn" },
);
const abort = new AbortController();
const authenticated = "system:authenticated";
let running: Promise<void>;
let admin: Client;
let clientFor: (identity: DirectIdentity, encoding?: "json" | "protobuf") => Client;
let close: () => Promise<void>;

beforeAll(async () => {
  const kv = createMemoryKv({ clock });
  const server = await createApiServer(
    {
      kv,
      clock,
      random: systemRandom(),
      log,
      recorder,
      connectToNode: () => {
        throw new Error("no node is connected");
      },
      serviceAccountKeys: await createServiceAccountKeys(),
    },
    { ...apiServerDefaults, advertiseAddress: "198.18.0.2" },
  );
  await server.ready;
  clientFor = (identity, encoding = "json") =>
    createClient({
      http: createDirectHttpClient(server.handler, identity),
      clock,
      userAgent: userAgentOf("test"),
      encoding,
    });
  admin = clientFor({ name: "admin", groups: ["system:masters", authenticated] });
  const client = clientFor({ name: "system:kube-controller-manager", groups: [authenticated] });
  running = runControllers(
    controllers({ clusterCa: "PEM", podSubnet: "10.244.0.0/16" }),
    { client, clientFor: each => clientFor(controllerIdentity(each)), clock, random: systemRandom(), log, recorder },
    abort.signal,
  );
  close = async () => {
    abort.abort();
    await running;
    await server[Symbol.asyncDispose]();
    await kv[Symbol.asyncDispose]();
  };
});

afterAll(() => close());

async function until<T>(read: () => Promise<T | undefined | false>): Promise<T> {
  for (let tries = 0; tries < 500; tries++) {
    const value = await read().catch(error => {
      if (isNotFound(error)) return undefined;
      throw error;
    });
    if (value) return value;
    await clock.sleep(5);
  }
  throw new Error(`it did not come about; problems: ${problems.slice(-5).join("\n")}`);
}

const template = { metadata: { labels: { app: "web" } }, spec: { containers: [{ name: "c", image: "one" }] } };
const web = {
  metadata: { namespace: "default", name: "web" },
  spec: { replicas: 3, selector: { matchLabels: { app: "web" } }, template },
};

describe("against the API server", () => {
  test("namespaces get their account and the CA", async () => {
    await until(() => admin.get(serviceAccounts, { namespace: "default", name: "default" }));
    const found = await until(() => admin.get(configMaps, { namespace: "kube-system", name: "kube-root-ca.crt" }));
    expect(found.data).toEqual({ "ca.crt": "PEM" });
  });

  test("a node gets its subnet", async () => {
    await admin.create(nodes, { metadata: { name: "n1" }, spec: {} } as Node);
    const node = await until(async () => {
      const live = await admin.get(nodes, { name: "n1" });
      return live.spec.podCIDR !== undefined && live;
    });
    expect(node.spec.podCIDRs).toEqual(["10.244.0.0/24"]);
  });

  test("a Deployment becomes pods within milliseconds, and the journey says why", async () => {
    await until(() => admin.get(serviceAccounts, { namespace: "default", name: "default" }));
    await admin.create(services, {
      metadata: { namespace: "default", name: "web" },
      spec: { selector: { app: "web" }, ports: [{ port: 80, targetPort: 8080 }] },
    });
    const created = await admin.create(deployments, web);
    const made = await until(async () => {
      const { items } = await admin.list(pods, { namespace: "default" });
      return items.length === 3 && items;
    });
    const [rs] = (await admin.list(replicaSets, { namespace: "default" })).items;
    const span = recorder
      .since(0)
      .find(({ component, name }) => component === "deployment-controller" && name.startsWith("reconcile"));
    expect(span!.cause!.revisions).toContain(Number(created.metadata.resourceVersion));
    expect(span!.decision).toContain(`created replicasets default/${rs!.metadata.name}`);
    const conditions = [{ type: "Ready", status: "True", lastTransitionTime: "2026-11-21T12:00:00Z" }];
    for (const [at, pod] of made.entries()) {
      const podIP = `10.244.0.${at + 2}`;
      const status = { phase: "Running", podIP, podIPs: [{ ip: podIP }], conditions };
      await admin.update(pods, { ...pod, status } as Pod, { subresource: "status" });
    }
    const status = await until(async () => {
      const live = await admin.get(deployments, { namespace: "default", name: "web" });
      return live.status?.availableReplicas === 3 && live.status;
    });
    expect(status).toMatchObject({ replicas: 3, updatedReplicas: 3, readyReplicas: 3, observedGeneration: 1 });
    const slice = await until(async () => {
      const { items } = await admin.list(endpointSlices, {
        namespace: "default",
        labelSelector: "kubernetes.io/service-name=web",
      });
      return items[0]?.endpoints.length === 3 && items[0];
    });
    expect(slice.endpoints.every(endpoint => endpoint.conditions?.ready)).toBe(true);
    const legacy = await admin.get(endpoints, { namespace: "default", name: "web" });
    expect(legacy.subsets![0]!.addresses).toHaveLength(3);
    const reasons = await until(async () => {
      const { items } = await admin.list(events, { namespace: "default" });
      return items.length >= 4 && items.map(({ reason }) => reason);
    });
    expect(reasons).toContain("ScalingReplicaSet");
    expect(reasons.filter(reason => reason === "SuccessfulCreate")).toHaveLength(3);
  });

  test("a deleted Deployment takes everything along", async () => {
    await admin.delete(deployments, { namespace: "default", name: "web" }, { propagationPolicy: "Background" });
    await until(async () => {
      const { items } = await admin.list(pods, { namespace: "default" });
      // Nobody runs kubelets here: pods without a node go at once.
      return items.length === 0;
    });
    expect((await admin.list(replicaSets, { namespace: "default" })).items).toEqual([]);
  });

  test("a deleted namespace goes with its content", async () => {
    await admin.create(namespaces, { metadata: { name: "temp" }, spec: {} });
    await until(() => admin.get(configMaps, { namespace: "temp", name: "kube-root-ca.crt" }));
    await admin.delete(namespaces, { name: "temp" });
    await until(async () => !(await admin.list(namespaces)).items.some(({ metadata }) => metadata.name === "temp"));
    expect((await admin.list(configMaps, { namespace: "temp" })).items).toEqual([]);
  });

  test("the protobuf client reads, writes and watches the same", async () => {
    const client = clientFor({ name: "admin", groups: ["system:masters", authenticated] }, "protobuf");
    const stop = new AbortController();
    const informers = createInformerFactory({ client, clock, log });
    const informer = informers.informer(configMaps, { namespace: "default" });
    const watching = informers.run(stop.signal);
    await informer.waitForSync();
    const created = await client.create(configMaps, {
      metadata: { namespace: "default", name: "p" },
      data: { k: "v" },
    });
    const asJson = await admin.get(configMaps, { namespace: "default", name: "p" });
    expect(created).toEqual(asJson);
    await until(async () => informer.get("default/p")?.data?.["k"] === "v");
    expect(
      (await client.list(configMaps, { namespace: "default" })).items.map(({ metadata }) => metadata.name),
    ).toContain("p");
    const error = await client.get(configMaps, { namespace: "default", name: "nope" }).catch(thrown => thrown);
    expect(isNotFound(error)).toBe(true);
    stop.abort();
    await watching;
  });

  test("no controller was forbidden anything", () => {
    expect(problems.filter(line => line.includes("forbidden"))).toEqual([]);
    expect(resources.length).toBeGreaterThan(0);
  });
});

import { PassThrough } from "node:stream";
import {
  AppsV1Api,
  CoreV1Api,
  KubeConfig,
  Log,
  makeInformer,
  PatchStrategy,
  setHeaderOptions,
  type V1Deployment,
  type V1Pod,
  Watch,
} from "@kubernetes/client-node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Cluster, startCluster } from "#library/start-cluster.ts";

let cluster: Cluster;
let config: KubeConfig;
let apps: AppsV1Api;
let core: CoreV1Api;
const namespace = "default";

beforeAll(async () => {
  cluster = await startCluster({
    nodes: [{}, {}, { behaviours: { "chatty:1": { logs: ["hello from the simulation"] } } }],
  });
  config = new KubeConfig();
  config.loadFromString(cluster.kubeconfig);
  apps = config.makeApiClient(AppsV1Api);
  core = config.makeApiClient(CoreV1Api);
});

afterAll(() => cluster[Symbol.asyncDispose]());

function deployment(name: string, replicas: number, image = "web:1"): V1Deployment {
  const labels = { app: name };
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: "main", image }] } },
    },
  };
}

const isReady = ({ status }: V1Pod) =>
  status?.conditions?.some(condition => condition.type === "Ready" && condition.status === "True") ?? false;

async function until<T>(what: string, look: () => Promise<T | undefined | false>): Promise<T> {
  for (let tries = 0; tries < 500; tries++) {
    const found = await look();
    if (found) return found;
    await new Promise(resolve => setTimeout(resolve, 10));
  }
  throw new Error(`${what} did not happen`);
}

describe("@kubernetes/client-node", () => {
  it("makes a Deployment whose pods run on the simulated nodes", async () => {
    await apps.createNamespacedDeployment({ namespace, body: deployment("web", 3) });
    const pods = await until("three ready pods", async () => {
      const { items } = await core.listNamespacedPod({ namespace, labelSelector: "app=web" });
      return items.length === 3 && items.every(isReady) && items;
    });
    const places = new Set(pods.map(({ spec }) => spec!.nodeName));
    expect([...places].sort()).toEqual(["node-1", "node-2", "node-3"]);
    expect(new Set(pods.map(({ status }) => status!.podIP)).size).toBe(3);
    const made = await until("a complete status", async () => {
      const read = await apps.readNamespacedDeployment({ namespace, name: "web" });
      return read.status?.availableReplicas === 3 && read;
    });
    expect(made.status?.conditions?.map(({ type, status }) => `${type}=${status}`).sort()).toEqual([
      "Available=True",
      "Progressing=True",
    ]);
  });

  it("applies on the server's side, tells of conflicts and forces", async () => {
    const apply = (body: V1Deployment, fieldManager: string, force: boolean) =>
      apps.patchNamespacedDeployment(
        { namespace, name: "applied", body, fieldManager, force },
        setHeaderOptions("Content-Type", PatchStrategy.ServerSideApply),
      );
    const made = await apply(deployment("applied", 1), "first", false);
    expect(made.metadata?.managedFields?.map(({ manager, operation }) => `${manager} ${operation}`)).toEqual([
      "first Apply",
    ]);
    const refused = apply(deployment("applied", 2), "second", false);
    await expect(refused).rejects.toMatchObject({ code: 409 });
    const forced = await apply(deployment("applied", 2), "second", true);
    expect(forced.spec?.replicas).toBe(2);
  });

  it("watches, and sees a deletion with everything that hung on it", async () => {
    const seen: string[] = [];
    const watching = await new Watch(config).watch(
      `/api/v1/namespaces/${namespace}/pods`,
      { labelSelector: "app=short" },
      (type, pod: V1Pod) => seen.push(`${type} ${pod.status?.phase}`),
      () => {},
    );
    await apps.createNamespacedDeployment({ namespace, body: deployment("short", 1) });
    await until("it runs", async () => seen.includes("MODIFIED Running"));
    await apps.deleteNamespacedDeployment({ namespace, name: "short", propagationPolicy: "Background" });
    await until("it is gone", async () => seen.at(-1)?.startsWith("DELETED"));
    watching.abort();
    expect(seen[0]).toBe("ADDED Pending");
    const { items } = await apps.listNamespacedReplicaSet({ namespace, labelSelector: "app=short" });
    expect(items).toEqual([]);
  });

  it("keeps an informer up", async () => {
    const list = () => core.listNamespacedPod({ namespace, labelSelector: "app=informed" });
    const informer = makeInformer(config, `/api/v1/namespaces/${namespace}/pods`, list, "app=informed");
    const events: string[] = [];
    informer.on("add", pod => events.push(`add ${pod.metadata?.labels?.["app"]}`));
    informer.on("delete", () => events.push("delete"));
    await informer.start();
    try {
      await apps.createNamespacedDeployment({ namespace, body: deployment("informed", 2) });
      await until("two ready pods", async () => informer.list(namespace).filter(isReady).length === 2);
      const name = informer.list(namespace)[0]!.metadata!.name!;
      await core.deleteNamespacedPod({ namespace, name });
      await until(
        "one instead",
        async () => events.length === 4 && informer.list(namespace).filter(isReady).length === 2,
      );
      expect(events.sort()).toEqual(["add informed", "add informed", "add informed", "delete"]);
    } finally {
      await informer.stop();
    }
  });

  it("reads a container's log through the API server", async () => {
    await core.createNamespacedPod({
      namespace,
      body: {
        metadata: { name: "chatty" },
        spec: { nodeName: "node-3", containers: [{ name: "main", image: "chatty:1" }] },
      },
    });
    await until("it runs", async () => isReady(await core.readNamespacedPod({ namespace, name: "chatty" })));
    expect(await core.readNamespacedPodLog({ namespace, name: "chatty" })).toBe("hello from the simulation\n");
    const stream = new PassThrough();
    await new Log(config).log(namespace, "chatty", "main", stream, { follow: true });
    const chunks: string[] = [];
    for await (const chunk of stream) {
      chunks.push(String(chunk));
      // What is followed ends with its container.
      cluster.nodes[2]!.machine.exit({ namespace, name: "chatty" }, "main", 0);
    }
    expect(chunks.join("")).toBe("hello from the simulation\n");
  });

  it("is told what an object lacks", async () => {
    const wrong = apps.createNamespacedDeployment({ namespace, body: { metadata: { name: "Wrong_Name" } } });
    await expect(wrong).rejects.toMatchObject({ code: 422 });
  });
});

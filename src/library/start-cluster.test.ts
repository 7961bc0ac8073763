import { load } from "js-yaml";
import { expect, test } from "vitest";
import { deployments } from "#api/apps/v1/deployment.ts";
import { nodes } from "#api/core/v1/node.ts";
import { pods } from "#api/core/v1/pod.ts";
import { isPodReady } from "#api/core/v1/pod-conditions.ts";
import { isForbidden } from "#api/status.ts";
import { createHttpClient } from "#base/host/http-client.ts";
import { createLog } from "#base/log.ts";
import { startCluster } from "./start-cluster.ts";

const open = (kind: RegExp) => process.getActiveResourcesInfo().filter(name => kind.test(name)).length;
/** Closed handles are gone after the loop's next turns. */
const turns = async () => {
  for (let turn = 0; turn < 3; turn++) await new Promise(resolve => setImmediate(resolve));
};

test("nodes are ready, nothing complains, and nothing is left", async () => {
  await turns();
  const sockets = open(/TCP|TLS|Pipe/);
  const timers = open(/Timeout/);
  const lines: string[] = [];
  {
    const log = createLog(
      line => lines.push(line),
      () => 0,
      { level: "warn" },
    );
    await using cluster = await startCluster({ nodes: 3, log });
    const { items } = await cluster.client.list(nodes);
    expect(items.map(({ metadata }) => metadata.name)).toEqual(["node-1", "node-2", "node-3"]);
    expect(new Set(items.map(({ spec }) => spec.podCIDR)).size).toBe(3);

    const labels = { app: "web" };
    await cluster.client.create(deployments, {
      metadata: { name: "web", namespace: "default" },
      spec: {
        replicas: 2,
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { containers: [{ name: "main", image: "web:1" }] } },
      },
    });
    const signal = AbortSignal.timeout(60_000);
    const ready = new Set<string | undefined>();
    for await (const event of cluster.client.watch(pods, { namespace: "default", sendInitialEvents: true, signal })) {
      if (event.type !== "BOOKMARK" && isPodReady(event.object)) ready.add(event.object.metadata.uid);
      if (ready.size === 2) break;
    }
    const components = new Set(cluster.spans.map(({ component }) => component));
    for (const component of ["apiserver", "deployment-controller", "replicaset-controller", "scheduler", "kubelet"])
      expect(components).toContain(component);
  }
  await turns();
  expect(lines).toEqual([]);
  expect(open(/TCP|TLS|Pipe/)).toBe(sockets);
  expect(open(/Timeout/)).toBeLessThanOrEqual(timers);
});

test("a kubeconfig opens the port, and only to those with a certificate", async () => {
  await using cluster = await startCluster({ nodes: 0 });
  const { clusters, users } = load(cluster.kubeconfig) as Record<string, Record<string, Record<string, string>>[]>;
  const { server: url, "certificate-authority-data": authority } = clusters![0]!["cluster"]!;
  const { "client-certificate-data": certificate, "client-key-data": key } = users![0]!["user"]!;
  expect(url).toBe(cluster.url);
  const log = createLog(
    () => {},
    () => 0,
  );
  const anyone = { url: url!, ca: atob(authority!), log };
  await using admin = createHttpClient({ ...anyone, certificate: atob(certificate!), key: atob(key!) });
  await using anybody = createHttpClient(anyone);
  expect((await admin.request({ method: "GET", target: "/api/v1/secrets" })).status).toBe(200);
  expect((await anybody.request({ method: "GET", target: "/api/v1/secrets" })).status).toBe(403);
});

test("without a port there is no URL; others have the rights of their groups", async () => {
  await using cluster = await startCluster({ nodes: 0, listen: false });
  expect([cluster.url, cluster.kubeconfig]).toEqual(["", ""]);
  const refused = await cluster
    .clientFor("jane", ["readers"])
    .list(pods)
    .catch((error: unknown) => error);
  expect(isForbidden(refused)).toBe(true);
});

test("two clusters live side by side", async () => {
  await using first = await startCluster({ nodes: 1, listen: false });
  await using second = await startCluster({ nodes: 2, listen: false });
  expect((await first.client.list(nodes)).items).toHaveLength(1);
  expect((await second.client.list(nodes)).items).toHaveLength(2);
});

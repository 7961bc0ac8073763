import { CoreV1Api, KubeConfig, makeInformer, type V1ConfigMap } from "@kubernetes/client-node";
import { type Cluster, startCluster } from "k8ts";
import { afterAll, beforeAll, expect, test, vi } from "vitest";

let cluster: Cluster;
let config: KubeConfig;

beforeAll(async () => {
  cluster = await startCluster({ nodes: 1 });
  config = new KubeConfig();
  config.loadFromString(cluster.kubeconfig);
});
afterAll(() => cluster[Symbol.asyncDispose]());

/** The controller under test: every ConfigMap labelled `greet=yes` says hello. */
function greeter(config: KubeConfig) {
  const core = config.makeApiClient(CoreV1Api);
  const list = () => core.listConfigMapForAllNamespaces({ labelSelector: "greet=yes" });
  const informer = makeInformer<V1ConfigMap>(config, "/api/v1/configmaps", list, "greet=yes");
  const greet = async (map: V1ConfigMap) => {
    if (map.data?.["greeting"] === "hello") return;
    const { name = "", namespace = "" } = map.metadata!;
    await core.replaceNamespacedConfigMap({ name, namespace, body: { ...map, data: { greeting: "hello" } } });
  };
  informer.on("add", greet);
  informer.on("update", greet);
  return informer;
}

test("a ConfigMap is greeted, and greeted again when somebody changes it", async () => {
  const controller = greeter(config);
  await controller.start();
  const core = config.makeApiClient(CoreV1Api);
  const namespace = "default";
  const body = { metadata: { name: "world", labels: { greet: "yes" } } };
  const greeting = async () => (await core.readNamespacedConfigMap({ namespace, name: "world" })).data?.["greeting"];

  await core.createNamespacedConfigMap({ namespace, body });
  await vi.waitFor(async () => expect(await greeting()).toBe("hello"), { timeout: 5_000 });

  await core.replaceNamespacedConfigMap({ namespace, name: "world", body: { ...body, data: { greeting: "bye" } } });
  await vi.waitFor(async () => expect(await greeting()).toBe("hello"), { timeout: 5_000 });
  await controller.stop();
});

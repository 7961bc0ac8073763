import { expect, test } from "vitest";
import { configMaps } from "#api/core/v1/config-map.ts";
import { type Namespace, namespaces } from "#api/core/v1/namespace.ts";
import { pods } from "#api/core/v1/pod.ts";
import { serviceAccounts } from "#api/core/v1/service-account.ts";
import { resources } from "#api/list.ts";
import { runFixture } from "#testing/controllers-fixture.ts";
import { rootCaCertificatePublisher } from "../root-ca-certificate-publisher/root-ca-certificate-publisher.ts";
import { serviceAccountController } from "../serviceaccount/serviceaccount.ts";
import { namespaceController } from "./namespace.ts";

const namespace = (name: string): Namespace => ({
  metadata: { name },
  spec: { finalizers: ["kubernetes"] },
  status: { phase: "Active" },
});

test("a namespace that is deleted loses its pods, then the rest, then itself", async () => {
  await using fixture = await runFixture([namespaceController({ resources })], { gracefulPods: true });
  const { api, settle } = fixture;
  await api.client.create(namespaces, namespace("a"));
  await api.client.create(pods, {
    metadata: { namespace: "a", name: "p" },
    spec: { containers: [] },
  });
  await api.client.create(configMaps, { metadata: { namespace: "a", name: "c" } });
  await api.client.create(configMaps, { metadata: { namespace: "b", name: "c" } });
  await api.client.delete(namespaces, { name: "a" });
  await settle();
  expect(api.get(configMaps, "a/c")).toBeDefined();
  const condition = api
    .get(namespaces, "a")!
    .status!.conditions!.find(({ type }) => type === "NamespaceContentRemaining");
  expect(condition).toMatchObject({
    status: "True",
    reason: "SomeResourcesRemain",
    message: "Some resources are remaining: pods. has 1 resource instances",
  });
  api.finish(pods, "a/p");
  await settle();
  expect(api.list(namespaces)).toEqual([]);
  expect(api.list(configMaps).map(({ metadata }) => metadata.namespace)).toEqual(["b"]);
});

test("content that a finalizer holds is named, and the namespace waits for it", async () => {
  await using fixture = await runFixture([namespaceController({ resources })]);
  const { api, settle } = fixture;
  await api.client.create(namespaces, namespace("a"));
  await api.client.create(configMaps, { metadata: { namespace: "a", name: "c", finalizers: ["test/hold"] } });
  await api.client.delete(namespaces, { name: "a" });
  await settle();
  const condition = api
    .get(namespaces, "a")!
    .status!.conditions!.find(({ type }) => type === "NamespaceFinalizersRemaining");
  expect(condition?.message).toBe(
    "Some content in the namespace has finalizers remaining: test/hold in 1 resource instances",
  );
  await api.client.patch(
    configMaps,
    { namespace: "a", name: "c" },
    { type: "merge", body: { metadata: { finalizers: null } } },
  );
  await settle(2000);
  expect(api.list(namespaces)).toEqual([]);
});

test("an active namespace has a default account and the CA, and gets them again", async () => {
  const publisher = rootCaCertificatePublisher({ certificateAuthority: "PEM" });
  await using fixture = await runFixture([serviceAccountController, publisher]);
  const { api, settle } = fixture;
  await api.client.create(namespaces, namespace("a"));
  await settle();
  expect(api.get(serviceAccounts, "a/default")).toBeDefined();
  expect(api.get(configMaps, "a/kube-root-ca.crt")!.data).toEqual({ "ca.crt": "PEM" });
  await api.client.delete(serviceAccounts, { namespace: "a", name: "default" });
  const changed = { ...api.get(configMaps, "a/kube-root-ca.crt")!, data: { "ca.crt": "forged" } };
  await api.client.update(configMaps, changed);
  await settle();
  expect(api.get(serviceAccounts, "a/default")).toBeDefined();
  expect(api.get(configMaps, "a/kube-root-ca.crt")!.data).toEqual({ "ca.crt": "PEM" });
});

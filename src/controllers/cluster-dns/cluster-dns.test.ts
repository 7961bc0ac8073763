import { expect, test } from "vitest";
import { type Namespace, namespaces } from "#api/core/v1/namespace.ts";
import { services } from "#api/core/v1/service.ts";
import { runFixture } from "#testing/controllers-fixture.ts";
import { clusterDnsController } from "./cluster-dns.ts";

test("kube-dns comes with kube-system, is left as its owner changes it, and comes back when it is deleted", async () => {
  await using fixture = await runFixture([clusterDnsController({ clusterDnsIp: "10.96.0.10" })]);
  const { api, settle } = fixture;
  await api.client.create(namespaces, { metadata: { name: "default" } } as Namespace);
  await settle();
  expect(api.list(services)).toEqual([]);
  await api.client.create(namespaces, { metadata: { name: "kube-system" } } as Namespace);
  await settle();
  const found = () => api.get(services, "kube-system/kube-dns")!;
  expect(found().spec).toMatchObject({ clusterIP: "10.96.0.10", ports: [{ port: 53 }, { port: 53 }] });
  await api.client.update(services, { ...found(), spec: { ...found().spec, selector: { app: "dns" } } });
  await settle();
  expect(found().spec.selector).toEqual({ app: "dns" });
  await api.client.delete(services, { namespace: "kube-system", name: "kube-dns" });
  await settle();
  expect(found().spec.selector).toBeUndefined();
});

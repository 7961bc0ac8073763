import { expect, test } from "vitest";
import { configMaps } from "#api/core/v1/config-map.ts";
import { type Namespace, namespaces } from "#api/core/v1/namespace.ts";
import { runFixture } from "#testing/controllers-fixture.ts";
import { rootCaCertificatePublisher } from "./root-ca-certificate-publisher.ts";

test("the certificate stands in every active namespace, and is put right when somebody changes it", async () => {
  await using fixture = await runFixture([rootCaCertificatePublisher({ certificateAuthority: "the CA" })]);
  const { api, settle } = fixture;
  await api.client.create(namespaces, { metadata: { name: "shop" } } as Namespace);
  await api.client.create(namespaces, { metadata: { name: "old" }, status: { phase: "Terminating" } } as Namespace);
  await settle();
  expect(api.list(configMaps).map(({ metadata }) => metadata.namespace)).toEqual(["shop"]);
  const published = () => api.get(configMaps, "shop/kube-root-ca.crt")!;
  expect(published().data).toEqual({ "ca.crt": "the CA" });
  const metadata = { ...published().metadata, annotations: { team: "a" } };
  await api.client.update(configMaps, { ...published(), metadata, data: { "ca.crt": "another" } });
  await settle();
  expect(published().data).toEqual({ "ca.crt": "the CA" });
  expect(published().metadata.annotations).toMatchObject({ team: "a" });
});

import { expect, test } from "vitest";
import { type Namespace, namespaces } from "#api/core/v1/namespace.ts";
import { serviceAccounts } from "#api/core/v1/service-account.ts";
import { runFixture } from "#testing/controllers-fixture.ts";
import { serviceAccountController } from "./serviceaccount.ts";

test("every namespace has its account again when somebody deletes it, but not one that is ending", async () => {
  await using fixture = await runFixture([serviceAccountController]);
  const { api, settle } = fixture;
  await api.client.create(namespaces, { metadata: { name: "shop" } } as Namespace);
  await api.client.create(namespaces, { metadata: { name: "old" }, status: { phase: "Terminating" } } as Namespace);
  await settle();
  const accounts = () => api.list(serviceAccounts).map(({ metadata }) => `${metadata.namespace}/${metadata.name}`);
  expect(accounts()).toEqual(["shop/default"]);
  await api.client.delete(serviceAccounts, { namespace: "shop", name: "default" });
  expect(accounts()).toEqual([]);
  await settle();
  expect(accounts()).toEqual(["shop/default"]);
});

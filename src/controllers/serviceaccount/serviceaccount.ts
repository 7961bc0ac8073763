import { namespaces } from "#api/core/v1/namespace.ts";
import { serviceAccounts } from "#api/core/v1/service-account.ts";
import { defineController, done } from "#client/controller.ts";
import { isActiveNamespace } from "../shared/namespaces.ts";
import { unlessPresent } from "../shared/writes.ts";

const accountName = "default";

/** **Makes true:** every namespace that is not ending has a ServiceAccount named `default`. */
export const serviceAccountController = defineController({
  name: "service-account-controller",
  makesTrue: "Every active namespace has a ServiceAccount named default.",
  reconciles: namespaces,
  watches: [
    {
      resource: serviceAccounts,
      keys: ({ metadata }) => (metadata.name === accountName ? [metadata.namespace ?? ""] : []),
    },
  ],
  access: { list: [namespaces, serviceAccounts], watch: [namespaces, serviceAccounts], create: [serviceAccounts] },
  workers: 1,

  async reconcile(namespace, { cache, client }) {
    if (!isActiveNamespace(cache.get(namespaces, namespace))) return done;
    if (cache.get(serviceAccounts, `${namespace}/${accountName}`) !== undefined) return done;
    await unlessPresent(client.create(serviceAccounts, { metadata: { namespace, name: accountName } }));
    return done;
  },
});

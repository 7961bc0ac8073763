import { namespaces } from "#api/core/v1/namespace.ts";
import { serviceAccounts } from "#api/core/v1/service-account.ts";
import { isAlreadyExists } from "#api/status.ts";
import { defineController, done } from "#client/controller.ts";

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
    const found = cache.get(namespaces, namespace);
    if (found === undefined || found.metadata.deletionTimestamp || found.status?.phase === "Terminating") return done;
    if (cache.get(serviceAccounts, `${namespace}/${accountName}`) !== undefined) return done;
    try {
      await client.create(serviceAccounts, { metadata: { namespace, name: accountName } });
    } catch (error) {
      if (!isAlreadyExists(error)) throw error;
    }
    return done;
  },
});

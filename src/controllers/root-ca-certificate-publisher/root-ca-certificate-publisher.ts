import { configMaps } from "#api/core/v1/config-map.ts";
import { namespaces } from "#api/core/v1/namespace.ts";
import { jsonEqual } from "#base/json-equal.ts";
import { type Controller, defineController, done } from "#client/controller.ts";
import { isActiveNamespace } from "../shared/namespaces.ts";
import { unlessPresent } from "../shared/writes.ts";

const configMapName = "kube-root-ca.crt";
const description = "The certificate authority by which pods know the API server; it vouches for nothing else.";

/** **Makes true:** every namespace that is not ending holds the cluster's CA certificate in `kube-root-ca.crt`. */
export function rootCaCertificatePublisher(options: { readonly certificateAuthority: string }): Controller {
  const data = { "ca.crt": options.certificateAuthority };
  return defineController({
    name: "root-ca-cert-publisher",
    makesTrue: "Every active namespace holds the cluster's CA certificate in the ConfigMap kube-root-ca.crt.",
    reconciles: namespaces,
    watches: [
      {
        resource: configMaps,
        keys: ({ metadata }) => (metadata.name === configMapName ? [metadata.namespace ?? ""] : []),
      },
    ],
    access: {
      list: [namespaces, configMaps],
      watch: [namespaces, configMaps],
      create: [configMaps],
      update: [configMaps],
    },
    workers: 1,

    async reconcile(namespace, { cache, client }) {
      if (!isActiveNamespace(cache.get(namespaces, namespace))) return done;
      const existing = cache.get(configMaps, `${namespace}/${configMapName}`);
      if (existing !== undefined && jsonEqual(existing.data, data)) return done;
      const annotations = { ...existing?.metadata.annotations, "kubernetes.io/description": description };
      if (existing === undefined) {
        const metadata = { namespace, name: configMapName, annotations };
        await unlessPresent(client.create(configMaps, { metadata, data }));
      } else {
        await client.update(configMaps, { ...existing, metadata: { ...existing.metadata, annotations }, data });
      }
      return done;
    },
  });
}

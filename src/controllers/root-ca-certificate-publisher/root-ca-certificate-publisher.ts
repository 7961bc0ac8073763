import { type ConfigMap, configMaps } from "#api/core/v1/config-map.ts";
import { namespaces } from "#api/core/v1/namespace.ts";
import { isAlreadyExists } from "#api/status.ts";
import { jsonEqual } from "#base/json-equal.ts";
import type { Controller } from "#client/controller.ts";
import { defineController, done } from "#client/controller.ts";

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
      const found = cache.get(namespaces, namespace);
      if (found === undefined || found.metadata.deletionTimestamp || found.status?.phase === "Terminating") return done;
      const existing = cache.get(configMaps, `${namespace}/${configMapName}`);
      if (existing !== undefined && jsonEqual(existing.data, data)) return done;
      const annotations = { ...existing?.metadata.annotations, "kubernetes.io/description": description };
      const configMap: ConfigMap =
        existing === undefined
          ? { metadata: { namespace, name: configMapName, annotations }, data }
          : { ...existing, metadata: { ...existing.metadata, annotations }, data };
      try {
        await (existing === undefined ? client.create(configMaps, configMap) : client.update(configMaps, configMap));
      } catch (error) {
        if (!isAlreadyExists(error)) throw error;
      }
      return done;
    },
  });
}

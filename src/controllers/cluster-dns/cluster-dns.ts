import { namespaces } from "#api/core/v1/namespace.ts";
import { type Service, services } from "#api/core/v1/service.ts";
import { type Controller, defineController, done } from "#client/controller.ts";
import { unlessPresent } from "../shared/writes.ts";

const namespace = "kube-system";
const name = "kube-dns";

/**
 * **Makes true:** Service `kube-dns` exists with the address that every node's name server listens on.
 *
 * Nothing else of it is looked at: whoever gives it a selector or other ports runs a name server of their own.
 */
export function clusterDnsController(options: { readonly clusterDnsIp: string }): Controller {
  return defineController({
    name: "cluster-dns",
    makesTrue: "Service kube-dns exists with the address of the nodes' name servers.",
    reconciles: namespaces,
    watches: [
      {
        resource: services,
        keys: ({ metadata }) => (metadata.name === name && metadata.namespace === namespace ? [namespace] : []),
      },
    ],
    access: { list: [namespaces, services], watch: [namespaces, services], create: [services] },
    workers: 1,

    async reconcile(key, { cache, client }) {
      if (key !== namespace || cache.get(services, `${namespace}/${name}`) !== undefined) return done;
      await unlessPresent(client.create(services, dnsService(options.clusterDnsIp)));
      return done;
    },
  });
}

export function dnsService(clusterIP: string): Service {
  return {
    metadata: {
      namespace,
      name,
      labels: { "k8s-app": "kube-dns", "kubernetes.io/cluster-service": "true", "kubernetes.io/name": "CoreDNS" },
    },
    spec: {
      clusterIP,
      clusterIPs: [clusterIP],
      type: "ClusterIP",
      ports: [
        { name: "dns", port: 53, protocol: "UDP", targetPort: 53 },
        { name: "dns-tcp", port: 53, protocol: "TCP", targetPort: 53 },
      ],
    },
  };
}

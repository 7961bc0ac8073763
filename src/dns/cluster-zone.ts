import { namespaces } from "#api/core/v1/namespace.ts";
import { services } from "#api/core/v1/service.ts";
import { endpointSlices } from "#api/discovery.k8s.io/v1/endpoint-slice.ts";
import type { InformerFactory } from "#client/informer.ts";
import type { Zone } from "./zone.ts";

const byIp = "ip";
const byService = "service";

/** A zone out of informers. */
export function clusterZone(informers: InformerFactory, domain: string): Zone {
  const allNamespaces = informers.informer(namespaces);
  const allServices = informers.informer(services);
  const allSlices = informers.informer(endpointSlices);
  allServices.addIndex(byIp, ({ spec }) => (spec.clusterIPs?.length ? spec.clusterIPs : [spec.clusterIP ?? ""]));
  allSlices.addIndex(byIp, slice => (slice.endpoints ?? []).flatMap(({ addresses }) => addresses));
  allSlices.addIndex(byService, ({ metadata }) => [
    `${metadata.namespace}/${metadata.labels?.["kubernetes.io/service-name"] ?? ""}`,
  ]);
  return {
    domain,
    hasNamespace: namespace => allNamespaces.get(namespace) !== undefined,
    service: (namespace, name) => allServices.get(`${namespace}/${name}`),
    slices: (namespace, service) => allSlices.byIndex(byService, `${namespace}/${service}`),
    serviceByIp: ip => allServices.byIndex(byIp, ip)[0],
    sliceByIp: ip => allSlices.byIndex(byIp, ip)[0],
  };
}

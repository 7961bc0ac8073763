import { age, labelsText, orNone } from "../../columns.ts";
import type { Column } from "../../resource.ts";
import type { Service, ServicePort } from "./service.ts";

export const serviceColumns: readonly Column<Service>[] = [
  { name: "Type", type: "string", doc: "How the service is reached.", value: ({ spec }) => spec.type ?? "" },
  {
    name: "Cluster-IP",
    type: "string",
    doc: "Address within the cluster.",
    value: ({ spec }) => orNone(spec.clusterIPs?.[0] ?? spec.clusterIP),
  },
  { name: "External-IP", type: "string", doc: "Address from outside.", value: externalIp },
  {
    name: "Port(s)",
    type: "string",
    doc: "Ports, with node ports behind a colon.",
    value: ({ spec }) => orNone((spec.ports ?? []).map(portText).join(",")),
  },
  age,
  {
    name: "Selector",
    type: "string",
    priority: 1,
    doc: "Labels of the pods behind it.",
    value: ({ spec }) => labelsText(spec.selector),
  },
];

function externalIp({ spec, status }: Service): string {
  const external = spec.externalIPs ?? [];
  switch (spec.type) {
    case "ExternalName":
      return spec.externalName ?? "";
    case "LoadBalancer": {
      const ingress = (status?.loadBalancer?.ingress ?? []).map(({ ip, hostname }) => ip || hostname || "");
      return [...new Set(ingress.filter(Boolean)), ...external].join(",") || "<pending>";
    }
    default:
      return orNone(external.join(","));
  }
}

function portText({ port, nodePort, protocol = "TCP" }: ServicePort): string {
  return nodePort ? `${port}:${nodePort}/${protocol}` : `${port}/${protocol}`;
}

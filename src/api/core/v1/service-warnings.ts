import type { Service } from "./service.ts";

const oldHints = "service.kubernetes.io/topology-aware-hints";

/** What a service may say and nobody heeds, in upstream's words. */
export function serviceWarnings({ metadata, spec }: Service): string[] {
  const { type, clusterIP, externalIPs = [], externalName, sessionAffinity, trafficDistribution } = spec;
  const isHeadless = type === "ClusterIP" && clusterIP === "None";
  const isExternal = type === "ExternalName";
  const cases: readonly (readonly [boolean, string])[] = [
    [
      Object.hasOwn(metadata.annotations ?? {}, oldHints),
      `annotation ${oldHints} is deprecated, please use service.kubernetes.io/topology-mode instead`,
    ],
    [isHeadless && !!spec.loadBalancerIP, "spec.loadBalancerIP is ignored for headless services"],
    [isHeadless && externalIPs.length > 0, "spec.externalIPs is ignored for headless services"],
    [isHeadless && sessionAffinity !== "None", "spec.SessionAffinity is ignored for headless services"],
    [isExternal && externalIPs.length > 0, 'spec.externalIPs is ignored when spec.type is "ExternalName"'],
    [!isExternal && !!externalName, 'spec.externalName is ignored when spec.type is not "ExternalName"'],
    [
      trafficDistribution === "PreferClose",
      'spec.trafficDistribution: "PreferClose" is deprecated; use "PreferSameZone"',
    ],
  ];
  return cases.filter(([holds]) => holds).map(([, text]) => text);
}

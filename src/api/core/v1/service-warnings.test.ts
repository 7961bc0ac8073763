import { expect, test } from "vitest";
import { serviceWarnings } from "./service-warnings.ts";

const warningsOf = (spec: Parameters<typeof serviceWarnings>[0]["spec"], annotations: Record<string, string> = {}) =>
  serviceWarnings({ metadata: { name: "s", annotations }, spec });

test("what nobody heeds is named", () => {
  expect(warningsOf({ type: "ClusterIP", clusterIP: "None", sessionAffinity: "None" })).toEqual([]);
  expect(
    warningsOf({
      type: "ClusterIP",
      clusterIP: "None",
      sessionAffinity: "ClientIP",
      externalIPs: ["1.2.3.4"],
      loadBalancerIP: "1.2.3.4",
    }),
  ).toEqual([
    "spec.loadBalancerIP is ignored for headless services",
    "spec.externalIPs is ignored for headless services",
    "spec.SessionAffinity is ignored for headless services",
  ]);
  expect(warningsOf({ type: "ExternalName", externalName: "a", externalIPs: ["1.2.3.4"] })).toEqual([
    'spec.externalIPs is ignored when spec.type is "ExternalName"',
  ]);
  expect(warningsOf({ type: "ClusterIP", externalName: "a", trafficDistribution: "PreferClose" })).toEqual([
    'spec.externalName is ignored when spec.type is not "ExternalName"',
    'spec.trafficDistribution: "PreferClose" is deprecated; use "PreferSameZone"',
  ]);
  expect(warningsOf({ type: "ClusterIP" }, { "service.kubernetes.io/topology-aware-hints": "auto" })).toEqual([
    "annotation service.kubernetes.io/topology-aware-hints is deprecated, please use service.kubernetes.io/topology-mode instead",
  ]);
});

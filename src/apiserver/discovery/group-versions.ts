import type { ResourceDefinition, Subresource, Verb } from "#api/resource.ts";
import { type ReviewResource, reviewResources } from "./review-resources.ts";

/** One line of a discovery document, whether stored or review. */
export interface ServedResource {
  readonly plural: string;
  readonly singular: string;
  readonly kind: string;
  readonly namespaced: boolean;
  readonly verbs: readonly Verb[];
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly subresources: readonly Subresource[];
  /** `group/version/kind` as it is stored; undefined for what is never stored. */
  readonly storedAs: string | undefined;
}

export interface GroupVersion {
  readonly group: string;
  readonly version: string;
  readonly resources: readonly ServedResource[];
}

export interface Group {
  readonly name: string;
  /** Preferred first. */
  readonly versions: readonly GroupVersion[];
}

/** The order of built-in groups in /apis; others follow by name. */
const groupOrder = [
  "",
  "apiregistration.k8s.io",
  "apps",
  "events.k8s.io",
  "authentication.k8s.io",
  "authorization.k8s.io",
  "autoscaling",
  "batch",
  "certificates.k8s.io",
  "networking.k8s.io",
  "policy",
  "rbac.authorization.k8s.io",
  "storage.k8s.io",
  "admissionregistration.k8s.io",
  "apiextensions.k8s.io",
  "scheduling.k8s.io",
  "coordination.k8s.io",
  "node.k8s.io",
  "discovery.k8s.io",
  "resource.k8s.io",
  "flowcontrol.apiserver.k8s.io",
  "internal.apiserver.k8s.io",
  "storagemigration.k8s.io",
  "lifecycle.k8s.io",
];

/**
 * Kinds that are stored in another group or version than the one they are served in: upstream keeps a kind that is new
 * in v1 in the version that the release before it can still read.
 */
const storedElsewhere: Readonly<Record<string, string>> = {
  "events.k8s.io/v1/Event": "/v1/Event",
  "autoscaling/v1/HorizontalPodAutoscaler": "autoscaling/v2/HorizontalPodAutoscaler",
  "certificates.k8s.io/v1/ClusterTrustBundle": "certificates.k8s.io/v1beta1/ClusterTrustBundle",
  "certificates.k8s.io/v1/PodCertificateRequest": "certificates.k8s.io/v1beta1/PodCertificateRequest",
  "resource.k8s.io/v1/DeviceTaintRule": "resource.k8s.io/v1beta2/DeviceTaintRule",
  "storagemigration.k8s.io/v1/StorageVersionMigration": "storagemigration.k8s.io/v1beta1/StorageVersionMigration",
};

/** Everything that is served, in discovery's order: groups, versions by preference, resources by name. */
export function groupsOf(stored: readonly ResourceDefinition[]): readonly Group[] {
  const byGroup = new Map<string, Map<string, ServedResource[]>>();
  const add = (group: string, version: string, resource: ServedResource): void => {
    const versions = upsert(byGroup, group, () => new Map<string, ServedResource[]>());
    upsert(versions, version, () => []).push(resource);
  };
  for (const definition of stored) add(definition.group, definition.version, servedStored(definition));
  for (const review of reviewResources) add(review.definition.group, review.definition.version, servedReview(review));
  return [...byGroup].sort(([a], [b]) => compareGroups(a, b)).map(([name, versions]) => groupOf(name, versions));
}

function groupOf(name: string, versions: ReadonlyMap<string, ServedResource[]>): Group {
  const sorted = [...versions].sort(([a], [b]) => compareVersions(a, b));
  return {
    name,
    versions: sorted.map(([version, resources]) => ({
      group: name,
      version,
      resources: resources.sort((a, b) => (a.plural < b.plural ? -1 : 1)),
    })),
  };
}

function servedStored(definition: ResourceDefinition): ServedResource {
  const name = `${definition.group}/${definition.version}/${definition.kind}`;
  return {
    plural: definition.plural,
    singular: definition.singular,
    kind: definition.kind,
    namespaced: definition.scope === "Namespaced",
    verbs: definition.verbs,
    shortNames: definition.shortNames,
    categories: definition.categories,
    subresources: [...definition.subresources].sort((a, b) => (a.name < b.name ? -1 : 1)),
    storedAs: storedElsewhere[name] ?? name,
  };
}

function servedReview({ definition, plural, singular, namespaced, verbs }: ReviewResource): ServedResource {
  const none = { shortNames: [], categories: [], subresources: [], storedAs: undefined };
  return { plural, singular, kind: definition.kind, namespaced, verbs, ...none };
}

function compareGroups(a: string, b: string): number {
  const [left, right] = [groupOrder.indexOf(a), groupOrder.indexOf(b)];
  if (left !== -1 && right !== -1) return left - right;
  if (left !== right) return left === -1 ? 1 : -1;
  return a < b ? -1 : 1;
}

const versionForm = /^v(\d+)(?:(alpha|beta)(\d+))?$/;
const stages: Readonly<Record<string, number>> = { alpha: 0, beta: 1, "": 2 };

/** Upstream's priority of versions: stable before beta before alpha, newer first, anything else last by name. */
function compareVersions(a: string, b: string): number {
  const [left, right] = [versionForm.exec(a), versionForm.exec(b)];
  if (left === null || right === null) {
    if (left !== right) return left === null ? 1 : -1;
    return a < b ? -1 : 1;
  }
  const stage = stages[right[2] ?? ""]! - stages[left[2] ?? ""]!;
  return stage || Number(right[1]) - Number(left[1]) || Number(right[3] ?? 0) - Number(left[3] ?? 0);
}

function upsert<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  let value = map.get(key);
  if (value === undefined) {
    value = make();
    map.set(key, value);
  }
  return value;
}

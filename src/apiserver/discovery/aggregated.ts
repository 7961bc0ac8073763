import type { Group, GroupVersion, ServedResource } from "./group-versions.ts";

/** The media type of the one-request form; its parameters are compared exactly. */
export const aggregatedMediaType = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";

/** apidiscovery.k8s.io/v2: every group, version, resource and subresource in one document. */
export function aggregatedDiscovery(groups: readonly Group[]): object {
  return {
    kind: "APIGroupDiscoveryList",
    apiVersion: "apidiscovery.k8s.io/v2",
    metadata: {},
    items: groups.map(({ name, versions }) => ({
      metadata: name === "" ? {} : { name },
      versions: versions.map(versionOf),
    })),
  };
}

function versionOf({ version, resources }: GroupVersion): object {
  return { version, resources: resources.map(resourceOf), freshness: "Current" };
}

function resourceOf(resource: ServedResource): object {
  const { plural, singular, kind, namespaced, verbs, shortNames, categories, subresources } = resource;
  return {
    resource: plural,
    responseKind: responseKind({ kind }),
    scope: namespaced ? "Namespaced" : "Cluster",
    singularResource: singular,
    verbs,
    ...(shortNames.length > 0 && { shortNames }),
    ...(categories.length > 0 && { categories }),
    ...(subresources.length > 0 && {
      subresources: subresources.map(subresource => ({
        subresource: subresource.name,
        responseKind: responseKind({ ...subresource, kind: subresource.kind ?? kind }),
        verbs: subresource.verbs.filter(verb => verb !== "connect"),
      })),
    }),
  };
}

/** Group and version are empty where they are those of the document around them. */
function responseKind(of: { group?: string; version?: string; kind: string }): object {
  return { group: of.group ?? "", version: of.version ?? "", kind: of.kind };
}

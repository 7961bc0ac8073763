import type { APIGroup, APIGroupList, APIResource, APIResourceList, APIVersions } from "#api/meta/v1/discovery.ts";
import { apiVersionOf } from "#api/resource.ts";
import { storageVersionHash } from "./digest.ts";
import type { Group, GroupVersion, ServedResource } from "./group-versions.ts";

/** /api: the versions of the group without a name. `serverAddress` is where the client reached the server. */
export function apiVersions(core: Group | undefined, serverAddress: string): APIVersions {
  return {
    versions: (core?.versions ?? []).map(({ version }) => version),
    serverAddressByClientCIDRs: [{ clientCIDR: "0.0.0.0/0", serverAddress }],
  };
}

/** /apis: every named group. */
export function apiGroupList(groups: readonly Group[]): APIGroupList {
  return { groups: groups.filter(({ name }) => name !== "").map(apiGroup) } as APIGroupList;
}

/** /apis/<group>. */
export function apiGroup({ name, versions }: Group): APIGroup {
  const named = versions.map(({ version }) => ({ groupVersion: `${name}/${version}`, version }));
  return { name, versions: named, preferredVersion: named[0]! };
}

/** /api/v1 and /apis/<group>/<version>: each resource, followed by its subresources. */
export async function apiResourceList(of: GroupVersion): Promise<APIResourceList> {
  const lines = await Promise.all(of.resources.map(resource => linesOf(resource)));
  return { groupVersion: apiVersionOf(of), resources: lines.flat() };
}

async function linesOf(resource: ServedResource): Promise<APIResource[]> {
  const { plural, singular, namespaced, kind, verbs, shortNames, categories, storedAs } = resource;
  const main: APIResource = {
    name: plural,
    singularName: singular,
    namespaced,
    kind,
    verbs,
    ...(shortNames.length > 0 && { shortNames }),
    ...(categories.length > 0 && { categories }),
    ...(storedAs !== undefined && { storageVersionHash: await storageVersionHash(storedAs) }),
  };
  return [main, ...resource.subresources.map(subresource => subresourceLine(resource, subresource))];
}

function subresourceLine(
  { plural, namespaced, kind }: ServedResource,
  subresource: ServedResource["subresources"][number],
): APIResource {
  return {
    name: `${plural}/${subresource.name}`,
    singularName: "",
    namespaced,
    ...(subresource.group !== undefined && { group: subresource.group }),
    ...(subresource.version !== undefined && { version: subresource.version }),
    kind: subresource.kind ?? kind,
    // "connect" is a method of the server's inside; a definition names the verbs that clients may use.
    verbs: subresource.verbs.filter(verb => verb !== "connect"),
  };
}

import { codecOf } from "#api/codec/codec.ts";
import { apiGroupListType, apiGroupType, apiResourceListType, apiVersionsType } from "#api/meta/v1/discovery.ts";
import type { ResourceDefinition, TypeDefinition } from "#api/resource.ts";
import type { HttpRequest, HttpResponse } from "#base/http.ts";
import { wrapProtobuf } from "#wire/protobuf-envelope.ts";
import { toYaml } from "#wire/yaml.ts";
import { mediaTypes, negotiate, type Representation } from "../endpoints/negotiate.ts";
import { aggregatedDiscovery, aggregatedMediaType } from "./aggregated.ts";
import { apiGroup, apiGroupList, apiResourceList, apiVersions } from "./classic.ts";
import { documentHash, matchesTag } from "./digest.ts";
import type { DocumentHandler } from "./documents.ts";
import { type Group, type GroupVersion, groupsOf } from "./group-versions.ts";
import { negotiateDiscovery } from "./negotiate-discovery.ts";

const encoder = new TextEncoder();

export interface DiscoveryOptions {
  /** `host:port` at which clients reach the server, for /api. */
  readonly serverAddress: string;
}

/**
 * What is served: /api, /apis, /apis/<group>, /api/v1, /apis/<group>/<version>, and for /api and /apis the aggregated
 * form. `resources` is asked on each request; documents are made again when it returns another array.
 */
export function createDiscovery(
  resources: () => readonly ResourceDefinition[],
  options: DiscoveryOptions,
): DocumentHandler {
  let current: Served | undefined;
  return request => {
    if (request.method !== "GET" && request.method !== "HEAD") return undefined;
    const path = splitPath(request.path);
    if (path === undefined) return undefined;
    const now = resources();
    if (current === undefined || current.resources !== now) current = served(now);
    return answer(current, path, request, options);
  };
}

/** One generation of what is served. */
interface Served {
  readonly resources: readonly ResourceDefinition[];
  readonly groups: readonly Group[];
  /** The aggregated form of /api and of /apis, made on first ask. */
  readonly aggregated: Map<string, Promise<Aggregated>>;
}

interface Aggregated {
  readonly body: Uint8Array;
  readonly tag: string;
}

function served(resources: readonly ResourceDefinition[]): Served {
  return { resources, groups: groupsOf(resources), aggregated: new Map() };
}

/** A discovery path in its parts; undefined for any other path. */
type DiscoveryPath =
  | { readonly root: "api" | "apis" }
  | { readonly group: string }
  | { readonly group: string; readonly version: string };

function splitPath(path: string): DiscoveryPath | undefined {
  const parts = (path.endsWith("/") ? path.slice(0, -1) : path).split("/").slice(1);
  const [root, first, second] = parts;
  if (root === "api") {
    if (parts.length === 1) return { root };
    return parts.length === 2 ? { group: "", version: first! } : undefined;
  }
  if (root !== "apis" || first === "") return undefined;
  if (parts.length === 1) return { root };
  if (parts.length === 2) return { group: first! };
  return parts.length === 3 ? { group: first!, version: second! } : undefined;
}

function answer(
  of: Served,
  path: DiscoveryPath,
  request: HttpRequest,
  options: DiscoveryOptions,
): Promise<HttpResponse> | undefined {
  if ("root" in path) return answerRoot(of, path.root, request, options);
  const group = of.groups.find(({ name }) => name === path.group);
  if (group === undefined) return undefined;
  if (!("version" in path)) return answerGroup(group, request);
  const version = group.versions.find(({ version }) => version === path.version);
  return version === undefined ? undefined : answerVersion(version, request);
}

async function answerGroup(group: Group, request: HttpRequest): Promise<HttpResponse> {
  return document(apiGroupType, apiGroup(group), negotiate(request.headers["accept"]), "v1");
}

async function answerVersion(version: GroupVersion, request: HttpRequest): Promise<HttpResponse> {
  const form = negotiate(request.headers["accept"]);
  return document(apiResourceListType, await apiResourceList(version), form, version.group === "" ? "" : "v1");
}

async function answerRoot(
  of: Served,
  root: "api" | "apis",
  request: HttpRequest,
  options: DiscoveryOptions,
): Promise<HttpResponse> {
  const form = negotiateDiscovery(request.headers["accept"]);
  if (form === "aggregated") return respondAggregated(await aggregatedOf(of, root), request);
  const response =
    root === "apis"
      ? document(apiGroupListType, apiGroupList(of.groups), form, "v1")
      : document(apiVersionsType, apiVersions(of.groups.find(isCore), options.serverAddress), form, "");
  return { ...response, headers: { ...response.headers, vary: "Accept" } };
}

function aggregatedOf(of: Served, root: "api" | "apis"): Promise<Aggregated> {
  let made = of.aggregated.get(root);
  if (made === undefined) {
    made = makeAggregated(of.groups.filter(group => isCore(group) === (root === "api")));
    of.aggregated.set(root, made);
  }
  return made;
}

async function makeAggregated(groups: readonly Group[]): Promise<Aggregated> {
  const body = encoder.encode(JSON.stringify(aggregatedDiscovery(groups)));
  return { body, tag: `"${await documentHash(body)}"` };
}

function respondAggregated({ body, tag }: Aggregated, request: HttpRequest): HttpResponse {
  const headers = { etag: tag, vary: "Accept", "cache-control": "public" };
  if (matchesTag(request.headers["if-none-match"], tag)) return { status: 304, headers };
  return { status: 200, headers: { ...headers, "content-type": aggregatedMediaType }, body };
}

function isCore({ name }: Group): boolean {
  return name === "";
}

/** Kind first, then apiVersion where there is one: the core group's documents never had it. */
function document<T>(
  definition: TypeDefinition<T>,
  value: T,
  form: Representation,
  apiVersion: "" | "v1",
): HttpResponse {
  if (form.format === "protobuf") {
    const body = wrapProtobuf({ apiVersion, kind: definition.kind, raw: codecOf(definition).encodeProtobuf(value) });
    return { status: 200, headers: { "content-type": mediaTypes.protobuf }, body };
  }
  const whole = { kind: definition.kind, ...(apiVersion && { apiVersion }), ...value };
  const text = form.format === "yaml" ? toYaml(whole) : JSON.stringify(whole, undefined, form.pretty ? 2 : undefined);
  return { status: 200, headers: { "content-type": mediaTypes[form.format] }, body: encoder.encode(text) };
}

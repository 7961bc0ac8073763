import { exactFieldValue } from "#wire/field-selector.ts";
import type { Attributes } from "./attributes.ts";
import type { Query } from "./query.ts";

/** {@link Attributes} less the user, and what routing needs beside them. */
export interface RequestInfo extends Omit<Attributes, "user"> {
  /** What follows the subresource in the path (proxy): "/" and the rest, or empty. */
  readonly subpath: string;
}

const readVerbs: Readonly<Record<string, string>> = { GET: "get", HEAD: "get", OPTIONS: "get" };
const writeVerbs: Readonly<Record<string, string>> = { POST: "create", PUT: "update", PATCH: "patch" };

/**
 * Says what a request asks for, from its line alone. Pure.
 *
 * @example
 * requestInfo("GET", "/api/v1/namespaces/a/pods", parseQuery("watch=1")); // verb watch, resource pods, namespace a
 */
export function requestInfo(method: string, path: string, query: Query): RequestInfo {
  const parts = path.split("/").filter(part => part !== "");
  const prefix = parts[0];
  const grouped = prefix === "apis";
  const isApi = grouped ? parts.length > 3 : prefix === "api" && parts.length > 2;
  if (!isApi) return nonResource(method, path);
  const group = grouped ? decode(parts[1]!) : "";
  const version = decode(parts[grouped ? 2 : 1]!);
  return resourceInfo(method, path, query, group, version, parts.slice(grouped ? 3 : 2));
}

function nonResource(method: string, path: string): RequestInfo {
  return {
    isResourceRequest: false,
    verb: method.toLowerCase(),
    path,
    group: "",
    version: "",
    resource: "",
    subresource: "",
    namespace: "",
    name: "",
    subpath: "",
  };
}

function resourceInfo(
  method: string,
  path: string,
  query: Query,
  group: string,
  version: string,
  rest: readonly string[],
): RequestInfo {
  // The deprecated form /api/v1/watch/...: the same as ?watch=1.
  const oldWatch = rest[0] === "watch" && rest.length > 1;
  let parts = oldWatch ? rest.slice(1) : rest;
  let namespace = "";
  if (parts[0] === "namespaces" && parts.length > 1) {
    namespace = decode(parts[1]!);
    // A namespace's own subresources, and the namespace itself, are of the resource "namespaces".
    if (parts.length > 2 && !(parts.length === 3 && isNamespaceSubresource(parts[2]!))) parts = parts.slice(2);
  }
  const [resource = "", name = "", subresource = "", ...below] = parts;
  const info = {
    isResourceRequest: true,
    path,
    group,
    version,
    resource: decode(resource),
    namespace,
    subresource: decode(subresource),
    subpath: below.length === 0 ? "" : `/${below.join("/")}`,
    labelSelector: query.get("labelSelector"),
    fieldSelector: query.get("fieldSelector"),
  };
  return withVerb(method, query, oldWatch, decode(name), info);
}

function isNamespaceSubresource(part: string): boolean {
  return part === "status" || part === "finalize";
}

function withVerb(
  method: string,
  query: Query,
  oldWatch: boolean,
  pathName: string,
  info: Omit<RequestInfo, "verb" | "name">,
): RequestInfo {
  if (pathName !== "") {
    const verb = readVerbs[method] ?? writeVerbs[method] ?? (method === "DELETE" ? "delete" : "");
    return { ...info, verb: oldWatch ? "watch" : verb, name: pathName };
  }
  const name = nameOfSelector(info.fieldSelector);
  if (method === "DELETE") return { ...info, verb: "deletecollection", name: "" };
  if (readVerbs[method] === undefined) return { ...info, verb: writeVerbs[method] ?? "", name: "" };
  // A list or watch narrowed to one name is authorized as that name.
  return { ...info, verb: oldWatch || query.flag("watch") ? "watch" : "list", name };
}

/** Read as the list itself reads it: what authorization believes to be one name must be one name there, too. */
function nameOfSelector(fieldSelector: string | undefined): string {
  return fieldSelector === undefined ? "" : (exactFieldValue(fieldSelector, "metadata.name") ?? "");
}

function decode(part: string): string {
  if (!part.includes("%")) return part;
  try {
    return decodeURIComponent(part);
  } catch {
    return part; // Badly escaped: it names nothing, and is not found as it stands.
  }
}

import type { ResourceDefinition, TypeDefinition } from "#api/resource.ts";
import type { ListOptions, ObjectKey, WatchOptions, WriteOptions } from "./client.ts";

/** `/api/v1` or `/apis/apps/v1`. */
export function groupPath(definition: Pick<TypeDefinition, "group" | "version">): string {
  return definition.group === "" ? `/api/${definition.version}` : `/apis/${definition.group}/${definition.version}`;
}

/** `/apis/apps/v1/namespaces/default/deployments`; without a namespace, of all namespaces. */
export function collectionPath(resource: ResourceDefinition, namespace: string | undefined): string {
  const scope = namespace && resource.scope === "Namespaced" ? `/namespaces/${encodeURIComponent(namespace)}` : "";
  return `${groupPath(resource)}${scope}/${resource.plural}`;
}

export function objectPath(resource: ResourceDefinition, key: ObjectKey, subresource?: string): string {
  const path = `${collectionPath(resource, key.namespace)}/${encodeURIComponent(key.name)}`;
  return subresource ? `${path}/${subresource}` : path;
}

type QueryValue = string | number | boolean | undefined;

/** `path?a=1&b=2`; values that are undefined, empty or false are left out. */
export function withQuery(path: string, values: Readonly<Record<string, QueryValue>>): string {
  let query = "";
  for (const [name, value] of Object.entries(values)) {
    if (value === undefined || value === "" || value === false) continue;
    query += `${query === "" ? "?" : "&"}${name}=${encodeURIComponent(String(value))}`;
  }
  return path + query;
}

export function listQuery(options: ListOptions): Record<string, QueryValue> {
  return {
    labelSelector: options.labelSelector,
    fieldSelector: options.fieldSelector,
    resourceVersion: options.resourceVersion,
    limit: options.limit,
    continue: options.continue,
  };
}

export function watchQuery(options: WatchOptions): Record<string, QueryValue> {
  return {
    watch: true,
    allowWatchBookmarks: true,
    labelSelector: options.labelSelector,
    fieldSelector: options.fieldSelector,
    resourceVersion: options.resourceVersion,
    timeoutSeconds: options.timeoutSeconds,
    sendInitialEvents: options.sendInitialEvents,
    resourceVersionMatch: options.sendInitialEvents ? "NotOlderThan" : undefined,
  };
}

export function writeQuery(options: WriteOptions | undefined): Record<string, QueryValue> {
  return { dryRun: options?.dryRun ? "All" : undefined, fieldManager: options?.fieldManager };
}

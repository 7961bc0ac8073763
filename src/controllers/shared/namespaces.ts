import type { Namespace } from "#api/core/v1/namespace.ts";

/** It takes new objects: there, and not on its way out. */
export function isActiveNamespace(namespace: Namespace | undefined): boolean {
  return namespace !== undefined && !namespace.metadata.deletionTimestamp && namespace.status?.phase !== "Terminating";
}

import type { OwnerReference } from "#api/meta/v1/object-meta.ts";
import type { KubernetesObject } from "#api/resource.ts";
import { foregroundFinalizer, type GraphNode, orphanFinalizer } from "./graph.ts";

/** An owner as it is now: `undefined` when nothing with the reference's uid exists. */
export type OwnerState = { readonly reference: OwnerReference; readonly owner: KubernetesObject | undefined };

export type GarbageDecision =
  | { readonly type: "keep" }
  /** References to owners that are gone, or wait for this very object, are taken off. */
  | { readonly type: "release"; readonly uids: readonly string[] }
  | { readonly type: "unblock" }
  | { readonly type: "delete"; readonly policy: "Foreground" | "Background" | "Orphan" };

/**
 * What becomes of an object with these owners: it lives as long as one of them does. When none does, its own finalizers
 * say how it goes; an object with dependents goes in the foreground when an owner is waiting for it.
 */
export function decide(node: GraphNode, live: KubernetesObject, owners: readonly OwnerState[]): GarbageDecision {
  if (owners.length === 0) return { type: "keep" };
  const waiting = owners.filter(({ owner }) => isWaiting(owner));
  const solid = owners.filter(({ owner }) => owner !== undefined && !isWaiting(owner));
  const dangling = owners.filter(({ owner }) => owner === undefined);
  if (solid.length > 0) {
    const uids = [...dangling, ...waiting].map(({ reference }) => reference.uid);
    return uids.length === 0 ? { type: "keep" } : { type: "release", uids };
  }
  if (waiting.length > 0 && node.dependents.size > 0) {
    // Two that wait for each other would wait for ever.
    const circular = [...node.dependents].some(dependent => dependent.isDeletingDependents);
    return circular && !isUnblocked(live) ? { type: "unblock" } : { type: "delete", policy: "Foreground" };
  }
  const finalizers = live.metadata.finalizers ?? [];
  if (finalizers.includes(orphanFinalizer)) return { type: "delete", policy: "Orphan" };
  if (finalizers.includes(foregroundFinalizer)) return { type: "delete", policy: "Foreground" };
  return { type: "delete", policy: "Background" };
}

function isWaiting(owner: KubernetesObject | undefined): boolean {
  return !!owner?.metadata.deletionTimestamp && (owner.metadata.finalizers ?? []).includes(foregroundFinalizer);
}

function isUnblocked(live: KubernetesObject): boolean {
  return (live.metadata.ownerReferences ?? []).every(reference => reference.blockOwnerDeletion !== true);
}

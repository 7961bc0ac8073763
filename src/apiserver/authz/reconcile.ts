import type { AggregationRule, PolicyRule, RoleRef, Subject } from "#api/rbac.authorization.k8s.io/v1/rules.ts";
import type { KubernetesObject } from "#api/resource.ts";
import { missingRules } from "./rules.ts";

/** What must be written so that an existing object has all that the bootstrap policy wants of it. */
export type Reconciliation<T> =
  | { readonly type: "none" }
  | { readonly type: "create" | "update"; readonly object: T }
  /** A binding's role cannot be changed: delete, then create `object`. */
  | { readonly type: "replace"; readonly object: T };

interface RoleObject extends KubernetesObject {
  readonly rules?: readonly PolicyRule[] | null;
  readonly aggregationRule?: AggregationRule | undefined;
}

interface BindingObject extends KubernetesObject {
  readonly subjects?: readonly Subject[] | undefined;
  readonly roleRef: RoleRef;
}

const autoupdate = "rbac.authorization.kubernetes.io/autoupdate";
const nothing = { type: "none" } as const;

/** Adds rules, labels and annotations that are missing; what an administrator added stays. */
export function reconcileRole<T extends RoleObject>(existing: T | undefined, wanted: T): Reconciliation<T> {
  if (existing === undefined) return { type: "create", object: wanted };
  if (isProtected(existing)) return nothing;
  const held = existing.rules ?? [];
  // The rules of an aggregated role are its controller's business.
  const missing = wanted.aggregationRule === undefined ? missingRules(held, wanted.rules ?? []) : [];
  const aggregationMissing = wanted.aggregationRule !== undefined && existing.aggregationRule === undefined;
  const metadata = mergedMetadata(existing, wanted);
  if (missing.length === 0 && !aggregationMissing && metadata === undefined) return nothing;
  const object = {
    ...existing,
    metadata: metadata ?? existing.metadata,
    rules: [...held, ...missing],
    ...(aggregationMissing && { aggregationRule: wanted.aggregationRule }),
  };
  return { type: "update", object };
}

/** Adds subjects that are missing; a binding to another role is replaced. */
export function reconcileBinding<T extends BindingObject>(existing: T | undefined, wanted: T): Reconciliation<T> {
  if (existing === undefined) return { type: "create", object: wanted };
  if (isProtected(existing)) return nothing;
  if (existing.roleRef.kind !== wanted.roleRef.kind || existing.roleRef.name !== wanted.roleRef.name) {
    return { type: "replace", object: wanted };
  }
  const held = existing.subjects ?? [];
  const missing = (wanted.subjects ?? []).filter(subject => !held.some(other => sameSubject(subject, other)));
  const metadata = mergedMetadata(existing, wanted);
  if (missing.length === 0 && metadata === undefined) return nothing;
  const object = { ...existing, metadata: metadata ?? existing.metadata, subjects: [...held, ...missing] };
  return { type: "update", object };
}

/** An administrator may take an object out of the reconciliation. */
function isProtected(object: KubernetesObject): boolean {
  return object.metadata.annotations?.[autoupdate] === "false";
}

function sameSubject(a: Subject, b: Subject): boolean {
  return a.kind === b.kind && a.name === b.name && (a.namespace ?? "") === (b.namespace ?? "");
}

/** Undefined when nothing is missing. */
function mergedMetadata(existing: KubernetesObject, wanted: KubernetesObject) {
  const labels = { ...wanted.metadata.labels, ...existing.metadata.labels };
  const annotations = { ...wanted.metadata.annotations, ...existing.metadata.annotations };
  const same =
    Object.keys(labels).length === Object.keys(existing.metadata.labels ?? {}).length &&
    Object.keys(annotations).length === Object.keys(existing.metadata.annotations ?? {}).length;
  return same ? undefined : { ...existing.metadata, labels, annotations };
}

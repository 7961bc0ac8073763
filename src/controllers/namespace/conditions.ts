import type { NamespaceCondition } from "#api/core/v1/namespace.ts";
import { findCondition, transitionTime } from "#api/meta/v1/find-condition.ts";
import { formatTime } from "#base/clock.ts";

/** What is left of a namespace that ends. */
export interface Remains {
  /** `pods.` -> 3: how many objects of a kind are left. */
  readonly counts: ReadonlyMap<string, number>;
  /** Finalizer -> how many objects carry it. */
  readonly finalizers: ReadonlyMap<string, number>;
  readonly errors: readonly string[];
}

interface Claim {
  readonly type: string;
  readonly status: "True" | "False";
  readonly reason: string;
  readonly message: string;
}

/** The conditions of a namespace that ends; one that stays true keeps its time. */
export function deletionConditions(
  before: readonly NamespaceCondition[],
  remains: Remains,
  nowMs: number,
): readonly NamespaceCondition[] {
  return claims(remains).map(claim => {
    const known = findCondition(before, claim.type);
    return { ...claim, lastTransitionTime: transitionTime(known, claim.status, formatTime(nowMs)) };
  });
}

function claims({ counts, finalizers, errors }: Remains): readonly Claim[] {
  const failed = errors.length > 0;
  const kinds = sortedTexts(counts, (kind, count) => `${kind} has ${count} resource instances`);
  const held = sortedTexts(finalizers, (name, count) => `${name} in ${count} resource instances`);
  return [
    {
      type: "NamespaceDeletionDiscoveryFailure",
      status: "False",
      reason: "ResourcesDiscovered",
      message: "All resources successfully discovered",
    },
    {
      type: "NamespaceDeletionGroupVersionParsingFailure",
      status: "False",
      reason: "ParsedGroupVersions",
      message: "All legacy kube types successfully parsed",
    },
    {
      type: "NamespaceDeletionContentFailure",
      status: failed ? "True" : "False",
      reason: failed ? "ContentDeletionFailed" : "ContentDeleted",
      message: failed
        ? `Failed to delete all resource types, ${errors.length} remaining: ${errors.join(", ")}`
        : "All content successfully deleted, may be waiting on finalization",
    },
    kinds.length > 0
      ? remaining(
          "NamespaceContentRemaining",
          "SomeResourcesRemain",
          `Some resources are remaining: ${kinds.join(", ")}`,
        )
      : gone("NamespaceContentRemaining", "ContentRemoved", "All content successfully removed"),
    held.length > 0
      ? remaining(
          "NamespaceFinalizersRemaining",
          "SomeFinalizersRemain",
          `Some content in the namespace has finalizers remaining: ${held.join(", ")}`,
        )
      : gone("NamespaceFinalizersRemaining", "ContentHasNoFinalizers", "All content-preserving finalizers finished"),
  ];
}

const remaining = (type: string, reason: string, message: string): Claim => ({ type, status: "True", reason, message });
const gone = (type: string, reason: string, message: string): Claim => ({ type, status: "False", reason, message });

function sortedTexts(counts: ReadonlyMap<string, number>, text: (key: string, count: number) => string): string[] {
  return [...counts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, count]) => text(key, count));
}

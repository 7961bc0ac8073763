import type { Pod } from "#api/core/v1/pod.ts";
import { isPodTerminal, podCondition } from "#api/core/v1/pod-conditions.ts";
import type { PodTemplateSpec } from "#api/core/v1/pod-template.ts";
import type { OwnerReference } from "#api/meta/v1/object-meta.ts";
import { parseTime } from "#base/clock.ts";

/** On its way out, its containers still to be stopped. */
export function isTerminating(pod: Pod): boolean {
  return !isPodTerminal(pod) && !!pod.metadata.deletionTimestamp;
}

/** Milliseconds until a ready pod counts as available: 0 when it does; undefined when it is not ready. */
export function availableInMs(pod: Pod, minReadySeconds: number, nowMs: number): number | undefined {
  const ready = podCondition(pod, "Ready");
  if (ready?.status !== "True") return undefined;
  if (minReadySeconds === 0) return 0;
  if (!ready.lastTransitionTime) return undefined;
  return Math.max(0, parseTime(ready.lastTransitionTime) + minReadySeconds * 1000 - nowMs);
}

/** The pod that a template describes, under a generated name. */
export function podFromTemplate(
  template: PodTemplateSpec,
  owner: { readonly namespace: string; readonly name: string },
  reference: OwnerReference,
): Pod {
  const { labels, annotations, finalizers } = template.metadata ?? {};
  return {
    metadata: {
      generateName: `${owner.name}-`,
      namespace: owner.namespace,
      ...(labels && { labels }),
      ...(annotations && { annotations }),
      ...(finalizers && { finalizers }),
      ownerReferences: [reference],
    },
    spec: template.spec ?? ({} as Pod["spec"]),
  };
}

import { type Deployment, deployments } from "#api/apps/v1/deployment.ts";
import type { ReplicaSet } from "#api/apps/v1/replica-set.ts";
import { parseTime } from "#base/clock.ts";
import { controllerReference } from "../shared/owners.ts";
import {
  desiredReplicasAnnotation,
  maxReplicasAnnotation,
  revisionAnnotation,
  revisionHistoryAnnotation,
} from "./annotations.ts";
import { maxReplicas } from "./rollout.ts";
import { sameTemplate, templateHash, templateHashLabel } from "./template-hash.ts";

/** Annotations of a Deployment that its ReplicaSets do not take over. */
const ownAnnotations = new Set([
  "kubectl.kubernetes.io/last-applied-configuration",
  revisionAnnotation,
  revisionHistoryAnnotation,
  desiredReplicasAnnotation,
  maxReplicasAnnotation,
  "deprecated.deployment.rollback.to",
]);

/** The oldest ReplicaSet that has the Deployment's template. */
export function newReplicaSetOf(deployment: Deployment, all: readonly ReplicaSet[]): ReplicaSet | undefined {
  return oldestFirst(all).find(rs => sameTemplate(rs.spec.template!, deployment.spec.template));
}

export function oldestFirst(replicaSets: readonly ReplicaSet[]): readonly ReplicaSet[] {
  return [...replicaSets].sort((a, b) => createdMs(a) - createdMs(b) || (a.metadata.name! < b.metadata.name! ? -1 : 1));
}

/** Revisions are 64-bit numbers, and clients may begin anywhere. What is no number counts as none. */
function revisionOf({ metadata }: ReplicaSet): bigint {
  return parseRevision(metadata.annotations?.[revisionAnnotation]);
}

function parseRevision(text = ""): bigint {
  return /^-?\d{1,19}$/.test(text) ? BigInt(text) : 0n;
}

/** Annotations of the current ReplicaSet: the Deployment's, the revision, and where the replica counts come from. */
export function currentAnnotations(
  deployment: Deployment,
  existing: ReplicaSet | undefined,
  old: readonly ReplicaSet[],
): Readonly<Record<string, string>> {
  const annotations: Record<string, string> = { ...existing?.metadata.annotations };
  for (const [key, value] of Object.entries(deployment.metadata.annotations ?? {})) {
    if (!ownAnnotations.has(key)) annotations[key] = value;
  }
  const before = annotations[revisionAnnotation];
  const [last = 0n] = old.map(revisionOf).sort((a, b) => Number(b - a));
  const revision = (last > 0n ? last : 0n) + 1n;
  if (before === undefined || parseRevision(before) < revision) {
    annotations[revisionAnnotation] = String(revision);
    if (before !== undefined) {
      const history = annotations[revisionHistoryAnnotation];
      annotations[revisionHistoryAnnotation] = history ? `${history},${before}` : before;
    }
  }
  if (existing === undefined) Object.assign(annotations, replicaAnnotations(deployment));
  return annotations;
}

/** What the replica count of a ReplicaSet was made from: proportions are taken from it when the Deployment is scaled. */
export function replicaAnnotations(deployment: Deployment): Readonly<Record<string, string>> {
  return {
    [desiredReplicasAnnotation]: String(deployment.spec.replicas ?? 1),
    [maxReplicasAnnotation]: String(maxReplicas(deployment)),
  };
}

/** The ReplicaSet of the Deployment's present template. */
export function makeReplicaSet(deployment: Deployment, old: readonly ReplicaSet[], replicas: number): ReplicaSet {
  const { template, selector, minReadySeconds } = deployment.spec;
  const hash = templateHash(template, deployment.status?.collisionCount);
  const labels = { ...template.metadata?.labels, [templateHashLabel]: hash };
  return {
    metadata: {
      name: `${deployment.metadata.name}-${hash}`,
      namespace: deployment.metadata.namespace,
      labels,
      annotations: currentAnnotations(deployment, undefined, old),
      ownerReferences: [controllerReference(deployments, deployment)],
    },
    spec: {
      replicas,
      minReadySeconds: minReadySeconds ?? 0,
      selector: { ...selector, matchLabels: { ...selector?.matchLabels, [templateHashLabel]: hash } },
      template: { ...template, metadata: { ...template.metadata, labels } },
    },
  } as ReplicaSet;
}

/** Old ReplicaSets beyond the history limit, the oldest revisions first; none that still has or wants pods. */
export function surplusHistory(deployment: Deployment, old: readonly ReplicaSet[]): readonly ReplicaSet[] {
  const limit = deployment.spec.revisionHistoryLimit ?? 10;
  const cleanable = old.filter(rs => !rs.metadata.deletionTimestamp);
  const byRevision = [...cleanable].sort(
    (a, b) => Number(revisionOf(a) - revisionOf(b)) || createdMs(a) - createdMs(b),
  );
  return byRevision.slice(0, Math.max(0, cleanable.length - limit)).filter(isIdle);
}

function isIdle(rs: ReplicaSet): boolean {
  const { replicas = 0, observedGeneration = 0 } = rs.status ?? {};
  return replicas === 0 && (rs.spec.replicas ?? 1) === 0 && (rs.metadata.generation ?? 0) <= observedGeneration;
}

function createdMs(rs: ReplicaSet): number {
  return parseTime(rs.metadata.creationTimestamp ?? "") || 0;
}

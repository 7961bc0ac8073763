import type { Deployment } from "#api/apps/v1/deployment.ts";
import type { ReplicaSet } from "#api/apps/v1/replica-set.ts";
import { parseTime } from "#base/clock.ts";
import { scaledIntOrPercent } from "#wire/int-or-percent.ts";
import { desiredReplicasAnnotation, maxReplicasAnnotation } from "./annotations.ts";

/** A ReplicaSet and the replica count it is to have. */
export interface Scaling {
  readonly replicaSet: ReplicaSet;
  readonly replicas: number;
}

export const isRollingUpdate = (deployment: Deployment) => deployment.spec.strategy?.type !== "Recreate";
export const replicasOf = (rs: ReplicaSet) => rs.spec.replicas ?? 1;
const desiredOf = (deployment: Deployment) => deployment.spec.replicas ?? 1;
const availableOf = (rs: ReplicaSet) => rs.status?.availableReplicas ?? 0;
const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);
export const totalReplicas = (all: readonly ReplicaSet[]) => sum(all.map(replicasOf));

/** How far a rollout may go beyond and below the wanted count. Not both zero: nothing would ever move. */
export function fenceposts(deployment: Deployment): { readonly surge: number; readonly unavailable: number } {
  const desired = desiredOf(deployment);
  const { maxSurge = "25%", maxUnavailable = "25%" } = deployment.spec.strategy?.rollingUpdate ?? {};
  const surge = scaledIntOrPercent(maxSurge, desired, "up") ?? 0;
  const unavailable = scaledIntOrPercent(maxUnavailable, desired, "down") ?? 0;
  return { surge, unavailable: surge === 0 && unavailable === 0 ? 1 : unavailable };
}

/** The most pods that may be there at once. */
export function maxReplicas(deployment: Deployment): number {
  return desiredOf(deployment) + (isRollingUpdate(deployment) ? fenceposts(deployment).surge : 0);
}

/** How many pods may be missing at once. */
export function maxUnavailable(deployment: Deployment): number {
  const desired = desiredOf(deployment);
  if (!isRollingUpdate(deployment) || desired === 0) return 0;
  return Math.min(fenceposts(deployment).unavailable, desired);
}

/** The replicas of the new ReplicaSet as far as the surge lets it grow now. */
export function newReplicaCount(deployment: Deployment, all: readonly ReplicaSet[], current: number): number {
  const desired = desiredOf(deployment);
  if (!isRollingUpdate(deployment)) return desired;
  const room = maxReplicas(deployment) - totalReplicas(all);
  return room <= 0 ? current : current + Math.min(room, desired - current);
}

/** One step of a rolling update: first up, then down; nothing when there is nothing to do now. */
export function planRollingUpdate(
  deployment: Deployment,
  current: ReplicaSet,
  old: readonly ReplicaSet[],
): readonly Scaling[] {
  const desired = desiredOf(deployment);
  const all = [...old, current];
  const wanted = replicasOf(current) > desired ? desired : newReplicaCount(deployment, all, replicasOf(current));
  if (wanted !== replicasOf(current)) return [{ replicaSet: current, replicas: wanted }];
  return planScaleDown(deployment, current, old);
}

/** Old pods go first where they are not available anyway, then as many as leave enough available ones. */
function planScaleDown(deployment: Deployment, current: ReplicaSet, old: readonly ReplicaSet[]): readonly Scaling[] {
  if (totalReplicas(old) === 0) return [];
  const all = [...old, current];
  const minAvailable = desiredOf(deployment) - maxUnavailable(deployment);
  const newUnavailable = replicasOf(current) - availableOf(current);
  const limit = totalReplicas(all) - minAvailable - newUnavailable;
  if (limit <= 0) return [];
  const counts = new Map(byAge(old).map(rs => [rs, replicasOf(rs)]));
  takeUnhealthy(counts, limit);
  takeHealthy(counts, sum(all.map(availableOf)) - minAvailable);
  return scalingsOf(counts);
}

function takeUnhealthy(counts: Map<ReplicaSet, number>, limit: number): void {
  let left = limit;
  for (const [rs, count] of counts) {
    const taken = Math.min(left, count - availableOf(rs));
    if (left <= 0) return;
    if (count === 0 || taken <= 0) continue;
    counts.set(rs, count - taken);
    left -= taken;
  }
}

function takeHealthy(counts: Map<ReplicaSet, number>, limit: number): void {
  let left = limit;
  for (const [rs, count] of counts) {
    if (left <= 0) return;
    const taken = Math.min(left, count);
    counts.set(rs, count - taken);
    left -= taken;
  }
}

/** Recreate: all old ones away. */
export function planAllToZero(old: readonly ReplicaSet[]): readonly Scaling[] {
  return old.filter(rs => replicasOf(rs) > 0).map(replicaSet => ({ replicaSet, replicas: 0 }));
}

/** The wanted count changed since a ReplicaSet with pods was last sized. */
export function isScalingEvent(deployment: Deployment, all: readonly ReplicaSet[]): boolean {
  const desired = String(desiredOf(deployment));
  return all.some(rs => {
    const annotated = rs.metadata.annotations?.[desiredReplicasAnnotation];
    return replicasOf(rs) > 0 && annotated !== undefined && annotated !== desired;
  });
}

/**
 * Sizes after the wanted count changed (or while paused): the only ReplicaSet with pods gets all; a finished rollout
 * sends the old ones to zero; otherwise every one with pods grows or shrinks by its share.
 */
export function planScaling(
  deployment: Deployment,
  current: ReplicaSet | undefined,
  old: readonly ReplicaSet[],
): readonly Scaling[] {
  const desired = desiredOf(deployment);
  const only = activeOrLatest(current, old);
  if (only !== undefined) return replicasOf(only) === desired ? [] : [{ replicaSet: only, replicas: desired }];
  if (current !== undefined && isSaturated(deployment, current)) return planAllToZero(old);
  return isRollingUpdate(deployment) ? planProportionally(deployment, current, old) : [];
}

function activeOrLatest(current: ReplicaSet | undefined, old: readonly ReplicaSet[]): ReplicaSet | undefined {
  const active = [...(current ? [current] : []), ...old].filter(rs => replicasOf(rs) > 0);
  if (active.length === 0) return current ?? byAge(old).at(-1);
  return active.length === 1 ? active[0] : undefined;
}

function isSaturated(deployment: Deployment, rs: ReplicaSet): boolean {
  const desired = desiredOf(deployment);
  const annotated = Number(rs.metadata.annotations?.[desiredReplicasAnnotation]);
  return replicasOf(rs) === desired && annotated === desired && availableOf(rs) === desired;
}

/** Every one with pods is part of the answer, sized anew or not: its annotations must follow the Deployment. */
function planProportionally(
  deployment: Deployment,
  current: ReplicaSet | undefined,
  old: readonly ReplicaSet[],
): readonly Scaling[] {
  const active = [...old, ...(current ? [current] : [])].filter(rs => replicasOf(rs) > 0);
  const allowed = desiredOf(deployment) > 0 ? maxReplicas(deployment) : 0;
  const toAdd = allowed - totalReplicas(active);
  const newerFirst = toAdd > 0;
  const ordered = byAge(active);
  if (newerFirst) ordered.reverse();
  ordered.sort((a, b) => replicasOf(b) - replicasOf(a));
  let added = 0;
  const scalings = ordered.map(replicaSet => {
    const share = toAdd === 0 ? 0 : shareOf(deployment, replicaSet, toAdd, added);
    added += share;
    return { replicaSet, replicas: replicasOf(replicaSet) + share };
  });
  const first = scalings[0];
  if (first === undefined || toAdd === 0) return scalings;
  return [{ ...first, replicas: Math.max(0, first.replicas + toAdd - added) }, ...scalings.slice(1)];
}

function shareOf(deployment: Deployment, rs: ReplicaSet, toAdd: number, added: number): number {
  if (toAdd === added) return 0;
  const fraction = fractionOf(deployment, rs);
  const left = toAdd - added;
  return toAdd > 0 ? Math.min(fraction, left) : Math.max(fraction, left);
}

/** What keeps the ReplicaSet's part of the whole the same as before the count changed. */
function fractionOf(deployment: Deployment, rs: ReplicaSet): number {
  const replicas = replicasOf(rs);
  if (desiredOf(deployment) === 0) return -replicas;
  const annotated = Number(rs.metadata.annotations?.[maxReplicasAnnotation]) || 0;
  const before = annotated || (deployment.status?.replicas ?? 0);
  if (before === 0) return 0;
  return roundHalfAway((replicas * maxReplicas(deployment)) / before) - replicas;
}

function roundHalfAway(value: number): number {
  return Math.sign(value) * Math.round(Math.abs(value));
}

/** Oldest first. */
function byAge(all: readonly ReplicaSet[]): ReplicaSet[] {
  const created = (rs: ReplicaSet) => parseTime(rs.metadata.creationTimestamp ?? "") || 0;
  const name = (rs: ReplicaSet) => rs.metadata.name ?? "";
  return [...all].sort((a, b) => created(a) - created(b) || (name(a) < name(b) ? -1 : 1));
}

function scalingsOf(counts: ReadonlyMap<ReplicaSet, number>): readonly Scaling[] {
  return [...counts]
    .filter(([rs, replicas]) => replicas !== replicasOf(rs))
    .map(([replicaSet, replicas]) => ({ replicaSet, replicas }));
}
